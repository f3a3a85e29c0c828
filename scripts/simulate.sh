#!/usr/bin/env bash
# Runs more seeds of the simulation than a test run does: scripts/simulate.sh [seeds] [first seed].
source "$(dirname "$0")/common.sh"
scripts/setup.sh

ANALYTICS_SIMULATION_SEEDS=${1:-100000} ANALYTICS_SIMULATION_FROM=${2:-1} \
  dotnet test tests/Analytics.Simulation.Tests -c $configuration --no-build --nologo --filter Every_seed --logger 'console;verbosity=detailed'

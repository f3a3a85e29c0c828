#!/usr/bin/env bash
source "$(dirname "$0")/common.sh"
exec dotnet format Analytics.sln

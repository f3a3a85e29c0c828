# Every target is one call; the work stands in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run up down test simulate chaos bench fmt check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install, build and start everything; Ready: http://127.0.0.1:8080; Ctrl-C stops it
	@scripts/run.sh run

up: ## the same in the background; returns when it is ready and writes .local/env
	@scripts/run.sh up

down: ## stop what `make up` or `make run` of this data folder started
	@scripts/down.sh

test: ## everything that must pass, on real Redis, PostgreSQL, ClickHouse engine and Kafka protocol
	@scripts/test.sh

simulate: ## run SEEDS (100,000) seeds of the simulation, from FROM (1) on
	@scripts/simulate.sh $(or $(SEEDS),100000) $(or $(FROM),1)

chaos: ## hurt real processes in the ways of the fault table, for long; a short form runs in `make test`
	@scripts/chaos.sh

bench: ## measure against the yardsticks (minutes; nothing else should run)
	@scripts/bench.sh

fmt: ## format the code
	@scripts/fmt.sh

check: ## format, warnings and shell syntax, without running tests
	@scripts/check.sh

clean: ## remove what was built and the data folder of the local stack
	@scripts/clean.sh

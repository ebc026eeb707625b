# Every way to run, test and check Linli; each target does its own set-up and is quick the second time.
.DEFAULT_GOAL := run
.PHONY: run test coverage bench chaos chaos-compose growth check up test-compose clean format lock messages set-up set-up-dev
BIN := .venv/bin

run: set-up ## the whole product in one process, with the demo estate, on http://127.0.0.1:8000
	@$(BIN)/linli up

test: set-up-dev ## the whole test suite, on a real Postgres and a real RabbitMQ
	@$(BIN)/pytest -q -n 3 --dist loadfile $(ARGS)

coverage: set-up-dev ## the whole suite with coverage; fails where a group of files is below its floor in pyproject.toml
	@$(BIN)/pytest -q -n 3 --dist loadfile --cov --cov-report=json:build/coverage.json --cov-report= $(ARGS)
	@$(BIN)/python -m scripts.coverage_floors build/coverage.json

bench: set-up-dev ## the benchmarks, each beside its baseline in one run; fails where a ratio is below its floor
	@$(BIN)/python -m tests.bench

chaos: set-up-dev ## breaks a deployment at random, SEEDS=200 times: nothing may be lost or doubled
	@LINLI_CHAOS_SEEDS=$(or $(SEEDS),200) $(BIN)/pytest -q -x tests/chaos $(ARGS)

growth: set-up-dev ## the bus's tables with 300,000 rows and a snapshot held open, and ten minutes of purges: all stays flat
	@LINLI_GROWTH_ROWS=300000 LINLI_PURGE_SECONDS=600 $(BIN)/pytest -q -s tests/bus/test_growth.py tests/bus/test_purge_rate.py $(ARGS)

check: set-up-dev ## format, lint, types, import contracts, contracts of messages, catalogues, migrations in step
	@scripts/check

up: .env ## the real deployment on one machine
	@docker compose up --build --detach --wait $(ARGS)

.env: ## fresh secrets for the deployment, only where there are none
	@scripts/write_env

test-compose: set-up-dev ## the journeys against the composed system
	@$(BIN)/pytest -q tests/compose $(ARGS)

chaos-compose: set-up-dev ## the same against the composed system, SEEDS=20 times: its containers are killed, frozen, cut off
	@LINLI_CHAOS_SEEDS=$(or $(SEEDS),20) $(BIN)/pytest -q -x tests/compose/test_chaos.py $(ARGS)

format: set-up-dev
	@$(BIN)/ruff check --quiet --fix-only . && $(BIN)/ruff format --quiet .

lock: set-up-dev ## the lock files from the requirements
	@scripts/lock

messages: set-up-dev ## the Chinese catalogues, brought up to date with the code; lists what needs Chinese
	@scripts/messages

clean: ## forget the set-up; data and .env stay
	@rm -rf .venv .set-up.lock node_modules services/intake/web/static/vendor build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

set-up:
	@python=$$(scripts/python) && "$$python" scripts/set_up.py

set-up-dev:
	@python=$$(scripts/python) && "$$python" scripts/set_up.py --dev

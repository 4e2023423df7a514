# Each target is one step a person, the pipeline and .ci/run take alike.
# .venv is made from requirements.txt on first use and again only when that lock changes.

.DEFAULT_GOAL := help
.SHELLFLAGS := -eu -c
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
# uv trusts whom the machine trusts, as a company's proxy needs it; pip has its own setting for that.
export UV_SYSTEM_CERTS ?= true

# Words for the command lines: make test K=name ARGS="-x", make cloud PORT=4567 EMPTY=1.
K ?=
ARGS ?=
SHARD ?=
EMPTY ?=
REGION ?=
PORT ?=
STATE ?=
UPGRADE ?=
# They are for this Makefile: baked projects have a `make test K=...` of their own, which tests run.
unexport K ARGS SHARD EMPTY REGION PORT STATE UPGRADE MAKEFLAGS MFLAGS MAKEOVERRIDES

# The template's own code; <<cookiecutter.project>>/ is checked as baked projects, each by its own make check.
CHECKED := $(wildcard tools tests hooks infra)

.PHONY: help
help: ## Show this list.
	@printf 'Slipway: a cookiecutter for Python services on AWS.\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nStart with: make demo\n'

.PHONY: install
install: ## Make .venv from the hash-pinned lock (every target below does so by itself).
	@sh tools/install.sh

.PHONY: demo
demo: install ## Bake a service, check it, bring up its four tiers on a simulated AWS.
	@$(PYTHON) -m tools.demo $(ARGS)

.PHONY: test
test: engine ## Run all tests; K=word picks by name, ARGS passes options to pytest.
	@$(PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder \
		$(if $(K),-k '$(K)') $(ARGS)

.PHONY: sweep
sweep: engine ## Let a canary meet every fault, one each time; K=word, SHARD=1/2, ARGS=--sample.
	@$(PYTHON) -m tests.delivery.sweep $(if $(K),--named '$(K)') $(if $(SHARD),--shard '$(SHARD)') \
		$(ARGS)

.PHONY: check
check: install ## Check format, lint and types of the template's own code.
	@.venv/bin/ruff format --check $(CHECKED)
	@.venv/bin/ruff check $(CHECKED)
	@.venv/bin/ty check $(CHECKED)

.PHONY: format
format: install ## Format the template's own code and apply the safe fixes of the linter.
	@.venv/bin/ruff format $(CHECKED)
	@.venv/bin/ruff check --fix $(CHECKED)

.PHONY: cloud
cloud: install ## Run the simulated AWS in the foreground; EMPTY=1, REGION, PORT, STATE=folder.
	@$(PYTHON) -m tests.cloud $(if $(EMPTY),--empty) $(if $(REGION),--region '$(REGION)') \
		$(if $(PORT),--port '$(PORT)') $(if $(STATE),--state '$(STATE)')

.PHONY: engine
engine: install ## Find the Pulumi CLI, or install or build it, and say which.
	@$(PYTHON) -m tools.engine

.PHONY: lock
lock: install ## Remake every lock from its sources; UPGRADE=1 also takes newer versions.
	@$(PYTHON) -m tools.lock $(if $(UPGRADE),--upgrade)

.PHONY: bench
bench: install ## Measure the service beside FastAPI, previews, rollbacks, and how long a bake takes.
	@$(PYTHON) -m tools.bench $(ARGS)

.PHONY: clean
clean: ## Remove .venv and the caches (the engine stays, outside the repository).
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis
	@find tools tests hooks infra -type d -name __pycache__ -prune -exec rm -rf {} +

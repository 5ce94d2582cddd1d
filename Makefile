# The commands of the project. CI runs `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

# Every command runs with the same toolchain and the same tools.
ENV := eval "$$(scripts/tools.sh env)"
TARGET := $(or $(CARGO_TARGET_DIR),target)
PORT ?= 3000

.PHONY: help serve build release test check unit e2e size deny tools fmt

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: build ## Build what changed, load the demo, serve on http://127.0.0.1:3000
	@exec "$(TARGET)/debug/vorteil" serve --demo --listen 127.0.0.1:$(PORT)

tools: ## Install what the project builds with
	@scripts/tools.sh build

build: tools ## The server and what the browser loads
	@$(ENV)
	echo "Building (the first time takes long, README.md says how long; after a change about a minute)" >&2
	scripts/build.sh

release: tools ## The same, optimised for delivery, in target/release
	@$(ENV)
	scripts/build.sh release

fmt: ## Format the code
	@cargo fmt

check: ## The fast loop: format, clippy of both sides, unit tests
	@scripts/check.sh

test: ## Every test, the browser's included
	@scripts/test.sh

e2e: build ## The browser tests only
	@scripts/tools.sh test
	$(ENV)
	eval "$$(scripts/postgres.sh start)"
	trap 'scripts/postgres.sh stop' EXIT
	cd end2end && npx playwright test $(ARGS)

size: build ## Bytes of the first visit, against the budget
	@$(ENV)
	node scripts/size.mjs

deny: ## Licences, bans and sources of what we depend on
	@scripts/tools.sh deny
	$(ENV)
	cargo deny check licenses bans sources

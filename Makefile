# `make help` lists the targets.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup web build run test lint deny ci bench bench-reports conformance screenshots dist fmt FORCE
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

# One profile for running, testing and measuring, so that everything is built once.
CARGO_FLAGS := --release --locked
# The data set and runner of the conformance tests.
CONFORMANCE ?= ../shared/conformance
FLOOR := tests/conformance-floor.txt
# Set-up operations that tests/conformance-hook does.
HOOK_OPS := setConfig,testEnvSave,containerConfig,addObserver,activatePlugin,restoreFixtureSnapshot,sql,exec,db.query,db.insert
BENCH_SECONDS ?= 900
# Visits that reports are measured over; they have four times as many actions.
BENCH_VISITS ?= 10000000

help: ## Lists the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name text; do printf '  %-14s %s\n' "$$name" "$$text"; done

setup: ## Installs brokers, tools and node modules into .deps/ (only what is missing)
	@ops/setup/setup.sh

# Builds a folder of TypeScript when its sources changed or its dist/ is gone.
sources = $(shell find $(1) -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/tests/*')
target/web/%.built:
	npm run --silent build --prefix $(FOLDER)
	@mkdir -p $(@D) && touch $@
target/web/dashboard.built: FOLDER := api/web
target/web/dashboard.built: $(call sources,api/web) $(if $(wildcard api/web/dist),,FORCE) | setup
target/web/tracker.built: FOLDER := ingest/tracker
target/web/tracker.built: $(call sources,ingest/tracker) $(if $(wildcard ingest/tracker/dist),,FORCE) | setup

web: target/web/dashboard.built target/web/tracker.built ## Builds the dashboard and the tracker

build: setup web ## Builds the one binary, target/release/nagare
	cargo build $(CARGO_FLAGS) --package nagare

run: build ## Starts the whole product on http://127.0.0.1:8080, data under ./data
	NAGARE_GEOIP_DIR="$${NAGARE_GEOIP_DIR-.deps/places}" exec target/release/nagare up

test: build ## Runs every test, with real NATS and ClickHouse
	npm test --prefix ingest/tracker
	npm test --prefix api/web
	cargo test $(CARGO_FLAGS) --workspace

lint: setup web ## Checks format and lints
	cargo fmt --all --check
	npm run --silent format:check --prefix ingest/tracker
	npm run --silent format:check --prefix api/web
	npm run --silent typecheck --prefix ingest/tracker
	npm run --silent typecheck --prefix api/web
	cargo clippy $(CARGO_FLAGS) --workspace --all-targets -- -D warnings

# The advisory database is fetched from outside the registries, so it is not asked here.
deny: setup ## Checks licences, bans and sources of the dependencies
	PATH="$$PATH:$$PWD/.deps/bin" cargo-deny --locked check --hide-inclusion-graph licenses bans sources
	@echo 'deny: advisories left out, they need the database online: cargo-deny check advisories'

ci: lint deny test ## What has to pass before a change lands
	npm run --silent build --prefix ingest/tracker
	@if [[ -e $(CONFORMANCE)/run.py ]]; then $(MAKE) --no-print-directory conformance; \
	else echo 'conformance: left out, no $(CONFORMANCE)/run.py'; fi

conformance: build ## Replays the fixtures of tests/conformance-floor.txt and keeps their floor
	fixtures=(); while read -r fixture _; do \
		[[ -d $(CONFORMANCE)/cases/$$fixture ]] || { echo "no fixture $$fixture"; exit 1; }; \
		fixtures+=(--fixture "$$fixture"); \
	done < <(grep -vE '^(#|$$)' $(FLOOR)); \
	python3 $(CONFORMANCE)/run.py --cases $(CONFORMANCE)/cases --launch 'exec target/release/nagare up' --now-supported \
		--hook tests/conformance-hook --hook-ops $(HOOK_OPS) \
		--min-pass $(FLOOR) "$${fixtures[@]:?$(FLOOR) lists no fixture}"

bench: build ## Measures speed and memory, writes target/bench/summary.json
	timeout $(BENCH_SECONDS) cargo run $(CARGO_FLAGS) --package nagare-tests --bin bench

bench-reports: build ## Measures reports over BENCH_VISITS visits, writes target/bench/reports.json
	cargo run $(CARGO_FLAGS) --package nagare-tests --bin bench -- reports $(BENCH_VISITS)

screenshots: build ## Takes the README's pictures of the dashboard, ops/docs/screens/
	node tests/browser/screenshots.mjs

dist: setup web ## Makes a release in target/dist/: archive, bill of materials, signed checksums
	ops/release/release.sh

fmt: setup ## Formats Rust and TypeScript
	cargo fmt --all
	npm run --silent format --prefix ingest/tracker
	npm run --silent format --prefix api/web

FORCE:

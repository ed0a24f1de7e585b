# One line a target; the work is in scripts/. `make help` lists them.
BUN := node_modules/.bin/bun

.DEFAULT_GOAL := build
.PHONY: help setup build man dist run test check interop toolkit-interop wasm bench simulate crash soak ci clean
.PHONY: format lint types dead arrows tidy

help: ## Lists the targets.
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1 \t/p' Makefile | expand -t 18

setup: ## Installs what is missing: the pinned Bun from npm, then the locked dependencies.
	@bash scripts/setup.sh

build: setup ## Builds dist/mq, the one executable (the default).
	@$(BUN) scripts/build.ts

man: build ## Writes the man pages, made from the commands, to dist/man.
	@dist/mq man --folder dist/man --output name >/dev/null

dist: build ## Builds dist/release: executables for Linux, macOS and Windows, completions, man pages, checksums.
	@$(BUN) scripts/dist.ts $(ONLY)

run: build ## Starts a nameserver and a broker in the foreground (ARGS="--store DIR …").
	@exec dist/mq standalone start $(ARGS)

test: build ## Unit, contract, conformance, simulation, crash and integration tests (ONLY=path).
	@$(BUN) scripts/test.ts $(ONLY)

check: setup ## Format, lint, types, dead code, arrows, tidiness; each also runs alone, e.g. `make types`.
	@$(BUN) scripts/check.ts

format lint types dead arrows tidy: setup
	@$(BUN) scripts/check.ts $@

interop: build ## Official clients (Java, Go, Node, Python) against mq (PEER=rocketmq: against a real RocketMQ).
	@$(BUN) scripts/interop.ts

toolkit-interop: build ## One script of commands against mq and real RocketMQs (PEER=recorded: against what those printed).
	@$(BUN) scripts/toolkit-interop.ts
wasm: setup ## Compiles the passes in AssemblyScript (src/**/*.as) again, after a change of one.
	@$(BUN) scripts/wasm.ts

bench: build ## mq and real RocketMQ in one run.
	@$(BUN) scripts/bench.ts

simulate: setup ## MINUTES=5 of new seeds through the simulator, or SEED=… to replay one.
	@$(BUN) scripts/simulate.ts

soak: build ## MINUTES=10 of steady load: memory, file handles and latencies must stay where they are.
	@$(BUN) scripts/soak.ts

crash: build ## KILLS=200 random kills and CUTS=50 power cuts; every acknowledged message is read back.
	@$(BUN) scripts/crash.ts

ci: ## What CI runs; ends with one line `N passed, N failed`.
	@.ci/run

clean: ## Removes what was built.
	@rm -rf dist .cache

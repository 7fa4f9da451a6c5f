# Galley's doors: each target installs what it needs, builds, and does one thing. `make help` lists them.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
GALLEY := build/release/galley
TSAN_MODULES := net store tasks schedule cache metrics auth api app

.PHONY: help setup build demo run test lint asan tsan ci-sanitizers chaos fuzz bench bench-peers load golden-update compare-report docs-update profile-update clean

help:            ## this list
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  \1\t/' | expand -t 18

setup:           ## install the Debian packages that building and testing need
	@tools/setup.sh

build: setup     ## build the release binary, build/release/galley
	@cmake --preset release >build-configure.log 2>&1 || { cat build-configure.log; rm -f build-configure.log; exit 1; }
	@rm -f build-configure.log
	@ninja -C build/release -j$(JOBS) galley_binary

demo: build      ## start a server in a temporary folder, make out/room-1.pdf, print the timings, stop
	@tools/demo.sh $(GALLEY)

run: build       ## leave a demo server at http://127.0.0.1:8000 and print users, tokens and curl lines
	@tools/run.sh $(GALLEY)

test: setup      ## build and run all tests
	@cmake --preset release >/dev/null
	@ninja -C build/release -j$(JOBS)
	@ctest --test-dir build/release --output-on-failure -j$(JOBS)

lint: setup      ## formatting, house rules and clang-tidy
	@tools/lint.sh

asan: setup      ## the tests under address and undefined-behaviour sanitizers
	@cmake --preset asan-ubsan >/dev/null
	@ninja -C build/asan-ubsan -j$(JOBS)
	@ctest --test-dir build/asan-ubsan --output-on-failure -j$(JOBS)

tsan: setup      ## the concurrent modules' tests and the real server under the thread sanitizer
	@cmake --preset tsan >/dev/null
	@ninja -C build/tsan -j$(JOBS) $(TSAN_MODULES:%=galley_%_test) galley_binary
	@tools/tsan.sh build/tsan $(TSAN_MODULES)

ci-sanitizers: setup  ## what .ci/run does after the tests: address+UB on the unit, fuzz and server tests, thread sanitizer on what is concurrent
	@cmake --preset asan-ubsan >/dev/null
	@ninja -C build/asan-ubsan -j$(JOBS)
	@ctest --test-dir build/asan-ubsan --output-on-failure -j$(JOBS) -LE 'slow|tools'
	@$(MAKE) --no-print-directory tsan

chaos: build     ## kills, full disks, damaged files, clock jumps: CHAOS_ROUNDS (300) rounds, and every point of the fault matrix
	@ninja -C build/release -j$(JOBS) galley_faults_test
	@GALLEY_FAULT_STRIDE=1 build/release/tests/faults/galley_faults_test
	@for test in tests/chaos/test_*.py; do echo "== $$test"; GALLEY_CHAOS_ROUNDS=$${CHAOS_ROUNDS:-300} python3 $$test || exit 1; done

fuzz: setup      ## run every fuzzer for FUZZ_SECONDS (60) on its corpus
	@cmake --preset fuzz >/dev/null
	@ninja -C build/fuzz -j$(JOBS)
	@tools/fuzz.sh build/fuzz $${FUZZ_SECONDS:-60}

bench-peers:     ## install what the benchmarks compare with
	@tools/setup.sh peers

bench: build     ## compare with the peers in one run; results go to bench/results
	@bench/run.sh $(GALLEY)

load: build      ## the load test: ten minutes of mixed traffic at 80 % of the capacity; LOAD_MINUTES shortens it
	@ninja -C build/release galley_load
	@bench/load/run.py --minutes $${LOAD_MINUTES:-10}

golden-update:   ## rewrite the golden files of tests/golden from what the engine does now
	@ninja -C build/release galley_golden_test && GALLEY_GOLDEN_UPDATE=1 build/release/tests/golden/galley_golden_test

compare-report: build  ## the pages of tests/compare beside WeasyPrint's, as pictures with what differs: out/compare/index.html
	/usr/bin/python3 tests/compare/compare.py --galley build/release/galley --report out/compare

docs-update:     ## rewrite docs/configuration.md and deploy/galley.toml from the table of settings
	@ninja -C build/release galley_app_test && GALLEY_UPDATE_DOCS=1 build/release/src/app/galley_app_test --gtest_filter='SettingsDocs.*'

profile-update: setup  ## record anew how the document engine runs, for the optimiser: src/document/render.profdata.tar.xz
	@tools/profile.sh $(JOBS)

clean:           ## remove build and out
	@rm -rf build out

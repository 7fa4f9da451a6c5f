#!/usr/bin/env bash
# Runs the tests of modules, and server tests that let threads meet, under the thread sanitizer: tools/tsan.sh BUILD MODULE...
# A report anywhere fails the run, also one of a server that its test kills.
set -euo pipefail
build=$(realpath "$1")
shift
modules=$(IFS='|'; echo "$*")
# Reloads, rotation, waiting calls that are given up, clients that vanish, streams, leases, writers beside readers.
servers='server_(tls|tokens|tasks|schedules|live|workers|workflows|commands_reload|idempotency|metrics)|hostile_vanishing'
reports=$build/tsan-report
rm -f "$reports".*
export TSAN_OPTIONS="log_path=$reports halt_on_error=0 history_size=4"
export GALLEY_HOSTILE_CONNECTIONS=${GALLEY_HOSTILE_CONNECTIONS:-500}
failed=0
ctest --test-dir "$build" --output-on-failure -j"$(nproc)" -R "^($modules|$servers)\$" || failed=1
for report in "$reports".*; do
  [ -e "$report" ] || continue
  failed=1
  head -60 "$report"
done
exit $failed

#!/usr/bin/env bash
# Runs every fuzzer for a while on its corpus; stops at the first find. Usage: tools/fuzz.sh BUILD SECONDS
set -euo pipefail
build=$1 seconds=$2
mkdir -p out/fuzz
export LSAN_OPTIONS=suppressions=$PWD/fuzz/lsan.supp:print_suppressions=0
for program in "$build"/fuzz/fuzz_*; do
  name=$(basename "$program"); name=${name#fuzz_}
  case $name in *_replay | *.*) continue ;; esac
  [ -x "$program" ] || continue
  mkdir -p "out/fuzz/$name"
  echo "fuzz $name for $seconds s"
  dictionary=()
  [ -e "fuzz/$name.dict" ] && dictionary=(-dict="fuzz/$name.dict")
  "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -artifact_prefix="out/fuzz/$name-" "${dictionary[@]}" \
    "out/fuzz/$name" "fuzz/corpus/$name" 2>"out/fuzz/$name.log" || { tail -n 40 "out/fuzz/$name.log"; exit 1; }
  tail -n 1 "out/fuzz/$name.log"
done

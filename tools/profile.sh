#!/usr/bin/env bash
# Records how the document engine runs over the documents of tests/compare and a large table, for the release builds:
# writes src/document/render.profdata.tar.xz. Usage: tools/profile.sh JOBS
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$1
build=build/profile
counts=$(mktemp -d)
trap 'rm -rf "$counts"' EXIT

cmake --preset release -B "$build" -DGALLEY_RECORD_PROFILE=ON >/dev/null
ninja -C "$build" -j"$jobs" galley_binary

python3 bench/large_table.py --write "$counts/large.html" --rows 20000
export FONTCONFIG_FILE=$PWD/tests/fonts/fonts.conf LLVM_PROFILE_FILE=$counts/%p.profraw
echo "rendering the documents of tests/compare, and a table of 20,000 rows"
for document in tests/compare/documents/*.html; do
  "$build/galley" bench render "$document" --runs 5 --json >/dev/null 2>&1
done
"$build/galley" render "$counts/large.html" -o "$counts/large.pdf" >/dev/null

# The same counts give the same archive: no times, owners or paths in it.
llvm-profdata-19 merge -sparse -o "$counts/render.profdata" "$counts"/*.profraw
tar -C "$counts" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644 -cJf src/document/render.profdata.tar.xz render.profdata
ls -l src/document/render.profdata.tar.xz

#!/usr/bin/env bash
# Formatting, house rules and clang-tidy over our own code. LINT_TIDY=changed looks at changed files only.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release >/dev/null
mapfile -t sources < <(git ls-files 'src/*.cpp' 'src/*.h' 'tests/*.cpp' 'fuzz/*.cpp')
clang-format-19 --dry-run -Werror "${sources[@]}"
ctest --test-dir build/release --output-on-failure -R '^house'
if [ "${LINT_TIDY:-all}" = changed ]; then
  mapfile -t tidy < <(git diff --name-only HEAD -- 'src/*.cpp')
else
  mapfile -t tidy < <(git ls-files 'src/*.cpp' | grep -v _test.cpp)
fi
[ ${#tidy[@]} -eq 0 ] && exit 0
printf '%s\n' "${tidy[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/release --quiet --warnings-as-errors='*'

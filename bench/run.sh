#!/usr/bin/env bash
# make bench: all comparisons in one run; peers that are not installed are left out (make bench-peers installs them).
set -euo pipefail
cd "$(dirname "$0")/.."
exec /usr/bin/python3 bench/compare.py --galley "$1" "${@:2}"

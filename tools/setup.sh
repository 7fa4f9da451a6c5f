#!/usr/bin/env bash
# Installs what building and testing Galley needs, from Debian 12's packages. Does nothing when all is there.
# With "build" as argument only what building needs; with "peers" also what `make bench` compares with.
set -euo pipefail

build_packages=(
  ccache clang-19 clang-format-19 clang-tidy-19 cmake g++ git libbenchmark-dev libboost1.81-dev libclang-rt-19-dev libcli11-dev
  libbrotli-dev libcctz-dev libdeflate-dev libfmt-dev libfontconfig-dev libgmock-dev libgtest-dev libharfbuzz-dev libhyphen-dev libicu-dev libmimalloc-dev libseccomp-dev libsimdjson-dev
  libspdlog-dev libsqlite3-dev libssl-dev libtomlplusplus-dev libwebp-dev libwoff-dev libzstd-dev lld-19 llvm-19 make ninja-build pkg-config
)
test_packages=(
  brotli ca-certificates celery curl faketime fonts-dejavu-core fonts-droid-fallback fonts-liberation fonts-lohit-deva fonts-noto-color-emoji fonts-tlwg-garuda-ttf hyphen-de hyphen-en-us jq logrotate openssl poppler-utils prometheus python3 python3-croniter python3-jsonschema python3-redis qpdf redis-server sqlite3 tzdata zstd
)
peer_packages=(nginx-light python3-fastapi python3-reportlab uvicorn weasyprint wrk)

wanted=("${build_packages[@]}")
if [ "${1:-}" != build ]; then
  wanted+=("${test_packages[@]}")
  # Node's own packages bring npm along and shut Debian's out: only where there is none.
  command -v npm >/dev/null || wanted+=(nodejs npm)
fi
if [ "${1:-}" = peers ]; then wanted+=("${peer_packages[@]}"); fi

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "installing: ${missing[*]}"
"${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 update -q
# Services that packages bring (a Prometheus, a Redis, an nginx) must not start by themselves: tests start their own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee /usr/sbin/policy-rc.d >/dev/null
  "${sudo[@]}" chmod +x /usr/sbin/policy-rc.d
  trap '"${sudo[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
fi
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${missing[@]}"

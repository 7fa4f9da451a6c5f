#!/usr/bin/env bash
# Runs a demo server at port 8000 in the foreground until Ctrl-C. Usage: tools/run.sh GALLEY [ADDRESS:PORT]
set -euo pipefail
listen=${2:-127.0.0.1:8000}
data=${GALLEY_DATA:-out/demo-data}
mkdir -p "$data"
# Tokens stay good over restarts: the secret is kept beside the data.
if [ ! -s "$data/jwt-secret" ]; then (umask 077 && od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$data/jwt-secret"); fi
export GALLEY_JWT_SECRET_FILE=$data/jwt-secret
exec "$1" serve --listen "$listen" --data "$data" --demo

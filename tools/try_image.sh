#!/usr/bin/env bash
# Builds deploy/Containerfile and tries the image with podman: read-only, without capabilities. Without a registry,
# TRY_IMAGE_BASE=local makes debian:12-slim from packages first (mmdebstrap). Further options of `podman run`, such as
# --ulimit and --no-healthcheck on hosts without systemd: TRY_IMAGE_RUN. Needs podman, buildah. Usage: tools/try_image.sh [IMAGE, built already]
set -euo pipefail

cd "$(dirname "$0")/.."
image=${1:-localhost/galley:try}
name=galley-try-$$
folder=$(mktemp -d)
trap 'podman rm --force "$name" >/dev/null 2>&1; podman volume rm --force "$name" >/dev/null 2>&1; rm -rf "$folder"' EXIT

if [ "${TRY_IMAGE_BASE:-}" = local ] && ! buildah inspect docker.io/library/debian:12-slim >/dev/null 2>&1; then
  mmdebstrap --variant=minbase bookworm "$folder/base.tar"
  podman import "$folder/base.tar" docker.io/library/debian:12-slim
fi
[ $# -gt 0 ] || buildah bud --isolation chroot --format docker --layers -f deploy/Containerfile -t "$image" .

read -ra more <<<"${TRY_IMAGE_RUN:-}"
GALLEY_JWT_SECRET=$(openssl rand -hex 32)
export GALLEY_JWT_SECRET
podman ${TRY_IMAGE_RUNTIME:+--runtime "$TRY_IMAGE_RUNTIME"} run --detach --name "$name" --volume "$name:/var/lib/galley" --env GALLEY_JWT_SECRET --publish 127.0.0.1::8000 \
  --read-only --cap-drop all --security-opt no-new-privileges --stop-timeout 60 "${more[@]}" "$image" >/dev/null

url() { echo "http://$(podman port "$name" 8000 | head -1)"; }
ready() { for _ in $(seq 100); do curl -fsS "$(url)/health/ready" >/dev/null 2>&1 && return; sleep 0.2; done; podman logs "$name"; exit 1; }
api() { curl -sS --fail-with-body -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }
hash() { api "$(url)/api/v1/rooms/room-1/snapshots/$snapshot/download" | sha256sum; }
say() { echo "ok: $*"; }

ready; say "ready, $(podman image inspect --format '{{.Size}}' "$image") bytes with its base"
[ "$(podman exec "$name" id -u)" = 10001 ]; say "user 10001"
podman exec "$name" curl -fsS http://127.0.0.1:8000/health/ready >/dev/null; say "the health check's command"
podman exec "$name" galley cron next '0 8 * * *' --tz Europe/Berlin --count 1 >/dev/null; say "time zones"
token=$(podman exec "$name" galley token --sub root@example.org --role admin)
api -X PUT -d @assets/demo/room.json "$(url)/api/v1/rooms/room-1" >/dev/null
snapshot=$(api -d '{"title":"Tried"}' "$(url)/api/v1/rooms/room-1/snapshots" | jq -r .id)
[ "$(api "$(url)/api/v1/rooms/room-1/snapshots/$snapshot?wait=60" | jq -r .status)" = completed ]
first=$(hash); say "a snapshot becomes a PDF"
podman stop "$name" >/dev/null
[ "$(podman inspect --format '{{.State.ExitCode}}' "$name")" = 0 ]
podman logs "$name" 2>&1 | grep -q '"event":"stopped","drained":true'; say "stop drains"
podman start "$name" >/dev/null; ready; [ "$(hash)" = "$first" ]; say "the data survive a restart"
podman kill --signal KILL "$name" >/dev/null; podman wait "$name" >/dev/null; podman start "$name" >/dev/null; ready; [ "$(hash)" = "$first" ]; say "and a kill"
podman exec "$name" galley doctor --deep; say doctor

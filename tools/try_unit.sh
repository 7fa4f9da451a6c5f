#!/usr/bin/env bash
# Tries deploy/'s units for real: a Debian 12 of its own with systemd, booted by systemd-nspawn, Galley installed as
# docs/operation.md says. Needs root, mmdebstrap, systemd-container. Usage: tools/try_unit.sh GALLEY [FOLDER, kept and used again]
set -euo pipefail

galley=$(realpath "$1")
root=${2:-$(mktemp -d)/machine}
here=$(cd "$(dirname "$0")/.." && pwd)
packages=systemd,systemd-sysv,dbus,curl,jq,openssl,procps
packages+=$(sed '1,/^FROM debian:12-slim$/d' "$here/deploy/Containerfile" | tr ' ' '\n' | grep -xE '(lib|zlib|font|tz)[a-z0-9.+-]+' | sed 's/^/,/' | tr -d '\n')

[ -e "$root/usr/bin/systemctl" ] || mmdebstrap --variant=minbase --include="$packages" bookworm "$root"
rm -rf "$root"/var/lib/galley "$root"/var/backups/galley "$root"/etc/galley "$root"/etc/systemd/system/galley* "$root"/src/galley
mkdir -p "$root/src/galley/build/release"
cp -r "$here/deploy" "$here/assets" "$root/src/galley/"
cp "$galley" "$root/src/galley/build/release/galley"

systemd-nspawn --quiet --directory="$root" --register=no --keep-unit --private-network --boot >"$root.log" 2>&1 </dev/null &
machine=$!
trap 'kill -TERM "$machine" 2>/dev/null; wait "$machine" || true' EXIT
inside() {
  nsenter --target "$(pgrep -P "$machine" | head -1)" --mount --uts --ipc --net --pid --cgroup env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root bash -euc "$1"
}
until inside 'systemctl is-system-running' 2>/dev/null | grep -qE 'running|degraded'; do kill -0 "$machine"; sleep 0.2; done

# The lines of docs/operation.md, without the build.
steps=$(sed -n '/^## Install/,/^```$/p' "$here/docs/operation.md" | sed -n '/^```sh/,/^```$/p' | sed '/^```/d; s/^make build && //')
inside "id galley >/dev/null 2>&1 && userdel galley; cd /src/galley; $steps"

inside '
U=http://127.0.0.1:8000; export GALLEY_JWT_SECRET_FILE=/etc/galley/jwt_secret
api() { curl -sS --fail-with-body -H "Authorization: Bearer $(galley token --sub ann@example.org --role admin)" -H "Content-Type: application/json" "$@"; }
ready() { for _ in $(seq 100); do curl -fsS $U/health/ready >/dev/null 2>&1 && return; sleep 0.2; done; systemctl status --no-pager galley; exit 1; }
say() { echo "ok: $*"; }
ready; say "installed and started as the unit says"
process() { systemctl show --property=MainPID --value galley; }
grep -q "^CapBnd:.*0000000000000000" /proc/$(process)/status && grep -q "^Seccomp:.*2" /proc/$(process)/status
[ "$(stat -c %U /proc/$(process))" = galley ]; say "no capabilities, a system call filter, a user of its own"
api -X PUT -d @/src/galley/assets/demo/room.json $U/api/v1/rooms/room-1 >/dev/null
SNAP=$(api -d "{\"title\":\"Tried\"}" $U/api/v1/rooms/room-1/snapshots | jq -r .id)
[ "$(api "$U/api/v1/rooms/room-1/snapshots/$SNAP?wait=60" | jq -r .status)" = completed ]
hash() { api $U/api/v1/rooms/room-1/snapshots/$SNAP/download | sha256sum; }
first=$(hash); say "a snapshot becomes a PDF"
systemctl reload galley; journalctl -u galley -o cat | grep -q reloaded; say reload
before=$(process); kill -9 "$before"; until [ "$(process)" != "$before" ] && [ "$(process)" != 0 ]; do sleep 0.2; done
ready; [ "$(hash)" = "$first" ]; say "kill -9: started again, the same document"
systemctl start galley-backup.service; galley restore "$(ls -d /var/backups/galley/* | tail -1)" --data /tmp/drill-$$ >/dev/null; say "backup and restore"
systemctl stop galley; journalctl -u galley -o cat | grep -q "stopped drained=true"
[ "$(systemctl show --property=Result --value galley)" = success ]; say "stop drains"
'

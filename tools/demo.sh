#!/usr/bin/env bash
# The main job from end to end: a room goes in, out/room-1.pdf comes out. Usage: tools/demo.sh GALLEY
set -euo pipefail
. "$(dirname "$0")/server_lib.sh"

galley=$1
folder=$(mktemp -d)
server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
GALLEY_JWT_SECRET=$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')
export GALLEY_JWT_SECRET

began=$(milliseconds)
start_server "$galley" 127.0.0.1:0 "$folder/data" "$folder/log"
echo "galley is ready at $base_url after $(($(milliseconds) - began)) ms, on SQLite in $folder/data"

token=$("$galley" token --sub ingrid@fjordline.example --name "Ingrid Sørensen-Dahl")
admin=$("$galley" token --sub admin@galley.example --role admin)
api() { curl -sS --fail-with-body -H "Authorization: Bearer $token" "$@"; }

created=$(api -w '\n%{time_total}' -H 'Content-Type: application/json' -d '{"title":"Demo snapshot"}' \
  "$base_url/api/v1/rooms/room-1/snapshots")
create_seconds=$(tail -n1 <<<"$created")
snapshot=$(head -n1 <<<"$created")
id=$(jq -r .id <<<"$snapshot")
task=$(jq -r .task_id <<<"$snapshot")
echo "snapshot $id is durable; its task is $task"

while :; do
  state=$(api "$base_url/api/v1/snapshots/tasks/$task")
  progress_bar "$(jq -r .progress <<<"$state")" "$(jq -r '.status + " " + .message' <<<"$state")"
  case $(jq -r .status <<<"$state") in
    completed) echo; break ;;
    failed | cancelled) echo; jq . <<<"$state"; exit 1 ;;
  esac
done

mkdir -p out
download=$(api -o out/room-1.pdf -w '%{http_code} %{size_download} %{time_total}' \
  "$base_url/api/v1/rooms/room-1/snapshots/$id/download")
read -r status size download_seconds <<<"$download"
[ "$status" = 200 ] && [ "$(head -c 5 out/room-1.pdf)" = "%PDF-" ]
final=$(api "$base_url/api/v1/rooms/room-1/snapshots/$id")
took=$(curl -sS -H "Authorization: Bearer $admin" "$base_url/api/v1/snapshots/metrics/summary" |
  jq -r '.pdf_generation.statistics.max * 10000 | round / 10')

echo
echo "  accepted (201, durable)   $(awk "BEGIN{printf \"%.1f\", $create_seconds * 1000}") ms"
echo "  rendered in the background  $took ms ($(jq -r .page_count <<<"$final") pages; the first one loads the fonts)"
echo "  downloaded                $(awk "BEGIN{printf \"%.1f\", $download_seconds * 1000}") ms ($size bytes)"
echo "  content hash              $(jq -r .content_hash <<<"$final")"
echo
echo "look at   out/room-1.pdf"
echo "go on     make run — a server with users, tokens and curl lines; README.md has the rest"

kill -TERM "$server_pid"
wait "$server_pid"
server_pid=
echo "stopped cleanly"

# Sourced by demo.sh and run.sh: starting a demo server and talking to it.

# start_server GALLEY LISTEN DATA LOG — sets server_pid and base_url; fails with the log when it is not ready in 20 s.
start_server() {
  "$1" serve --listen "$2" --data "$3" --demo >"$4" 2>&1 &
  server_pid=$!
  local waited=0
  until base_url=$(sed -n 's/^galley is ready at //p' "$4") && [ -n "$base_url" ]; do
    if ! kill -0 "$server_pid" 2>/dev/null || [ $((waited += 1)) -gt 2000 ]; then
      cat "$4" >&2
      return 1
    fi
    sleep 0.01
  done
}

# milliseconds — since 1970, for differences.
milliseconds() { date +%s%3N; }

# progress_bar PERCENT TEXT — one line, redrawn.
progress_bar() {
  local filled=$(($1 * 30 / 100)) bar
  bar=$(printf '%*s' "$filled" '' | tr ' ' '#')$(printf '%*s' $((30 - filled)) '' | tr ' ' '.')
  printf '\r  [%s] %3d %% %-24s' "$bar" "$1" "$2"
}

#!/usr/bin/python3
"""What live streams cost: memory of the server for N open listeners, time until all have an event, and what is left when they have gone.

    bench/live.py [--listeners 5000] [--all]

Real sockets on the loopback to a server of its own. Each listener follows a waiting task of its own, with --all the stream of all tasks.
"""
import argparse
import json
import os
import pathlib
import resource
import selectors
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "server"))
from galley_server import BROKER, Server, token_of  # noqa: E402

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def cpu_percent_at_rest(pid, seconds=10):
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return 100 * (cpu_seconds(pid) - before) / seconds


def open_listeners(server, paths, token):
    sockets = []
    for path in paths:
        listener = socket.create_connection(("127.0.0.1", server.port))
        listener.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        sockets.append(listener)
    return sockets


def wait_for(sockets, mark, done=None):
    """Reads until each socket's bytes hold the mark; the latencies from now on, in milliseconds."""
    start = time.perf_counter()
    selector = selectors.DefaultSelector()
    seen = {}
    for listener in sockets:
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ)
        seen[listener] = b""
    if done is not None:
        done()
    latencies = []
    while len(latencies) < len(sockets):
        for key, _ in selector.select(30):
            listener = key.fileobj
            part = listener.recv(65536)
            if not part:
                raise SystemExit(f"a stream ended early: {seen[listener][-300:]!r}")
            seen[listener] += part
            if mark in seen[listener]:
                latencies.append(1000 * (time.perf_counter() - start))
                selector.unregister(listener)
    return sorted(latencies)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, default=5000)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    count = options.listeners
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 1000, max(count + 1000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    server = Server("--http-connections-per-address-max", str(count + 100), "--http-connections-max", str(count + 100),
                    "--live-listeners-max", str(count), "--live-listeners-per-caller-max", str(count),
                    "--limits-read-per-minute", "0", "--limits-write-per-minute", "0", "--limits-batch-per-minute", "0")
    server.start()
    try:
        measure(server, count, options.all)
    finally:
        server.close()


def measure(server, count, everything):
    pid = server.process.pid
    ids = []
    while len(ids) < count:
        batch = {"tasks": [{"task_type": "echo", "delay_seconds": 86400}] * min(1000, count - len(ids))}
        ids += [task["task_id"] for task in server.post("/api/v1/tasks/batch", batch, BROKER).json()["tasks"]]
    paths = ["/api/v1/tasks/events"] * count if everything else [f"/api/v1/tasks/{task_id}/events" for task_id in ids]
    report = {"listeners": count, "of": "all tasks" if everything else "one task each", "rss_mb_before": round(resident_mb(pid), 1)}
    sockets = open_listeners(server, paths, token_of(BROKER))
    wait_for(sockets, b".snapshot\n")
    report["rss_mb_open"] = round(resident_mb(pid), 1)
    report["kb_per_listener"] = round(1024 * (report["rss_mb_open"] - report["rss_mb_before"]) / count, 2)
    report["cpu_percent_at_rest"] = round(cpu_percent_at_rest(pid), 2)
    if everything:
        latencies = wait_for(sockets, b"event: task.cancelled", lambda: server.post(f"/api/v1/tasks/{ids[0]}/cancel", caller=BROKER))
        report["one_event_to_all_ms"] = {"p50": round(latencies[count // 2], 1), "last": round(latencies[-1], 1)}
    report["rss_mb_after_events"] = round(resident_mb(pid), 1)
    for listener in sockets:
        listener.close()
    while open_sockets(pid) > 10:
        time.sleep(0.05)
    report["rss_mb_closed"] = round(resident_mb(pid), 1)
    report["cpu_percent_closed"] = round(cpu_percent_at_rest(pid), 2)
    print(json.dumps(report, indent=2))


def open_sockets(pid):
    folder = pathlib.Path(f"/proc/{pid}/fd")
    count = 0
    for name in os.listdir(folder):
        try:
            count += os.readlink(folder / name).startswith("socket:")
        except FileNotFoundError:  # closed meanwhile
            pass
    return count


if __name__ == "__main__":
    main()

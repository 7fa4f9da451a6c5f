"""Compares Galley with its peers in one run and prints ratios; see bench/README.md for what each line means.

Results are appended to bench/results/<date>-<machine>.csv when --keep is given.
"""
import argparse
import base64
import csv
import datetime
import hashlib
import hmac
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import machine
import servers

ROWS = []
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(sub, role="user"):
    head = b64(b'{"alg":"HS256","typ":"JWT"}')
    body = b64(json.dumps({"sub": sub, "role": role, "exp": int(time.time()) + 86400}).encode())
    return f"{head}.{body}.{b64(hmac.new(servers.SECRET.encode(), f'{head}.{body}'.encode(), hashlib.sha256).digest())}"


BROKER, ADMIN = token("ingrid@fjordline.example"), token("admin@galley.example", "admin")


def record(what, value, unit, peer=None, peer_value=None, higher_is_better=True):
    ratio = None
    if peer_value:
        ratio = value / peer_value if higher_is_better else peer_value / value
    ROWS.append([what, round(value, 4), unit, peer or "", round(peer_value, 4) if peer_value else "", round(ratio, 3) if ratio else ""])
    tail = f"   {peer} {peer_value:,.2f} {unit}   ratio {ratio:,.2f}x" if ratio else ""
    print(f"  {what:<46} {value:>12,.2f} {unit:<8}{tail}", flush=True)


def call(method, url, body=None, who=BROKER):
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": "Bearer " + who, "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read()


def wrk(url, connections, seconds, *arguments):
    """Requests per second and median latency in ms; fails on answers that are not 2xx."""
    text = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *arguments, url], capture_output=True, text=True,
                          check=True, env={**os.environ, "BENCH_TOKEN": BROKER}).stdout
    if re.search(r"Non-2xx", text):
        raise RuntimeError(f"answers other than 2xx from {url}\n{text}")
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", text).group(1))
    p50 = re.search(r"50%\s+([\d.]+)(us|ms|s)", text)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    return rate, float(p50.group(1)) * UNITS[p50.group(2)], float(p99.group(1)) * UNITS[p99.group(2)]


def best(measure, rounds=3):
    """The median run by its first figure: one noisy neighbour does not decide."""
    runs = sorted((measure() for _ in range(rounds)), key=lambda run: run[0])
    return runs[len(runs) // 2]


def wait_idle(galley):
    while True:
        text = call("GET", galley.base + "/metrics", who=ADMIN).decode()
        waiting = sum(float(re.search(rf'galley_tasks{{state="{state}"}} (\S+)', text).group(1)) for state in ("pending", "running", "scheduled"))
        if waiting == 0:
            return
        time.sleep(0.1)


def bench_start_and_memory(options, folder, stack):
    times = []
    for i in range(5):
        galley = servers.Galley(options.galley, f"{folder}/start{i}")
        times.append(galley.ready_ms)
        time.sleep(1)
        idle = galley.child.memory_mib()
        galley.stop()
    record("start to ready", statistics.median(times), "ms", "FastAPI alone", stack.ready_ms if stack else None, False)
    record("idle memory, whole service", idle, "MiB", "FastAPI+Celery+Redis", stack.memory_mib() if stack else None, False)


def bench_create(options, folder, stack):
    sync = machine.fdatasync_ms(folder)
    record("fdatasync of this disk, 4 KiB append, p50", sync, "ms")
    script = os.path.join(ROOT, "bench/wrk/create.lua")
    for connections in (1, 16, 64):
        galley = servers.Galley(options.galley, f"{folder}/create{connections}")
        rate, p50, p99 = best(lambda: wrk(galley.base, connections, options.seconds, "-s", script))
        wait_idle(galley)
        galley.stop()
        peer = best(lambda: wrk(stack.base, connections, options.seconds, "-s", script), 1) if stack else (None, None, None)
        record(f"create snapshot, durable, {connections} connections", rate, "req/s", "FastAPI+Celery+Redis", peer[0])
        record("  p50", p50, "ms", "FastAPI+Celery+Redis", peer[1], False)
        record("  p99", p99, "ms", "FastAPI+Celery+Redis", peer[2], False)
        if connections == 1:
            record("  p50 allowed: 2 x fdatasync + 0.2 ms", 2 * sync + 0.2, "ms")


def bench_tasks(options, folder, stack):
    runs = [json.loads(subprocess.run([options.galley, "bench", "tasks", "--count", "100000", "--json"], capture_output=True, text=True,
                                      check=True).stdout) for _ in range(3)]
    mine = sorted(run["tasks_per_s"] for run in runs)[1]
    peer = None
    if stack:
        text = subprocess.run(["/usr/bin/python3", "celery_noop.py", "2000"], capture_output=True, text=True, check=True, cwd=ROOT + "/bench/peers",
                              env={**os.environ, **stack.environment}).stdout
        peer = float(text.split()[0])
    record("no-op tasks, enqueue to all done, durable", mine, "tasks/s", "Celery prefork 2", peer)
    record("  enqueued", sorted(run["enqueue_per_s"] for run in runs)[1], "tasks/s")
    record("  through the Python client, one worker process", python_client_rate(options, folder), "tasks/s", "Celery prefork 2", peer)


def python_client_rate(options, folder):
    """A server of its own, and the worker of clients/python."""
    galley = servers.Galley(options.galley, folder + "/python")
    token = subprocess.run([options.galley, "token", "--sub", "bench@example.org", "--role", "worker"], capture_output=True, text=True, check=True,
                           env={**os.environ, "GALLEY_JWT_SECRET": servers.SECRET}).stdout.strip()
    try:
        text = subprocess.run([sys.executable, ROOT + "/bench/python_noop.py", "20000"], capture_output=True, text=True, check=True,
                              env={**os.environ, "GALLEY_URL": galley.base, "GALLEY_TOKEN": token}).stdout
    finally:
        galley.stop()
    return float(text.split()[0])


def big_room():
    """A room whose snapshot is about 100 KB."""
    room = json.load(open(ROOT + "/assets/demo/room.json", encoding="utf-8"))
    room["room"]["id"] = "big"
    room["activity"] = [{"timestamp": entry["timestamp"], "actor": entry["actor"], "text": f"{entry['text']} ({hashlib.sha256(str(i).encode()).hexdigest()[:40]})"}
                        for i, entry in enumerate(room["activity"] * 3)]
    documents = []
    for i in range(170):
        document = dict(room["documents"][i % 25], id=f"doc-{i}", notes=hashlib.sha256(f"n{i}".encode()).hexdigest())
        documents.append(document)
    room["documents"] = documents
    return room


def big_download(galley):
    call("PUT", galley.base + "/api/v1/rooms/big", big_room(), ADMIN)
    made = json.loads(call("POST", galley.base + "/api/v1/rooms/big/snapshots", {"title": "100 KB"}, ADMIN))
    done = json.loads(call("GET", f"{galley.base}/api/v1/rooms/big/snapshots/{made['id']}?wait=60", who=ADMIN))
    if done["status"] != "completed":
        raise RuntimeError(f"the snapshot is {done}")
    return galley.base + made["download_url"], call("GET", galley.base + made["download_url"], who=ADMIN)


def bench_download(options, folder):
    if not shutil.which("nginx") and not os.path.exists("/usr/sbin/nginx"):
        print("  (nginx is not installed: make bench-peers)")
        return
    nginx = servers.Nginx(folder + "/nginx")
    for tier, flags in (("memory", []), ("disk", ["--cache-memory-mb", "0"])):
        galley = servers.Galley(options.galley, f"{folder}/download-{tier}", *flags)
        url, pdf = big_download(galley)
        with open(nginx.www + "/file.pdf", "wb") as file:
            file.write(pdf)
        for connections in (16, 64):
            peer = best(lambda: wrk(nginx.base + "/file.pdf", connections, options.seconds))
            mine = best(lambda: wrk(url, connections, options.seconds, "-H", "Authorization: Bearer " + ADMIN))
            record(f"download {len(pdf) // 1000} KB from {tier}, {connections} connections", mine[0], "req/s", "nginx static", peer[0])
        galley.stop()
    galley = servers.Galley(options.galley, folder + "/live")
    for connections in (16, 64):
        peer = best(lambda: wrk(nginx.base + "/live", connections, options.seconds))
        mine = best(lambda: wrk(galley.base + "/health/live", connections, options.seconds))
        record(f"tiny JSON, {connections} connections", mine[0], "req/s", "nginx return 200", peer[0])
    galley.stop()
    nginx.stop()


def peer_median(script, *arguments):
    try:
        return float(subprocess.run(["/usr/bin/python3", script, *arguments], capture_output=True, text=True, check=True,
                                    cwd=ROOT + "/bench/peers").stdout)
    except (subprocess.CalledProcessError, ValueError):
        return None


def bench_render(options, folder):
    room = ROOT + "/assets/demo/room.json"
    text = subprocess.run([options.galley, "bench", "render", room, "--runs", "100", "--json"], capture_output=True, text=True, check=True).stdout
    mine = json.loads(text)[0]["median_ms"]
    html = folder + "/room.html"
    subprocess.run([options.galley, "render", room, "--html", "-o", html], check=True)
    record("demo room to PDF, warm, one thread", mine, "ms", "ReportLab", peer_median("reportlab_room.py", room, "5"), False)
    record("  same HTML", mine, "ms", "WeasyPrint", peer_median("weasyprint_room.py", html, "2"), False)


def keep(name):
    date = datetime.date.today().isoformat()
    path = f"{ROOT}/bench/results/{date}-{name}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["# " + machine.describe()])
        writer.writerow(["what", "galley", "unit", "peer", "peer value", "ratio (above 1: Galley is better)"])
        writer.writerows(ROWS)
    print("kept in " + os.path.relpath(path, ROOT))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--galley", required=True)
    parser.add_argument("--seconds", type=int, default=4, help="length of one wrk run")
    parser.add_argument("--only", default="", help="comma-separated: start, create, tasks, download, render")
    parser.add_argument("--keep", default="", metavar="MACHINE", help="keep the results under this machine's name")
    options = parser.parse_args()
    options.galley = os.path.abspath(options.galley)
    wanted = set(filter(None, options.only.split(","))) or {"start", "create", "tasks", "download", "render"}
    print(machine.describe())
    folder = tempfile.mkdtemp(prefix="galley-bench-")
    for name in ("nginx", "stack", "live", "python", *(f"start{i}" for i in range(5)), *(f"create{c}" for c in (1, 16, 64)), "download-memory", "download-disk"):
        os.makedirs(f"{folder}/{name}")
    os.chmod(folder, 0o755)
    stack = None
    try:
        if wanted & {"start", "create", "tasks"} and all(map(shutil.which, ("redis-server", "uvicorn", "celery"))):
            stack = servers.PythonStack(folder + "/stack")
        if "start" in wanted:
            bench_start_and_memory(options, folder, stack)
        if "create" in wanted:
            bench_create(options, folder, stack)
        if "tasks" in wanted:
            bench_tasks(options, folder, stack)
        if stack:
            stack.stop()
            stack = None
        if "download" in wanted:
            bench_download(options, folder)
        if "render" in wanted:
            bench_render(options, folder)
        if options.keep:
            keep(options.keep)
    finally:
        if stack:
            stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

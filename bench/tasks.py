#!/usr/bin/python3
"""The task engine beside Celery and BullMQ, in one run: each round measures all of them in turn, the medians of the rounds count. bench/README.md says what each line means.

    bench/tasks.py --galley build/release/galley --rounds 5 --keep 2core
"""
import argparse
import csv
import datetime
import http.client
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import machine
import servers
from compare import token

ROOT = pathlib.Path(__file__).resolve().parents[1]
PEERS = ROOT / "bench" / "peers"
DEBIAN_PYTHON = "/usr/bin/python3"  # which has Debian's Celery
WORKER = token("bench@example.org", "worker")
sys.path.insert(0, str(ROOT / "clients" / "python"))

from galley import Client, NewTask  # noqa: E402


class Redis:
    """With an append-only file that is synced every second, its default: what was acknowledged may be lost for a second, unlike Galley's."""

    def __init__(self, folder):
        self.port = servers.free_port()
        self.child = servers.Process(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync",
                                      "everysec", "--save", ""], folder, name="redis")
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if self.child.process.poll() is not None:
                    raise RuntimeError("redis-server did not start") from None


class Celery:
    """A worker of two processes, as long as it is measured: it costs nobody else anything."""

    def __init__(self, folder, redis):
        self.environment = {"PEER_REDIS": f"redis://127.0.0.1:{redis.port}/0", "PYTHONPATH": str(PEERS), "PYTHONDONTWRITEBYTECODE": "1"}
        self.child = servers.Process([DEBIAN_PYTHON, "-m", "celery", "-A", "celery_app", "worker", "-c", "2", "--without-gossip", "--without-mingle", "-l", "error"],
                                     folder, self.environment, "celery")

    def run(self, script, count):
        done = subprocess.run([DEBIAN_PYTHON, script, str(count)], capture_output=True, text=True, check=True, cwd=PEERS, env={**os.environ, **self.environment})
        return [float(word) for word in done.stdout.split()]


def bullmq(folder, redis, *arguments):
    done = subprocess.run(["node", "noop.mjs", *map(str, arguments)], capture_output=True, text=True, check=True, cwd=folder,
                          env={**os.environ, "PEER_REDIS_PORT": str(redis.port)})
    return json.loads(done.stdout)["per_s"]


def install_bullmq(folder):
    """Into the build folder, in the version that package.json names."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp, wanted = folder / "installed.json", (PEERS / "bullmq" / "package.json").read_bytes()
    for name in ("package.json", "noop.mjs"):
        shutil.copy(PEERS / "bullmq" / name, folder / name)
    if not stamp.exists() or stamp.read_bytes() != wanted:
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error"], cwd=folder, check=True)
        stamp.write_bytes(wanted)


def engine_rate(binary):
    done = subprocess.run([binary, "bench", "tasks", "--count", "100000", "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["tasks_per_s"]


def python_rate(galley, count):
    done = subprocess.run([DEBIAN_PYTHON, str(ROOT / "bench" / "python_noop.py"), str(count)], capture_output=True, text=True, check=True,
                          env={**os.environ, "GALLEY_URL": galley.base, "GALLEY_TOKEN": WORKER})
    return float(done.stdout.split()[0])


def batch_rate(galley, count):
    """One call, from Python objects to the answer; nobody works."""
    client = Client(galley.base, WORKER, timeout=120)
    client.declare("nobody")
    client.enqueue_many(NewTask("nobody", n) for n in range(100))
    began = time.perf_counter()
    client.enqueue_many([NewTask("nobody", n) for n in range(count)])
    return count / (time.perf_counter() - began)


class Latency:
    """One task after the other on an idle server."""

    def __init__(self, galley):
        self.calls = http.client.HTTPConnection("127.0.0.1", galley.port, timeout=60)
        self.calls.connect()
        self.calls.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"Authorization": "Bearer " + WORKER, "Content-Type": "application/json"}

    def enqueue(self, kind):
        self.calls.request("POST", "/api/v1/tasks", b'{"task_type":"%s","input":{}}' % kind, self.headers)
        return json.loads(self.calls.getresponse().read())["task_id"]

    def result(self, task_id):
        self.calls.request("GET", f"/api/v1/tasks/{task_id}?wait=10", headers=self.headers)
        task = json.loads(self.calls.getresponse().read())
        assert task["status"] == "completed", task
        return task["result"]

    def until_first_line(self):
        """ms from before the POST is sent to the handler's first line, by the machine's clock: the request, its fdatasync, the dispatch."""
        began = time.time()
        return (self.result(self.enqueue(b"begun")) / 1e6 - began) * 1e3

    def until_result(self):
        """ms from before the POST is sent to the result in hand, by GET …?wait."""
        began = time.perf_counter()
        self.result(self.enqueue(b"echo"))
        return (time.perf_counter() - began) * 1e3

    def medians(self, count):
        running = [self.until_first_line() for _ in range(count + 20)][20:]
        result = [self.until_result() for _ in range(count + 20)][20:]
        self.calls.close()
        return statistics.median(running), statistics.median(result)


class Rounds:
    """Figures by name, one of each round."""

    def __init__(self):
        self.figures = {}

    def note(self, name, value):
        self.figures.setdefault(name, []).append(value)
        print(f"  {name:<44} {value:>12,.2f}", flush=True)

    def median(self, name):
        return statistics.median(self.figures[name])

    def row(self, what, unit, mine, peer, theirs, higher_is_better=True):
        """The ratio is the median of the rounds' own ratios: neighbours disturb both of a round."""
        ratios = [(a / b if higher_is_better else b / a) for a, b in zip(self.figures[mine], self.figures[theirs])]
        return [what, round(self.median(mine), 3), unit, peer, round(self.median(theirs), 3), round(statistics.median(ratios), 2),
                round(min(ratios), 2), round(max(ratios), 2)]


def one_round(rounds, options, folder):
    os.makedirs(folder)
    galley, redis, celery = servers.Galley(options.galley, folder), Redis(folder), None
    try:
        rounds.note("fdatasync ms", machine.fdatasync_ms(folder))
        rounds.note("Galley engine tasks/s", engine_rate(options.galley))
        rounds.note("Galley Python client tasks/s", python_rate(galley, 20_000))
        rounds.note("Galley batch of 10,000 tasks/s", batch_rate(galley, 10_000))
        running, result = Latency(servers_after_restart(options, folder, galley)).medians(200)
        rounds.note("Galley enqueue to running ms", running)
        rounds.note("Galley enqueue to result ms", result)
        # The best of these is BullMQ's figure.
        rounds.note("BullMQ tasks/s", max(bullmq(options.bullmq, redis, "run", 20_000, concurrency) for concurrency in (50, 200)))
        rounds.note("BullMQ addBulk of 10,000 tasks/s", bullmq(options.bullmq, redis, "bulk", 10_000))
        celery = Celery(folder, redis)
        rounds.note("Celery tasks/s", celery.run("celery_noop.py", 2_000)[0])
        running, result = celery.run("celery_latency.py", 200)
        rounds.note("Celery enqueue to running ms", running)
        rounds.note("Celery enqueue to result ms", result)
    finally:
        for part in (celery and celery.child, redis.child, options.running.pop("galley", galley)):
            if part:
                part.stop()


def servers_after_restart(options, folder, galley):
    """An idle server with an empty database, for latencies: the program that also says when a task began."""
    galley.stop()
    os.makedirs(folder + "/idle")
    options.running["galley"] = servers.Galley(options.begun, folder + "/idle")
    return options.running["galley"]


def table(rounds):
    return [
        rounds.row("no-op tasks, C++ handler, enqueue to all done", "tasks/s", "Galley engine tasks/s", "Celery prefork 2", "Celery tasks/s"),
        rounds.row("no-op tasks, C++ handler, enqueue to all done", "tasks/s", "Galley engine tasks/s", "BullMQ, best of concurrency 50 and 200", "BullMQ tasks/s"),
        rounds.row("no-op tasks, Python client, one process", "tasks/s", "Galley Python client tasks/s", "Celery prefork 2", "Celery tasks/s"),
        rounds.row("batch of 10,000, one call", "tasks/s", "Galley batch of 10,000 tasks/s", "BullMQ addBulk", "BullMQ addBulk of 10,000 tasks/s"),
        rounds.row("enqueue to running, idle, p50", "ms", "Galley enqueue to running ms", "Celery prefork 2", "Celery enqueue to running ms", False),
        rounds.row("enqueue to result, idle, p50", "ms", "Galley enqueue to result ms", "Celery prefork 2", "Celery enqueue to result ms", False),
        ["fdatasync of this disk, 4 KiB append, p50", round(rounds.median("fdatasync ms"), 3), "ms", "", "", "", "", ""],
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--galley", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", default="", metavar="MACHINE", help="keep the results under this machine's name")
    options = parser.parse_args()
    options.galley = os.path.abspath(options.galley)
    options.begun = os.path.join(os.path.dirname(options.galley), "bench", "first_line", "galley_begun")
    options.running = {}
    options.bullmq = ROOT / "build" / "npm-bullmq"
    install_bullmq(options.bullmq)
    print(f"{machine.describe()}, load {os.getloadavg()[0]:.1f} before")
    rounds = Rounds()
    with tempfile.TemporaryDirectory(prefix="galley-bench-") as folder:
        for number in range(options.rounds):
            print(f"round {number + 1}")
            one_round(rounds, options, f"{folder}/{number}")
    rows = table(rounds)
    for what, mine, unit, peer, theirs, ratio, least, most in rows:
        print(f"{what:<46} {mine:>12,} {unit:<8}" + (f" {peer} {theirs:,}   ratio {ratio} ({least} to {most})" if peer else ""))
    if options.keep:
        keep(rows, options)


def keep(rows, options):
    path = ROOT / "bench" / "results" / f"{datetime.date.today().isoformat()}-{options.keep}-tasks.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([f"# {machine.describe()}, load {os.getloadavg()[0]:.1f} after, {options.rounds} rounds"])
        writer.writerow(["what", "galley", "unit", "peer", "peer value", "ratio (above 1: Galley is better)", "least", "most"])
        writer.writerows(rows)
    print("kept in " + str(path.relative_to(ROOT)))


if __name__ == "__main__":
    main()

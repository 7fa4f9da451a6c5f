#!/usr/bin/python3
"""What a call costs when the database holds a million finished tasks, against an empty one: two servers side by side, calls taken in turns.

    bench/flat_cost.py [--finished 1000000] [--waiting 100000] [--rounds 300] [--json]

Each figure is the median of the calls' times on the loopback; the ratio is that of the two medians.
"""
import argparse
import http.client
import json
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "server"))
from galley_server import ADMIN, BROKER, Caller, Server, token_of  # noqa: E402
from machine import describe  # noqa: E402

WORKER = Caller("worker@machines.example", "worker")
NOBODY = Caller("nobody@example.org")
BATCH = 10_000


class Peer:
    def __init__(self, name):
        self.name = name
        self.server = Server("--log-level", "warning").start()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        self.connection.connect()
        self.tokens = {}
        self.claims = "bench.claim"
        self.call("POST", "/api/v1/worker/lease", {"worker": "bench", "kinds": [self.claims], "wait_seconds": 0}, WORKER)  # declares it

    def call(self, method, path, body=None, caller=ADMIN, expect=(200, 201, 202)):
        token = self.tokens.setdefault(str(caller), token_of(caller))
        text = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, text, {"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status not in expect:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def fill(self, finished, waiting):
        self.call("POST", "/api/v1/queues/parked/pause")
        for count, fields in ((waiting, {"queue": "parked"}), (finished, {})):
            for start in range(0, count, BATCH):
                tasks = [{"task_type": "echo", "input": {"n": start + i}, **fields} for i in range(min(BATCH, count - start))]
                self.call("POST", "/api/v1/tasks/batch", {"tasks": tasks}, BROKER)
                print(f"\r{self.name}: {start + len(tasks)} of {count}", end="", file=sys.stderr)
            print(file=sys.stderr)
        while any(queue["pending"] for queue in json.loads(self.call("GET", "/api/v1/queues"))["items"] if queue["name"] != "parked"):
            time.sleep(0.5)


def claim_and_complete(peer):
    peer.call("POST", "/api/v1/tasks", {"task_type": peer.claims}, BROKER)
    began = time.perf_counter()
    leased = json.loads(peer.call("POST", "/api/v1/worker/lease", {"worker": "bench", "kinds": [peer.claims], "wait_seconds": 5}, WORKER))
    task = leased["tasks"][0]
    peer.call("POST", f"/api/v1/worker/tasks/{task['task_id']}/complete", {"worker": "bench", "attempt": task["attempt"], "result": 1}, WORKER)
    return time.perf_counter() - began


def timed(method, path, body=None, caller=ADMIN):
    def measure(peer):
        began = time.perf_counter()
        peer.call(method, path(peer) if callable(path) else path, body, caller)
        return time.perf_counter() - began
    return measure


def run_to_end(peer):
    began = time.perf_counter()
    task = json.loads(peer.call("POST", "/api/v1/tasks", {"task_type": "echo", "input": 1}, BROKER))["task_id"]
    peer.call("GET", f"/api/v1/tasks/{task}?wait=10", None, BROKER)
    return time.perf_counter() - began


CASES = {
    "enqueue": timed("POST", "/api/v1/tasks", {"task_type": "echo", "input": 1, "queue": "parked"}, BROKER),
    "enqueue, run, wait for the end": run_to_end,
    "lease and complete": claim_and_complete,
    "list, newest first": timed("GET", "/api/v1/tasks"),
    "list of failed tasks": timed("GET", "/api/v1/tasks?status=failed"),
    "list of pending tasks": timed("GET", "/api/v1/tasks?status=pending"),
    "list by tag": timed("GET", "/api/v1/tasks?tag=none"),
    "list by kind": timed("GET", "/api/v1/tasks?task_type=generate_pdf"),
    "list of a caller without tasks": timed("GET", "/api/v1/tasks", None, NOBODY),
    "list by creation time": timed("GET", "/api/v1/tasks?created_after=2020-01-01T00:00:00Z&created_before=2020-01-02T00:00:00Z"),
    "queues": timed("GET", "/api/v1/queues"),
    "status of tasks (R96)": timed("GET", "/api/v1/celery/tasks/status"),
    "status of queues (R96)": timed("GET", "/api/v1/celery/queues/status"),
    "status of workers (R96)": timed("GET", "/api/v1/celery/workers/status"),
    "metrics summary (R96)": timed("GET", "/api/v1/celery/metrics/summary"),
    "/metrics": timed("GET", "/metrics"),
    "/health/ready": timed("GET", "/health/ready"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    empty, full = Peer("empty"), Peer("full")
    try:
        empty.fill(0, 0)
        full.fill(options.finished, options.waiting)
        rows = []
        for name, measure in CASES.items():
            times = {empty: [], full: []}
            for _ in range(options.rounds):
                for peer in (empty, full):
                    times[peer].append(measure(peer))
            medians = [statistics.median(times[peer]) * 1e3 for peer in (empty, full)]
            rows.append({"call": name, "empty_ms": round(medians[0], 3), "full_ms": round(medians[1], 3), "ratio": round(medians[1] / medians[0], 2)})
            if not options.json:
                print(f"{name:34} {medians[0]:8.3f} ms  {medians[1]:8.3f} ms  {medians[1] / medians[0]:6.2f} x", flush=True)
    finally:
        for peer in (empty, full):
            peer.server.close()
    if options.json:
        print(json.dumps({"machine": describe(), "finished": options.finished, "waiting": options.waiting, "calls": rows}, indent=1))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The load test: an hour of mixed traffic compressed to ten minutes, at 80 % of a capacity that is measured first.

Starts a server of its own in a temporary folder, finds how many requests of the mix it answers in a second (closed loop), then sends
80 % of that at random moments whether or not the server keeps up (open loop). Passes when every answer is one that the plan predicts,
memory is flat after the warm-up, and the server ends in order. Writes report.md with its pictures to bench/results/load-<date>/.

  make load                                     ten minutes
  bench/load/run.py --minutes 1 --name quick    a look
"""
import argparse
import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

import machine  # noqa: E402
from picture import line_chart  # noqa: E402

SECRET = "the load test's secret, longer than 32 bytes"
READY = "galley is ready at "
ROOMS = 8
USER, ADMIN = "load.user@galley.example", "load.admin@galley.example"
FLAT_PERCENT = 5.0
# Documents may fill the memory that their cache is given, 100 MB by default, and fill it slowly: with so little it is full after a minute, and
# what grows then is nothing that anybody has allowed to.
CACHE_MEMORY_MB = 4
CAPACITY_SECONDS = 20
SHARE_OF_CAPACITY = 0.8
MEGABYTE = 1 << 20


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(sub, role):
    claims = {"sub": sub, "role": role, "exp": int(time.time()) + 86400}
    text = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return text + "." + base64url(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())


class Server:
    """The process under test, in a folder of its own."""

    def __init__(self, binary, folder, flags):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GALLEY_")}
        self.log = open(folder / "log.txt", "wb")
        self.process = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", "--data", str(folder / "data"),
                                         "--cache-memory-mb", str(CACHE_MEMORY_MB), *flags],
                                        stdout=subprocess.PIPE, stderr=self.log, env={**environment, "GALLEY_JWT_SECRET": SECRET, "GALLEY_SCHEDULES_BUILT_IN": "false"})
        self.port = None
        for line in iter(self.process.stdout.readline, b""):
            if line.decode().startswith(READY):
                self.port = int(line.decode().rsplit(":", 1)[1])
                break
        if self.port is None:
            raise SystemExit(f"the server did not start: {(folder / 'log.txt').read_text()}")

    def request(self, method, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, data=json.dumps(body).encode(), headers={
            "Authorization": "Bearer " + token(ADMIN, "admin"), "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def make_rooms(self):
        for number in range(ROOMS):
            room = f"load-{number}"
            self.request("PUT", f"/api/v1/rooms/{room}", {"room": {"id": room, "reference": "STS-1", "title": "Transfer"}})
            self.request("PUT", f"/api/v1/rooms/{room}/members/{USER}", {"role": "broker"})

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.log.close()
        return code


class Sampler(threading.Thread):
    """Memory and processor time of a process, once a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.samples = []  # (seconds, resident bytes, processor seconds)
        self.ended = threading.Event()
        self.began = time.monotonic()

    def run(self):
        ticks = os.sysconf("SC_CLK_TCK")
        while not self.ended.wait(1):
            try:
                stat = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                return
            resident = int(stat[21]) * os.sysconf("SC_PAGE_SIZE")
            self.samples.append((time.monotonic() - self.began, resident, (int(stat[11]) + int(stat[12])) / ticks))

    def stop(self):
        self.ended.set()
        self.join()


def generate(options, server, rate, seconds, connections, output):
    environment = {**os.environ, "GALLEY_LOAD_USER": token(USER, "user"), "GALLEY_LOAD_ADMIN": token(ADMIN, "admin")}
    subprocess.run([options.generator, str(server.port), str(rate), str(seconds), str(connections), str(ROOMS), str(output)],
                   env=environment, check=True)
    return json.loads(output.read_text())


def answers(result):
    return sum(route["count"] for route in result["routes"])


def trend(points):
    """Least squares: (value at the first x, value at the last x)."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points) or 1
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return mean_y + slope * (points[0][0] - mean_x), mean_y + slope * (points[-1][0] - mean_x)


class Verdict:
    """The criteria, each with its figure."""

    def __init__(self, result, samples):
        self.rows = []
        self.unexpected = {route["name"]: route["unexpected"] for route in result["routes"] if route["unexpected"]}
        count = sum(sum(kinds.values()) for kinds in self.unexpected.values())
        self.add("answers that the plan does not predict", count == 0, f"{count} of {answers(result):,}")
        half = [(when, resident) for when, resident, _ in samples if when >= samples[-1][0] / 2]
        self.first, self.last = trend(half)
        self.half = half
        growth = 100 * (self.last - self.first) / self.first
        self.add(f"memory's trend over the second half within {FLAT_PERCENT:g} %", abs(growth) <= FLAT_PERCENT, f"{growth:+.2f} %")
        lowest, highest = min(y for _, y in half), max(y for _, y in half)
        spread = 100 * (highest - lowest) / lowest
        self.add(f"memory's largest over its least within {FLAT_PERCENT:g} %", spread <= FLAT_PERCENT,
                 f"{spread:.2f} % ({lowest / MEGABYTE:.1f} to {highest / MEGABYTE:.1f} MiB)")

    def add(self, what, passed, figure):
        self.rows.append((what, passed, figure))

    @property
    def passed(self):
        return all(passed for _, passed, _ in self.rows)


def route_points(result, route, figure):
    step = result["window_seconds"]
    return [((index + 0.5) * step, window[figure] / 1000) for index, window in enumerate(route["windows"]) if window["count"]]


def draw(folder, result, samples, verdict):
    for figure in ("p50", "p99"):
        series = [(route["name"], route_points(result, route, figure)) for route in result["routes"] if route["count"]]
        picture = line_chart(f"Latency from the due time, {figure} of each {result['window_seconds']:g} s", "ms", series, log=True)
        (folder / f"latency-{figure}.svg").write_text(picture)
    memory = [(when, resident / MEGABYTE) for when, resident, _ in samples]
    line = [(verdict.half[0][0], verdict.first / MEGABYTE), (verdict.half[-1][0], verdict.last / MEGABYTE)]
    (folder / "memory.svg").write_text(line_chart("Resident memory of the server", "MiB", [("resident", memory), ("trend", line, "dashed")]))
    usage = [(after[0], 100 * (after[2] - before[2]) / (after[0] - before[0])) for before, after in zip(samples, samples[1:])]
    (folder / "processor.svg").write_text(line_chart("Processor time of the server", "% of a core", [("server", usage)]))


def report(options, result, samples, capacity, verdict, exit_code):
    seconds = result["seconds"]
    used = samples[-1][2] - samples[0][2]
    load = f"{seconds / 60:g} minutes in the open loop at {answers(result) / seconds:,.0f} requests a second"
    if capacity:
        load = f"Capacity of the mix, closed loop: **{capacity:,.0f} requests a second**. Then {load} ({100 * SHARE_OF_CAPACITY:.0f} %)"
    lines = [f"# Load test, {datetime.date.today()}", "",
             f"{machine.describe()}; the generator shares the cores. {CACHE_MEMORY_MB} MB of memory for cached documents.", "",
             f"{load}, {options.connections} connections, "
             f"{answers(result):,} requests; the server used {used / (samples[-1][0] - samples[0][0]):.2f} cores and ended with {exit_code}.", "",
             f"**{'Passed' if verdict.passed else 'Failed'}.**", "", "| criterion | | figure |", "| --- | --- | --- |"]
    lines += [f"| {what} | {'yes' if passed else '**no**'} | {figure} |" for what, passed, figure in verdict.rows]
    lines += ["", f"The generator was late by {result['lateness']['p50'] / 1000:.2f} ms at p50 and {result['lateness']['p99'] / 1000:.2f} ms at p99; "
              "that is part of the latencies. More than a few milliseconds: the machine did something else as well.",
              "", "Latency in milliseconds from the moment a request was due:", "",
              "| route | requests | p50 | p99 | p99.9 | largest |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    lines += [f"| {route['name']} | {route['count']:,} | " + " | ".join(f"{route[key] / 1000:,.2f}" for key in ("p50", "p99", "p999", "max")) + " |"
              for route in result["routes"]]
    if verdict.unexpected:
        lines += ["", "Not predicted:", ""] + [f"- {name}: {kinds}" for name, kinds in verdict.unexpected.items()]
        lines += ["", "```", *result["examples"][:5], "```"]
    lines += [""] + [f"![{name}]({name}.svg)" for name in ("latency-p50", "latency-p99", "memory", "processor")]
    return "\n".join(lines) + "\n"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--galley", default=str(ROOT / "build" / "release" / "galley"))
    parser.add_argument("--generator", default=str(ROOT / "build" / "release" / "bench" / "load" / "galley_load"))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rate", type=float, help="requests a second; without it, 80 %% of the capacity measured first")
    parser.add_argument("--name", default="", help="added to the name of the results' folder")
    parser.add_argument("--output", type=pathlib.Path, help="folder of the report instead of bench/results/load-<date>")
    parser.add_argument("flags", nargs="*", help="after --: more flags of galley serve")
    return parser.parse_args()


def run(options, folder, scratch):
    server = Server(options.galley, scratch, options.flags)
    exit_code = None
    try:
        server.make_rooms()
        capacity = 0.0
        if options.rate is None:
            measured = generate(options, server, 0, CAPACITY_SECONDS, options.connections // 2, scratch / "capacity.json")
            capacity = answers(measured) / measured["seconds"]
            print(f"capacity {capacity:,.0f} requests a second", flush=True)
        rate = options.rate or SHARE_OF_CAPACITY * capacity
        sampler = Sampler(server.process.pid)
        sampler.start()
        result = generate(options, server, rate, 60 * options.minutes, options.connections, scratch / "result.json")
        sampler.stop()
    finally:
        exit_code = server.stop()
    verdict = Verdict(result, sampler.samples)
    verdict.add("the server ends with 0", exit_code == 0, str(exit_code))
    folder.mkdir(parents=True, exist_ok=True)
    draw(folder, result, sampler.samples, verdict)
    (folder / "report.md").write_text(report(options, result, sampler.samples, capacity, verdict, exit_code))
    (folder / "result.json").write_text(json.dumps({**result, "samples": sampler.samples, "capacity": capacity}) + "\n")
    return verdict


def main():
    options = parse_arguments()
    name = f"load-{datetime.date.today()}" + (f"-{options.name}" if options.name else "")
    folder = options.output or ROOT / "bench" / "results" / name
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="galley-load-"))
    try:
        verdict = run(options, folder, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print((folder / "report.md").read_text())
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())

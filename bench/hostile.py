#!/usr/bin/python3
"""How other clients fare while the server is attacked: p50 and p99 of small requests, quiet and under each attack.

Usage: bench/hostile.py [--seconds 4] [--rounds 3] [--rate 300] [--only NAME]... [--json FILE]. The binary is GALLEY_BINARY, else
build/release/galley. The attacker is a process of its own at 127.0.0.2 that does --rate hostile things a second, the observer sends
one small request after the other on a kept connection, paced; quiet and attacked phases alternate, and the medians of the rounds are
compared. Target: the attacked p99 is at most twice the quiet one.

Attacker, observer and server share the machine, which no real attacker does. So the attacker gives way (nice 5; the others run in real
time where that is allowed, as root: what else the machine does then counts little), and each phase is observed a second time at a
trivial echo process that nobody attacks: the column `of an echo` is its p99 ratio, what the machine alone costs. `struck` is the share
of the wanted hostile things that the attacker got done.
"""
import argparse
import json
import multiprocessing
import os
import pathlib
import socket
import statistics
import struct
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "server"))

from galley_server import ADMIN, PATIENCE_SECONDS, Server, token_of  # noqa: E402

OBSERVER_PAUSE_SECONDS = 0.001
HELD_CONNECTIONS = 300
ATTACKER = "127.0.0.2"
ATTACKER_NICENESS = 5
SERVER_PRIORITY = 10  # of real time
OBSERVER_PRIORITY = 20


def connect(port, receive_buffer=None, source=ATTACKER):
    client = socket.socket()
    client.bind((source, 0))
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(PATIENCE_SECONDS)
    client.connect(("127.0.0.1", port))
    return client


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def head(method, path, fields=""):
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(ADMIN)}\r\n{fields}\r\n".encode()


def ask_and_leave(port, data):
    client = connect(port)
    try:
        client.sendall(data)
        client.recv(65536)
    except ConnectionError:
        pass
    reset(client)


class Attack:
    """Does one hostile thing a call."""

    def __init__(self, port):
        self.port = port


class Smuggling(Attack):
    def strike(self):
        ask_and_leave(self.port, head("POST", "/api/v1/tasks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n")


class HeaderFlood(Attack):
    def strike(self):
        ask_and_leave(self.port, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 10_000)


class OpenAndDrop(Attack):
    def strike(self):
        reset(connect(self.port))


class JsonBomb(Attack):
    def strike(self):
        body = b"[" * 200_000
        ask_and_leave(self.port, head("POST", "/api/v1/tasks", f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n") + body)


class Held(Attack):
    """Keeps HELD_CONNECTIONS open and sends a byte on one of them a call."""
    begin = b""
    drop = b"a"

    def __init__(self, port):
        super().__init__(port)
        self.held = []
        self.turn = 0

    def strike(self):
        if len(self.held) < HELD_CONNECTIONS:
            client = connect(self.port, 4096)
            client.sendall(self.begin)
            return self.held.append(client)
        self.turn = (self.turn + 1) % HELD_CONNECTIONS
        try:
            self.held[self.turn].send(self.drop)
        except OSError:
            self.held[self.turn].close()
            self.held[self.turn] = connect(self.port, 4096)
            self.held[self.turn].sendall(self.begin)


class SlowHeads(Held):
    begin = b"GET / HTTP/1.1\r\nHost: x\r\nA: "


class SlowBodies(Held):
    begin = b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{"


class SlowReaders(Held):
    def __init__(self, port):
        super().__init__(port)
        self.begin = head("GET", "/api/v1/rooms/large") * 20
        self.drop = b""


ATTACKS = [Smuggling, HeaderFlood, OpenAndDrop, JsonBomb, SlowHeads, SlowBodies, SlowReaders]


def attack(kind, port, rate, stop, struck):
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(ATTACKER_NICENESS)
    attacker = kind(port)
    next_strike = time.monotonic()
    while not stop.is_set():
        attacker.strike()
        struck.value += 1
        next_strike += 1 / rate
        time.sleep(max(0.0, next_strike - time.monotonic()))


def serve_echo(listener):
    """What is observed beside the server: as little as an answer can be."""
    while True:
        client, _ = listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := client.recv(65536):
            client.sendall(data)


def observe(port, seconds, request=None):
    """Latencies in milliseconds of small requests, each answered 200."""
    expected = b"HTTP/1.1 200" if request is None else request
    request = request or head("GET", "/api/v1/rooms?limit=1")
    latencies = []
    with connect(port, source="127.0.0.1") as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begin = time.perf_counter()
            client.sendall(request)
            answer = client.recv(65536)
            latencies.append((time.perf_counter() - begin) * 1e3)
            if not answer.startswith(expected):
                raise SystemExit(f"an observer was not served: {answer[:200]!r}")
            time.sleep(OBSERVER_PAUSE_SECONDS)
    return latencies


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def run_in_real_time(priority):
    """This process and those that it starts from now on."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(priority))
    except PermissionError:
        print("not allowed to run in real time: other processes of this machine count, too")


def measure(server, echo_port, kind, options):
    runs = {name: [] for name in ("quiet", "attacked", "echo_quiet", "echo_attacked")}

    def observe_both(phase):
        runs[phase].append(observe(server.port, options.seconds))
        runs["echo_" + phase].append(observe(echo_port, options.seconds / 2, b"echo"))

    struck = multiprocessing.Value("l", 0)
    for _ in range(options.rounds):
        observe_both("quiet")
        stop = multiprocessing.Event()
        attacker = multiprocessing.Process(target=attack, args=(kind, server.port, options.rate, stop, struck))
        attacker.start()
        try:
            observe_both("attacked")
        finally:
            stop.set()
            attacker.join()
    row = {"attack": kind.__name__, "struck": struck.value / (options.rate * options.seconds * 1.5 * options.rounds)}
    for name, phase in runs.items():
        row[name + "_p50"] = statistics.median(quantile(run, 0.5) for run in phase)
        row[name + "_p99"] = statistics.median(quantile(run, 0.99) for run in phase)
    row["ratio_p99"] = row["attacked_p99"] / row["quiet_p99"]
    row["echo_ratio_p99"] = row["echo_attacked_p99"] / row["echo_quiet_p99"]
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--only", action="append", choices=[kind.__name__ for kind in ATTACKS])
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    run_in_real_time(SERVER_PRIORITY)
    listener = socket.create_server(("127.0.0.1", 0))
    echo = multiprocessing.Process(target=serve_echo, args=(listener,), daemon=True)
    echo.start()
    server = Server()
    try:
        server.start()
        run_in_real_time(OBSERVER_PRIORITY)
        server.make_room("large", documents=500)
        rows = []
        print(f"{'attack':<14}{'quiet p50':>11}{'p99':>9}{'attacked p50':>14}{'p99':>9}{'p99 ratio':>11}{'of an echo':>12}{'struck':>8}   (ms)")
        for kind in ATTACKS:
            if options.only and kind.__name__ not in options.only:
                continue
            row = measure(server, listener.getsockname()[1], kind, options)
            rows.append(row)
            print(f"{row['attack']:<14}{row['quiet_p50']:>11.3f}{row['quiet_p99']:>9.3f}{row['attacked_p50']:>14.3f}{row['attacked_p99']:>9.3f}"
                  f"{row['ratio_p99']:>11.2f}{row['echo_ratio_p99']:>12.2f}{row['struck']:>8.0%}", flush=True)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
        return 0
    finally:
        server.close()
        echo.terminate()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Descriptors run out, clients are slow and greedy: the server pauses, refuses and recovers, and its memory stays within bounds (R131, R132)."""
import os
import pathlib
import resource
import socket
import threading
import unittest

import load  # noqa: F401  (finds galley_server)
from galley_server import ADMIN, BROKER, PATIENCE_SECONDS, Server, in_parallel, token_of

MIB = 1 << 20


def memory_peak_bytes(server):
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def processor_seconds(server):
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class FewDescriptors(unittest.TestCase):
    LIMIT = 80

    def test_accepting_pauses_without_spinning_and_goes_on(self):
        server = Server()
        self.addCleanup(server.close)
        server.process_options = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (self.LIMIT, self.LIMIT))}
        server.start()
        server.make_room("room-0")
        made = server.finished_snapshot("room-0")
        idle = [socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) for _ in range(2 * self.LIMIT)]
        try:
            before = processor_seconds(server)
            idle[-1].settimeout(1)
            with self.assertRaises(TimeoutError):  # nobody answers: a second in which the server has nothing to do
                while True:
                    if idle[-1].recv(1) == b"":
                        idle[-1].settimeout(1)
                        threading.Event().wait(1)
                        raise TimeoutError
            self.assertLess(processor_seconds(server) - before, 0.5, "it spins")
        finally:
            for connection in idle:
                connection.close()
        answer = server.get(f"/api/v1/rooms/room-0/snapshots/{made['id']}/download", BROKER)
        self.assertEqual(answer.status, 200)
        self.assertEqual(server.finished_snapshot("room-0")["status"], "completed")
        self.assertEqual(server.stop(), 0)


class BoundedMemory(unittest.TestCase):
    CACHE_MB = 20
    # What is configured: the memory cache, 16 MiB of waiting inputs, SQLite's caches, and a body of the largest size on each of the connections that
    # post one; what the program needs by itself (code, fonts, one render a core) was 60 MiB. Over that, R132 grants a fifth.
    CONNECTIONS = 16
    BODY_BYTES = 900_000
    BASE_BYTES = 60 * MIB + 16 * MIB + 8 * MIB

    def setUp(self):
        self.server = Server("--cache-memory-mb", str(self.CACHE_MB))
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.make_room("room-0", activity=0)

    def bound(self):
        return int(1.2 * (self.BASE_BYTES + self.CACHE_MB * 1_000_000 + 4 * self.CONNECTIONS * self.BODY_BYTES))

    def post_big_bodies(self, _):
        for number in range(12):
            answer = self.server.post("/api/v1/tasks", {"task_type": "echo", "input": "x" * self.BODY_BYTES})
            self.assertIn(answer.status, (202, 429, 503), answer)
            if answer.status == 202 and number % 4 == 0:
                self.server.get(f"/api/v1/tasks/{answer.json()['task_id']}?wait=60")

    def test_big_bodies_slow_readers_and_many_waiters_stay_within_the_bound(self):
        documents = []
        for number in range(30):
            self.server.post("/api/v1/rooms/room-0/activity", {"text": f"Entry {number} " + "long " * 300}, BROKER)
            documents.append(self.server.finished_snapshot("room-0")["id"])
        far = self.server.post("/api/v1/tasks", {"task_type": "echo", "delay_seconds": 3600}).json()["task_id"]
        head = f"HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(ADMIN)}\r\n\r\n"
        held = []
        for number in range(200):
            connection = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            held.append(connection)
            path = f"/api/v1/rooms/room-0/snapshots/{documents[number % 30]}/download" if number % 2 else f"/api/v1/tasks/{far}?wait=60"
            connection.sendall(f"GET {path} {head}".encode())  # and the answer is never read
        in_parallel(self.CONNECTIONS, self.post_big_bodies)
        self.assertLess(memory_peak_bytes(self.server), self.bound())
        for connection in held:
            connection.close()
        self.assertEqual(self.server.get("/health/live", None).status, 200)


if __name__ == "__main__":
    unittest.main()

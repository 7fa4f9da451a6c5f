#!/usr/bin/python3
"""Clients that leave: half-closed, reset, in the middle of anything, by the thousand. What they held is given back.

GALLEY_HOSTILE_CONNECTIONS is how many connections are opened and dropped: 10,000 by default, 100,000 for a long run.
"""
import json
import os
import signal
import pathlib
import shutil
import socket
import ssl
import tempfile
import threading
import unittest

from wire import NO_TIMEOUTS, connect, database_files, descriptors, exchange, gauge, read_to_end, reset, resident_bytes, statuses, until
from galley_server import ADMIN, Server, ServerCase, in_parallel, token_of
from test_tls import make_certificate

CONNECTIONS = int(os.environ.get("GALLEY_HOSTILE_CONNECTIONS", "10000"))
DATABASE_FILES_MAX = 2 * (1 + 4) + 1  # the writer's and four readers' file and log, and what they share
GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


def request(path, method=b"GET", fields=b"", body=b""):
    return (method + b" " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token_of(ADMIN).encode() + b"\r\n" + fields + b"\r\n" + body)


class Leaving(ServerCase):
    flags = NO_TIMEOUTS

    def waiting_task(self):
        """A task that is not due for an hour."""
        return self.server.make_task(ADMIN, delay_seconds=3600)

    def test_half_closed_after_a_whole_request(self):
        for data in (GET, GET * 5, request("/api/v1/rooms"), request("/api/v1/tasks", b"POST", b"Content-Length: 20\r\n", b'{"task_type":"echo"}')):
            found = statuses(exchange(self.server, data, half_close=True))
            self.assertEqual(len(found), data.count(b"Host: x"))
            self.assertLess(max(found), 300)

    def test_half_closed_while_the_handler_waits(self):
        task = self.waiting_task()
        received = exchange(self.server, request(f"/api/v1/tasks/{task}?wait=3"), half_close=True)
        self.assertEqual(statuses(received)[-1], 200, received)

    def test_half_closed_within_a_request(self):
        for data in (b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", GET + b"GET", request("/api/v1/tasks", b"POST", b"Content-Length: 20\r\n", b'{"task')):
            received = exchange(self.server, data, half_close=True)
            self.assertEqual(statuses(received), [200] * data.count(GET))

    def vanish_while_waiting(self, leave):
        before = gauge(self.server, "galley_task_waiters")
        task = self.waiting_task()
        clients = [connect(self.server) for _ in range(10)]
        for client in clients:
            client.sendall(request(f"/api/v1/tasks/{task}?wait=60"))
        until(lambda: gauge(self.server, "galley_task_waiters") == before + 10, self.server)
        open_before = descriptors(self.server)
        for client in clients:
            leave(client)
        until(lambda: gauge(self.server, "galley_task_waiters") == before, self.server)
        until(lambda: descriptors(self.server) <= open_before - 10, self.server)

    def test_reset_while_the_handler_waits(self):
        self.vanish_while_waiting(reset)

    def test_closed_while_the_handler_waits(self):
        self.vanish_while_waiting(lambda client: client.close())

    def test_reset_anywhere(self):
        whole = request("/api/v1/tasks", b"POST", b"Content-Length: 20\r\n", b'{"task_type":"echo"}')
        for size in range(0, len(whole), 7):
            client = connect(self.server)
            client.sendall(whole[:size])
            reset(client)
        self.assertEqual(statuses(exchange(self.server, GET, half_close=True)), [200])

    def test_reset_in_the_middle_of_an_answer(self):
        room = self.server.make_room("large", documents=500)
        for _ in range(50):
            client = connect(self.server)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(request(f"/api/v1/rooms/{room}") * 10)
            client.recv(1000)
            reset(client)
        self.assertEqual(self.server.get(f"/api/v1/rooms/{room}").status, 200)


class Crowds(ServerCase):
    def be_served(self):
        return self.server.get("/health/ready", caller=None).status

    def crowd(self, count, visit):
        """count visits by four threads, while somebody else is served."""
        done = threading.Event()
        others = set()

        def serve_others():
            while not done.is_set():
                others.add(self.be_served())
        witness = threading.Thread(target=serve_others)
        witness.start()
        try:
            in_parallel(4, lambda index: [visit(i) for i in range(index, count, 4)])
        finally:
            done.set()
            witness.join()
        self.assertEqual(others, {200})

    def visit(self, number):
        client = connect(self.server)
        kind = number % 6
        if kind == 1:
            client.sendall(b"GET / HTTP/1.1\r\nA")
        elif kind == 2:
            client.sendall(b"\x16\x03\x01 nonsense\r\n")
        elif kind == 3:
            client.sendall(GET)
        elif kind == 4:
            client.sendall(request("/api/v1/tasks", b"POST", b"Content-Length: 9999\r\n", b"{"))
        elif kind == 5:
            client.sendall(request("/api/v1/rooms"))
            return client.close()
        reset(client)

    def test_connections_opened_and_dropped_leave_nothing_behind(self):
        self.crowd(min(2_000, CONNECTIONS), self.visit)  # what grows once, grows now
        until(lambda: gauge(self.server, "galley_http_connections") == 1, self.server)
        descriptors_before, bytes_before = descriptors(self.server), resident_bytes(self.server)
        self.crowd(CONNECTIONS, self.visit)
        until(lambda: gauge(self.server, "galley_http_connections") == 1, self.server)
        until(lambda: descriptors(self.server) <= descriptors_before + 2, self.server)
        self.assertLessEqual(len(database_files(self.server)), DATABASE_FILES_MAX)
        self.assertLess(resident_bytes(self.server), bytes_before + (8 << 20))

    def test_many_connections_at_once_are_small(self):
        before = resident_bytes(self.server)
        clients = [connect(self.server) for _ in range(900)]
        for client in clients:
            client.sendall(GET)
        self.assertEqual({statuses(client.recv(65536))[0] for client in clients}, {200})
        self.assertLess(resident_bytes(self.server) - before, 900 * 16_384)
        for client in clients:
            client.close()
        until(lambda: gauge(self.server, "galley_http_connections") == 1, self.server)


class TlsCrowds(Crowds):
    """The same with TLS: most leave within the handshake."""

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="galley-tls-"))
        cls.addClassCleanup(shutil.rmtree, folder, True)
        make_certificate(folder, "server", "server.example")
        cls.flags = ("--tls-certificate", str(folder / "server.pem"), "--tls-key", str(folder / "server.key"))
        cls.context = ssl.create_default_context(cafile=folder / "server.pem")
        super().setUpClass()
        outgoing = ssl.MemoryBIO()
        client = cls.context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="127.0.0.1")
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            cls.hello = outgoing.read()

    def be_served(self):
        with self.context.wrap_socket(connect(self.server), server_hostname="127.0.0.1") as client:
            client.sendall(b"GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return statuses(read_to_end(client))[0]

    def visit(self, number):
        client = connect(self.server)
        kind = number % 5
        if kind == 1:
            client.sendall(self.hello[:1 + number % len(self.hello)])
        elif kind == 2:
            client.sendall(self.hello)
            client.recv(1)  # the server's half is under way
        elif kind == 3:
            client.sendall(self.hello + b"\x14\x03\x03\x00\x01\x01" + b"nonsense" * 8)
        elif kind == 4:
            client.sendall(GET)
        reset(client)

    def test_connections_opened_and_dropped_leave_nothing_behind(self):
        self.crowd(min(1_000, CONNECTIONS), self.visit)
        before = resident_bytes(self.server)
        until(lambda: descriptors(self.server) <= self.descriptors_when_idle, self.server)
        self.crowd(CONNECTIONS // 4, self.visit)
        until(lambda: descriptors(self.server) <= self.descriptors_when_idle, self.server)
        self.assertLess(resident_bytes(self.server), before + (8 << 20))

    def setUp(self):
        self.descriptors_when_idle = descriptors(self.server) + 2

    def test_many_connections_at_once_are_small(self):
        before = resident_bytes(self.server)
        clients = [connect(self.server) for _ in range(900)]
        for client in clients:
            client.sendall(self.hello[:100])
        self.assertEqual(self.be_served(), 200)
        self.assertLess(resident_bytes(self.server) - before, 900 * 65_536)
        for client in clients:
            client.close()
        until(lambda: descriptors(self.server) <= self.descriptors_when_idle, self.server)


class Drain(unittest.TestCase):
    def test_what_was_acknowledged_under_load_is_there_after_the_restart(self):
        server = Server()
        self.addCleanup(server.close)
        server.start()
        together = threading.Barrier(9)

        def work():
            """Creates tasks on one connection until the server says close; then nothing more may come."""
            made = []
            data = request("/api/v1/tasks", b"POST", b"Content-Length: 20\r\n", b'{"task_type":"echo"}')
            together.wait()
            with connect(server) as client:
                while True:
                    try:
                        client.sendall(data)
                        received = b""
                        while not whole(received):
                            part = client.recv(65536)
                            if not part:
                                return made, received
                            received += part
                    except ConnectionError:
                        return made, b""
                    if statuses(received) == [202]:
                        made.append(json.loads(received.partition(b"\r\n\r\n")[2])["task_id"])
                    if b"\r\nConnection: close\r\n" in received:
                        return made, read_to_end(client)
        def stop():
            together.wait()
            until(lambda: gauge(server, "galley_store_writes_total") > 200, server)
            server.process.send_signal(signal.SIGTERM)
            return server.wait()

        results = in_parallel(9, lambda index: stop() if index == 8 else work())
        self.assertEqual(results[8], 0)
        acknowledged = [task for made, _ in results[:8] for task in made]
        self.assertGreater(len(acknowledged), 100)
        self.assertEqual({rest for _, rest in results[:8]}, {b""}, "half an answer, or one behind the last")
        server.start()
        for task in acknowledged:
            self.assertEqual(server.get("/api/v1/tasks/" + task).status, 200, task)


def whole(received):
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    return len(body) >= length


if __name__ == "__main__":
    unittest.main()

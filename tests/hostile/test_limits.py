#!/usr/bin/python3
"""Each limit of R7 by its setting, met with the real binary; slow clients meet their timeouts, others are served meanwhile."""
import socket
import unittest

from wire import connect, exchange, gauge, read_to_end, resident_bytes, send_all, statuses, until
from galley_server import ADMIN, PATIENCE_SECONDS, Server, ServerCase, token_of

GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
GET_CLOSE = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def authorization():
    return b"Authorization: Bearer " + token_of(ADMIN).encode() + b"\r\n"


class SizeLimits(ServerCase):
    flags = ("--http-header-bytes-max", "2KiB", "--http-header-fields-max", "10", "--http-url-bytes-max", "256", "--http-json-body-bytes-max", "1KiB",
             "--http-room-body-bytes-max", "2KiB", "--http-batch-body-bytes-max", "3KiB", "--http-json-depth-max", "8")

    def test_head(self):
        for wanted, data in ((200, b"GET /health/live?" + b"a" * 243 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                             (414, b"GET /health/live?" + b"a" * 244 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
                             (200, b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + b"A: b\r\n" * 8 + b"\r\n"),
                             (431, b"GET /health/live HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 10 + b"\r\n"),
                             (431, b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 2048 + b"\r\n\r\n")):
            with self.subTest(data):
                self.assertEqual(statuses(exchange(self.server, data)), [wanted])

    def test_bodies(self):
        for method, path, fits in (("POST", "/api/v1/tasks", 1024), ("PUT", "/api/v1/rooms/r", 2048), ("POST", "/api/v1/tasks/batch", 3072)):
            with self.subTest(path):
                self.assertEqual(self.server.request(method, path, body=b"x" * (fits + 1)).status, 413)
                self.assertIn(self.server.request(method, path, body=b"x" * fits).status, (400, 422))

    def test_json_depth(self):
        for depth, wanted in ((7, {202}), (8, {400, 422})):
            self.assertIn(self.server.post("/api/v1/tasks", b'{"task_type":"echo","input":' + b"[" * depth + b"]" * depth + b"}").status, wanted)


class ConnectionLimits(unittest.TestCase):
    def refused(self, status, *flags):
        server = self.enterContext(ClosingServer(*flags))
        first = self.enterContext(connect(server))
        first.sendall(GET)
        self.assertEqual(statuses(first.recv(65536)), [200])
        with connect(server) as second:
            self.assertEqual(statuses(read_to_end(second)), [status])
        first.sendall(GET_CLOSE)
        self.assertEqual(statuses(read_to_end(first)), [200], "who is in stays in")
        until(lambda: statuses(exchange(server, GET_CLOSE)) == [200], server)

    def test_in_total(self):
        self.refused(503, "--http-connections-max", "1")

    def test_per_address(self):
        self.refused(429, "--http-connections-per-address-max", "1")


class ClosingServer:
    """A server for a with statement."""

    def __init__(self, *flags):
        self.server = Server(*flags)

    def __enter__(self):
        return self.server.start()

    def __exit__(self, *_):
        self.server.close()


class Timeouts(ServerCase):
    flags = ("--http-header-timeout", "300ms", "--http-request-timeout", "600ms", "--http-idle-timeout", "1s", "--http-write-stall-timeout", "300ms")

    def test_a_slow_head(self):
        for data in (b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nA: "):
            with connect(self.server) as connection:
                connection.sendall(data)
                self.assertEqual(statuses(read_to_end(connection)), [408])

    def test_a_head_that_drips_has_no_more_time(self):
        with connect(self.server) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nA: ")
            connection.settimeout(0.05)  # between two drops
            received = None
            while received is None:
                send_all(connection, b"a")
                try:
                    received = connection.recv(65536)
                except TimeoutError:
                    pass
            self.assertEqual(statuses(received), [408])

    def test_a_slow_body(self):
        for body in (b"Content-Length: 10\r\n\r\n{", b"Content-Length: 10\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
                     b"Transfer-Encoding: chunked\r\n\r\n5", b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: b"):
            with connect(self.server) as connection:
                connection.sendall(b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\n" + authorization() + body)
                self.assertEqual(statuses(read_to_end(connection)), [408], body)

    def test_a_silent_client_is_closed_silently(self):
        with connect(self.server) as connection:
            self.assertEqual(read_to_end(connection), b"")

    def test_an_idle_client_is_closed_silently(self):
        with connect(self.server) as connection:
            connection.sendall(GET)
            self.assertEqual(statuses(read_to_end(connection)), [200])

    def test_a_slow_reader_is_closed_before_it_has_all(self):
        room = self.server.make_room("unread", documents=500)
        asked = b"GET /api/v1/rooms/" + room.encode() + b" HTTP/1.1\r\nHost: x\r\n" + authorization() + b"\r\n"
        whole = len(self.server.get("/api/v1/rooms/" + room).body)
        count = 8_000_000 // whole + 1
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(("127.0.0.1", self.server.port))
        connection.setblocking(False)
        for _ in range(count):
            try:
                connection.send(asked)
            except (BlockingIOError, ConnectionError):
                break
        until(lambda: gauge(self.server, "galley_http_connections") == 1, self.server)
        connection.setblocking(True)
        self.assertLess(len(read_to_end(connection)), count * whole)

    def test_others_are_served_meanwhile(self):
        slow = [connect(self.server) for _ in range(200)]
        for i, connection in enumerate(slow):
            connection.sendall((b"GET / HTTP/1.1\r\nA", b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")[i % 2])
        self.assertEqual({self.server.post("/api/v1/tasks", {"task_type": "echo"}).status for _ in range(50)}, {202})
        for connection in slow:
            connection.close()


class JsonBombs(ServerCase):
    def test_deep_huge_and_broken_json_is_refused_and_memory_stays(self):
        bombs = [b"[" * 500_000, b'{"a":' * 150_000, b"[" * 500_000 + b"]" * 500_000, b'{"task_type":"echo","input":' + b"9" * 900_000 + b"}",
                 b'{"task_type":"echo","input":"' + b"\\u0000" * 150_000 + b'\xff"}', b'{"task_type":"' + b"\xf0\x9f\x98" * 300_000 + b'"}',
                 b"{" + b",".join(b'"%d":0' % i for i in range(90_000)) + b"}", b"[" + b"[]," * 300_000 + b"[]]", b'"' + b"\\" * 900_001]

        def explode():
            for bomb in bombs:
                answer = self.server.post("/api/v1/tasks", bomb)
                self.assertIn(answer.status, (400, 413, 422), bomb[:40])
                self.assertLess(len(answer.body), 50_000)

        explode()
        before = resident_bytes(self.server)
        for _ in range(10):
            explode()
        self.assertLess(resident_bytes(self.server), before + (32 << 20))


if __name__ == "__main__":
    unittest.main()

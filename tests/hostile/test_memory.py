#!/usr/bin/python3
"""Memory under attack stays within the bound that docs/limits.md makes of the settings: bodies that come slowly, answers that are taken slowly."""
import errno
import socket
import unittest

from wire import connect, gauge, resident_bytes, send_all, statuses, until
from galley_server import ADMIN, PATIENCE_SECONDS, ServerCase, token_of

MIB = 1 << 20
BUDGET = 32 * MIB
CLIENTS = 150
# The terms of docs/limits.md: the program itself, and what each connection may hold beside the budgets.
PROGRAM = 60 * MIB
CONNECTION = 2 * 16 * 1024 + 48 * 1024
BOUND = 1.2 * (PROGRAM + BUDGET + CLIENTS * CONNECTION)


def head(method, path, fields=b""):
    return b"%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n" % (method, path.encode(), token_of(ADMIN).encode(), fields)


def client_at(server, address, receive_buffer=None):
    """A client at 127.0.0.<address>."""
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.bind((f"127.0.0.{address}", 0))
    client.settimeout(PATIENCE_SECONDS)
    client.connect(("127.0.0.1", server.port))
    return client


class Memory(ServerCase):
    flags = ("--http-bodies-bytes-max", "32MiB", "--http-answers-bytes-max", "32MiB", "--http-request-timeout", "1h", "--http-write-stall-timeout", "1h",
             "--http-idle-timeout", "1h", "--http-linger-timeout", "100ms")

    def test_bodies_that_come_slowly(self):
        """Each client sends all but the end of a room of 4 MiB: together twenty times what the server may hold."""
        self.server.make_room("first")
        size = 4 * MIB
        piece = b"x" * 65_536
        clients = [client_at(self.server, 2 + index % 50) for index in range(CLIENTS)]
        self.addCleanup(lambda: [client.close() for client in clients])
        peak = 0
        for index, client in enumerate(clients):
            send_all(client, head(b"PUT", f"/api/v1/rooms/slow{index}", b"Content-Length: %d\r\n" % size))
        for _ in range(size // len(piece) - 1):
            for client in clients:
                send_all(client, piece)
            peak = max(peak, resident_bytes(self.server))
        self.assertLess(peak, BOUND)
        refused = self.refused(clients)
        self.assertGreater(refused, CLIENTS // 2)
        self.assertLess(refused, CLIENTS, "what fits is still received")
        self.assertEqual(self.server.get("/api/v1/rooms/first").status, 200)
        for client in clients:
            client.close()
        until(lambda: gauge(self.server, "galley_http_connections") == 1, self.server)
        self.server.make_room("after", documents=300)

    def refused(self, clients):
        """How many of the clients were answered 503, with Retry-After and closed."""
        refused = 0
        for client in clients:
            client.setblocking(False)
            try:
                received = client.recv(65_536)
            except BlockingIOError:
                continue
            except OSError as error:
                self.assertEqual(error.errno, errno.ECONNRESET)
                refused += 1  # the reset overtook the answer: more was sent than is read after it
                continue
            self.assertEqual(statuses(received), [503])
            self.assertIn(b"\r\nRetry-After: 1\r\n", received)
            self.assertIn(b"\r\nConnection: close\r\n", received)
            refused += 1
        return refused

    def test_a_crowd_at_one_address_leaves_room_for_others(self):
        """One address fills its half with bodies that never end; another one's large body is taken."""
        crowd = [client_at(self.server, 200) for _ in range(40)]
        self.addCleanup(lambda: [client.close() for client in crowd])
        for client in crowd:
            send_all(client, head(b"PUT", "/api/v1/rooms/crowd", b"Content-Length: %d\r\n" % (2 * MIB)) + b"x" * MIB)
        until(lambda: self.refused_once(crowd), self.server)
        answer = self.server.put("/api/v1/rooms/lone", b'{"room":{"reference":"A","title":"B"},"parties":[],"documents":[]}' + b" " * (3 * MIB))
        self.assertEqual(answer.status, 201, answer)

    def refused_once(self, clients):
        return any(self.is_answered(client) for client in clients)

    @staticmethod
    def is_answered(client):
        client.setblocking(False)
        try:
            return client.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True

    def test_answers_that_are_taken_slowly(self):
        """Each client asks for a large room again and again and reads nothing."""
        room = self.server.make_room("large", documents=9000)
        whole = len(self.server.get("/api/v1/rooms/" + room).body)
        self.assertGreater(whole, 200_000)
        asked = head(b"GET", "/api/v1/rooms/" + room) * 30
        clients = [client_at(self.server, 2 + index % 50, 4096) for index in range(CLIENTS)]
        self.addCleanup(lambda: [client.close() for client in clients])
        for client in clients:
            client.sendall(asked)
        peak = 0
        for _ in range(200):
            peak = max(peak, resident_bytes(self.server))
            self.assertEqual(self.server.get("/health/ready", caller=None).status, 200)
        self.assertLess(peak, BOUND)
        for client in clients:
            client.close()
        until(lambda: gauge(self.server, "galley_http_connections") == 1, self.server)


if __name__ == "__main__":
    unittest.main()

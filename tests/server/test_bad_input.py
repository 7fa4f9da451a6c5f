#!/usr/bin/python3
"""What is wrong is refused with a problem document, and the server goes on serving others (R1, R2, R7, R131)."""
import json
import socket
import unittest

from galley_server import ADMIN, PATIENCE_SECONDS, ServerCase, is_whole_response, status_of, token_of

TASKS = "/api/v1/tasks"


class StandingServerCase(ServerCase):
    def tearDown(self):
        self.assertEqual(self.server.get("/health/ready", caller=None).status, 200)


class Body(StandingServerCase):
    def refused(self, body, status=400, path=TASKS, **headers):
        answer = self.server.post(path, body, headers=headers)
        self.assert_problem(answer, status)
        return answer

    def test_text_that_is_no_json(self):
        for body in (b"", b" ", b"{", b"}", b"nul", b"{'task_type':'echo'}", b'{"task_type":"echo",}', b'{"task_type":"echo"} x',
                     b'{"task_type":"echo"}{"task_type":"echo"}', b"[1,2", b'"\x01"', b"NaN", b'{"a":01}', b'{"a":+1}',
                     b'{"a":.5}', b'{"a":"\\x"}', b'{"a":"\\ud800"}', b"\x00", b"<xml/>", b'\xef\xbb\xbf{"task_type":"echo"}'):
            with self.subTest(body):
                self.refused(body)

    def test_text_that_is_no_utf8(self):
        for text in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf", b"\x80"):
            self.refused(b'{"task_type":"echo","input":"' + text + b'"}')

    def test_the_place_of_a_syntax_error_is_said(self):
        self.assertRegex(self.refused(b'{"task_type": echo}').json()["detail"], r"\d+")

    def test_a_member_that_stands_twice(self):
        self.refused(b'{"task_type":"echo","task_type":"echo"}')
        self.refused(b'{"task_type":"echo","input":{"a":1,"a":2}}')

    def test_another_type_than_an_object(self):
        for body in (b"null", b"1", b'"echo"', b"[]", b"true"):
            self.refused(body)

    def test_nesting_has_a_limit(self):
        for depth, wanted in ((10, 202), (500, 202), (511, 202), (512, None), (1_000, None), (100_000, None)):
            body = b'{"task_type":"echo","input":' + b"[" * depth + b"]" * depth + b"}"
            answer = self.server.post(TASKS, body)
            if wanted:
                self.assertEqual(answer.status, wanted)
            else:
                self.assertIn(answer.status, (400, 422))
                self.assert_problem(answer, answer.status)

    def test_another_content_type(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonx", "json", ""):
            answer = self.server.post(TASKS, {"task_type": "echo"}, headers={"Content-Type": kind})
            self.assert_problem(answer, 415)
            self.assertEqual(answer.headers["Accept"], "application/json")

    def test_another_charset_or_content_coding(self):
        for fields in ({"Content-Type": "application/json; charset=latin-1"}, {"Content-Type": 'application/json; charset="utf-16"'},
                       {"Content-Encoding": "gzip"}, {"Content-Encoding": "br"}, {"Content-Encoding": "identity, gzip"}):
            answer = self.server.post(TASKS, {"task_type": "echo"}, headers=fields)
            self.assert_problem(answer, 415)
            self.assertEqual(answer.headers["Accept-Encoding"], "identity")
        answer = self.server.post(TASKS, {"task_type": "echo"}, headers={"Content-Encoding": "Identity"})
        self.assertEqual(answer.status, 202)

    def test_json_with_a_charset_is_json(self):
        for kind in ("application/json; charset=utf-8", 'application/json;charset="UTF-8"', "Application/JSON", "application/json ;x=y"):
            self.assertEqual(self.server.post(TASKS, {"task_type": "echo"}, headers={"Content-Type": kind}).status, 202)

    def test_too_large_a_body_is_refused_before_it_is_sent(self):
        token = token_of(ADMIN).encode()
        for path, size in ((TASKS, 2 << 20), ("/api/v1/tasks/batch", 17 << 20), ("/api/v1/rooms/x/snapshots", 1 << 40)):
            head = (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nAuthorization: Bearer ".encode()
                    + token + b"\r\n\r\n")
            self.assertEqual(status_of(self.server.raw(head)), 413, path)

    def test_too_large_a_chunked_body(self):
        head = f"POST {TASKS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        self.assertEqual(status_of(self.server.raw(head + chunk * 17)), 413)

    def test_the_largest_body_that_fits(self):
        body = json.dumps({"task_type": "echo", "input": "x" * ((1 << 20) - 200)}).encode()
        self.assertEqual(self.server.post(TASKS, body).status, 202)

    def test_huge_numbers_and_strings_in_small_fields(self):
        for field in ("priority", "max_attempts", "timeout_seconds", "delay_seconds"):
            for value in (b"1e999", b"9" * 400, b"-9223372036854775809", b"1e2"):
                self.assertEqual(self.server.post(TASKS, b'{"task_type":"echo","%s":%s}' % (field.encode(), value)).status, 400)
        self.refused(json.dumps({"task_type": "x" * 500_000}).encode())

    def test_an_error_s_answer_is_bounded(self):
        body = json.dumps({"task_type": "echo", **{f"{i}" + "x" * 50: 1 for i in range(10_000)}}).encode()
        self.assertLess(len(self.refused(body).body), 50_000)


class PathAndQuery(StandingServerCase):
    def test_nothing_there(self):
        for path in ("/", "/api", "/api/v1", "/api/v1/rooms/", "/api/v1/rooms//snapshots", "/api/v2/rooms", "/metrics/x",
                     "/api/v1/tasks/a/b/c/d", "/" + "a/" * 200, "//", "/api/v1/rooms;x=1", "/API/V1/rooms"):
            with self.subTest(path):
                self.assertIn(self.server.get(path).status, (400, 404))

    def test_the_wrong_method(self):
        for method, path in (("DELETE", "/api/v1/rooms"), ("PUT", "/api/v1/tasks"), ("POST", "/health/live"), ("PATCH", "/metrics")):
            answer = self.server.request(method, path)
            self.assert_problem(answer, 405)
            self.assertIn("OPTIONS", answer.headers["Allow"])
            self.assertNotIn(method, answer.headers["Allow"])

    def test_options_says_what_is_allowed(self):
        answer = self.server.request("OPTIONS", "/api/v1/rooms", caller=None)
        self.assertEqual((answer.status, answer.headers["Allow"]), (204, "GET, HEAD, OPTIONS"))

    def test_paths_that_do_not_decode(self):
        for path in ("/api/v1/rooms/%", "/api/v1/rooms/%zz", "/api/v1/rooms/%00", "/api/v1/rooms/%ff", "/api/v1/rooms/a%2fb",
                     "/api/v1/rooms/..", "/api/v1/rooms/%2e%2e/x", "/api/v1/tasks/../rooms"):
            with self.subTest(path):
                self.assertIn(self.server.get(path).status, (400, 404))

    def test_queries_that_are_wrong(self):
        for path in ("/api/v1/rooms?limit=0", "/api/v1/rooms?limit=201", "/api/v1/rooms?limit=1.0", "/api/v1/rooms?limit=%31%00",
                     "/api/v1/rooms?cursor=", "/api/v1/rooms?cursor=AAAAAAAAAAAAAA", "/api/v1/rooms?limit=1&limit=2", "/api/v1/rooms?colour=1",
                     "/api/v1/rooms?limit", "/api/v1/rooms?limit=%", "/api/v1/rooms?=1", "/api/v1/tasks/x?wait=61",
                     "/api/v1/tasks/x?wait=-1", "/api/v1/tasks/x?colour=1", "/api/v1/snapshots/metrics/summary?hours=0",
                     "/api/v1/snapshots/metrics/summary?hours=1e3", "/api/v1/snapshots/metrics/summary?hours=99999999999999999999"):
            with self.subTest(path):
                self.assert_problem(self.server.get(path), 400)

    def test_an_empty_query_is_none(self):
        for query in ("?", "?&&", "?limit=5&"):
            self.assertEqual(self.server.get("/api/v1/rooms" + query).status, 200)


class Http(StandingServerCase):
    """Malformed HTTP, as bytes."""

    def refused(self, data, *statuses):
        received = self.server.raw(data)
        self.assertIn(status_of(received), statuses, received[:300])
        head, _, body = received.partition(b"\r\n\r\n")
        self.assertIn(b"content-type: application/problem+json", head.lower())
        self.assertIn(b"x-request-id:", head.lower())
        self.assertEqual(json.loads(body)["status"], status_of(received))

    def test_framing_that_two_servers_could_read_differently(self):
        post = b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\n"
        for fields in (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                       b"Content-Length: 5\r\nContent-Length: 6\r\n", b"Content-Length: 5\r\nContent-Length: 5\r\n",
                       b"Content-Length: 5, 5\r\n", b"Content-Length: -5\r\n", b"Content-Length: +5\r\n", b"Content-Length: 0x5\r\n",
                       b"Content-Length: 5 5\r\n", b"Content-Length:\r\n", b"Content-Length: 99999999999999999999\r\n",
                       b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"Content-Length : 5\r\n",
                       b"Transfer-Encoding : chunked\r\n", b"Transfer-Encoding: chunked, identity\r\n",
                       b"Transfer-Encoding: xchunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n"):
            with self.subTest(fields):
                self.refused(post + fields + b"\r\nhello", 400, 413, 501)

    def test_chunks_that_are_none(self):
        post = b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        for chunks in (b"x\r\n", b"5\nhello\n0\n\n", b"5\r\nhelloX\r\n0\r\n\r\n", b"-5\r\n", b"0x5\r\nhello\r\n\r\n",
                       b"fffffffffffffffff\r\n", b"\r\n"):
            with self.subTest(chunks):
                self.refused(post + chunks, 400, 413)

    def test_heads_that_are_none(self):
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tfolded\r\n\r\n",
                     b"GET / HTTP/1.1\nHost: x\n\n", b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", b"GET /\r\n\r\n", b"GET\r\n\r\n",
                     b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n\r\n\r\n",
                     b"GET x HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\n: no name\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\nA\x00: b\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
                     b"GET / HTTP/x.y\r\nHost: x\r\n\r\n", b"GET / http/1.1\r\nHost: x\r\n\r\n"):
            with self.subTest(data):
                self.refused(data, 400, 501, 505)

    def test_versions_and_methods_that_are_not_spoken(self):
        self.refused(b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400, 505)
        self.refused(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 501, 505)
        self.refused(b"BREW /api/v1/rooms HTTP/1.1\r\nHost: x\r\n\r\n", 501)
        self.refused(b"get /api/v1/rooms HTTP/1.1\r\nHost: x\r\n\r\n", 501)
        self.refused(b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 501)
        self.refused(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400, 501)

    def test_an_expectation_that_is_not_met(self):
        self.refused(b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n", 417)

    def test_limits_of_line_and_fields(self):
        self.refused(b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414)
        self.refused(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 20_000 + b"\r\n\r\n", 431)
        self.refused(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431)
        self.refused(b"G" * 100_000, 400, 414, 431)

    def test_a_request_that_breaks_off_is_closed_silently(self):
        for data in (b"", b"GET", b"GET / HTTP/1.1\r\nHo", b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"):
            self.assertEqual(self.server.raw(data, half_close=True), b"")

    def test_what_follows_a_refused_request_is_not_taken_for_a_request(self):
        smuggled = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS) as connection:
            connection.sendall(b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while part := connection.recv(65536):
                received += part
        self.assertEqual(received.count(b"HTTP/1.1 "), 1)
        self.assertEqual(status_of(received), 400)

    def test_pipelined_requests_are_answered_in_order(self):
        lines = [f"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: number-{i}\r\n\r\n".encode() for i in range(20)]
        lines.append(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: last\r\nConnection: close\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS) as connection:
            connection.sendall(b"".join(lines))
            received = b""
            while part := connection.recv(65536):
                received += part
        ids = [line.split(b": ")[1] for line in received.split(b"\r\n") if line.lower().startswith(b"x-request-id")]
        self.assertEqual(ids, [f"number-{i}".encode() for i in range(20)] + [b"last"])

    def test_a_request_that_comes_byte_by_byte(self):
        data = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for i in range(len(data)):
                connection.sendall(data[i:i + 1])
            received = b""
            while not is_whole_response(received):
                received += connection.recv(65536)
        self.assertEqual(status_of(received), 200)

    def test_a_bad_request_id_is_replaced(self):
        for sent in ("a b", "x" * 65, "é", "a\"b", "<script>"):
            answer = self.server.get("/health/live", headers={"X-Request-Id": sent.encode().decode("latin-1")})
            self.assertEqual(answer.status, 200)
            self.assertRegex(answer.headers["X-Request-Id"], r"^[A-Za-z0-9._-]{1,64}$")


class NobodyElseWaits(StandingServerCase):
    def test_clients_that_send_half_a_request_do_not_hold_up_others(self):
        slow = [socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS) for _ in range(100)]
        try:
            for connection in slow:
                connection.sendall(b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            for _ in range(20):
                self.assertEqual(self.server.post(TASKS, {"task_type": "echo"}).status, 202)
        finally:
            for connection in slow:
                connection.close()

    def test_clients_that_do_not_read_do_not_hold_up_others(self):
        room = self.server.make_room("unread", documents=500)
        token = token_of(ADMIN).encode()
        asked = b"GET /api/v1/rooms/" + room.encode() + b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + b"\r\n\r\n"
        deaf = [socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS) for _ in range(20)]
        try:
            for connection in deaf:
                connection.sendall(asked * 20)
            for _ in range(20):
                self.assertEqual(self.server.post(TASKS, {"task_type": "echo"}).status, 202)
        finally:
            for connection in deaf:
                connection.close()


if __name__ == "__main__":
    unittest.main()

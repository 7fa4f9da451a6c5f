#!/usr/bin/python3
"""Malformed requests: each is refused with a 4xx or 5xx and closed, at once, and neither it nor what stands behind it is executed."""
import unittest

from wire import NO_TIMEOUTS, exchange, statuses
from galley_server import ADMIN, ServerCase, token_of

GET = b"GET /health/live HTTP/1.1\r\n"
HOST = b"Host: x\r\n"


def get(line=GET, fields=HOST):
    return line + fields + b"\r\n"


def field(text):
    return get(fields=HOST + text + b"\r\n")


def post(fields, body=b""):
    """A POST that would make a task, if its body were taken for one."""
    return (b"POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\n@AUTHORIZATION@Content-Type: application/json\r\n" + fields + b"\r\n" + body)


def chunked(body):
    return post(b"Transfer-Encoding: chunked\r\n", body)


BODY = b'{"task_type":"echo"}'
SIZED = b"Content-Length: %d\r\n" % len(BODY)
# What stands behind each malformed request: were it executed, the room would have one more member.
ROLE = b'{"role":"viewer"}'
BEHIND = (b"PUT /api/v1/rooms/target/members/@MEMBER@ HTTP/1.1\r\nHost: x\r\n@AUTHORIZATION@Content-Type: application/json\r\n"
          b"Content-Length: %d\r\n\r\n" % len(ROLE) + ROLE)

REQUEST_LINES = {
    "HTTP/0.9": b"GET /\r\n",
    "HTTP/0.9 with an end": b"GET /health/live\r\n\r\n",
    "version 0.9": get(b"GET / HTTP/0.9\r\n"),
    "version 1.2": get(b"GET / HTTP/1.2\r\n"),
    "version 2.0": get(b"GET / HTTP/2.0\r\n"),
    "version 3": get(b"GET / HTTP/3\r\n"),
    "version 1.10": get(b"GET / HTTP/1.10\r\n"),
    "version 01.1": get(b"GET / HTTP/01.1\r\n"),
    "version 1,1": get(b"GET / HTTP/1,1\r\n"),
    "version -1.1": get(b"GET / HTTP/-1.1\r\n"),
    "version in lower case": get(b"GET / http/1.1\r\n"),
    "version of another protocol": get(b"GET / HTTQ/1.1\r\n"),
    "version without a number": get(b"GET / HTTP/\r\n"),
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "SIP": b"OPTIONS sip:a@b SIP/2.0\r\n\r\n",
    "method unknown": get(b"BREW /health/live HTTP/1.1\r\n"),
    "method in lower case": get(b"get /health/live HTTP/1.1\r\n"),
    "method TRACE": get(b"TRACE / HTTP/1.1\r\n"),
    "method CONNECT": get(b"CONNECT x:80 HTTP/1.1\r\n"),
    "method with a bracket": get(b"GE(T / HTTP/1.1\r\n"),
    "method with a NUL": get(b"GE\0T / HTTP/1.1\r\n"),
    "method of no bytes": get(b" / HTTP/1.1\r\n"),
    "method without end": b"G" * 100_000,
    "leading space": get(b" GET / HTTP/1.1\r\n"),
    "leading tab": get(b"\tGET / HTTP/1.1\r\n"),
    "leading NUL": get(b"\0GET / HTTP/1.1\r\n"),
    "leading empty lines": b"\r\n\r\n" + get(),
    "leading LF": b"\n" + get(),
    "leading CR": b"\r" + get(),
    "byte order mark": b"\xef\xbb\xbf" + get(),
    "two spaces before the target": get(b"GET  / HTTP/1.1\r\n"),
    "two spaces before the version": get(b"GET /  HTTP/1.1\r\n"),
    "tab before the target": get(b"GET\t/ HTTP/1.1\r\n"),
    "space after the version": get(b"GET / HTTP/1.1 \r\n"),
    "text after the version": get(b"GET / HTTP/1.1 x\r\n"),
    "no target": get(b"GET HTTP/1.1\r\n"),
    "empty target": get(b"GET  HTTP/1.1\r\n"),
    "space in the target": get(b"GET /a b HTTP/1.1\r\n"),
    "tab in the target": get(b"GET /a\tb HTTP/1.1\r\n"),
    "NUL in the target": get(b"GET /a\0b HTTP/1.1\r\n"),
    "DEL in the target": get(b"GET /a\x7fb HTTP/1.1\r\n"),
    "raw UTF-8 in the target": get(b"GET /\xc3\xa9 HTTP/1.1\r\n"),
    "fragment in the target": get(b"GET /a#b HTTP/1.1\r\n"),
    "markup in the target": get(b"GET /<b> HTTP/1.1\r\n"),
    "quote in the target": get(b'GET /"a" HTTP/1.1\r\n'),
    "backslash in the target": get(b"GET /a\\b HTTP/1.1\r\n"),
    "CR in the target": get(b"GET /a\rb HTTP/1.1\r\n"),
    "relative target": get(b"GET health/live HTTP/1.1\r\n"),
    "query without a path": get(b"GET ?a=b HTTP/1.1\r\n"),
    "asterisk for GET": get(b"GET * HTTP/1.1\r\n"),
    "authority for GET": get(b"GET x:80 HTTP/1.1\r\n"),
    "asterisk for POST": get(b"POST * HTTP/1.1\r\n"),
    "asterisk for HEAD": get(b"HEAD * HTTP/1.1\r\n"),
    "asterisk with a query": get(b"OPTIONS *?a HTTP/1.1\r\n"),
    "authority for OPTIONS": get(b"OPTIONS x:80 HTTP/1.1\r\n"),
    "absolute target of a WebSocket": get(b"GET ws://x/ HTTP/1.1\r\n"),
    "method of 33 letters": get(b"A" * 33 + b" / HTTP/1.1\r\n"),
    "method of WebDAV": get(b"PROPFIND / HTTP/1.1\r\n"),
    "spaces alone": b"   \r\n\r\n",
    "version with a capital alone": get(b"GET / Http/1.1\r\n"),
    "absolute target with a user": get(b"GET http://u:p@x/ HTTP/1.1\r\n"),
    "absolute target without a host": get(b"GET http:///a HTTP/1.1\r\n"),
    "absolute target with a bad port": get(b"GET http://x:99999/ HTTP/1.1\r\n"),
    "absolute target of another scheme": get(b"GET ftp://x/ HTTP/1.1\r\n"),
    "overlong target": get(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n"),
    "target without end": b"GET /" + b"a" * 100_000,
}

LINE_ENDS = {
    "LF after the request line": b"GET /health/live HTTP/1.1\nHost: x\r\n\r\n",
    "LF only": b"GET /health/live HTTP/1.1\nHost: x\n\n",
    "LF after a field": GET + b"Host: x\nA: b\r\n\r\n",
    "LF at the end": GET + HOST + b"\n",
    "CR after the request line": b"GET /health/live HTTP/1.1\rHost: x\r\n\r\n",
    "CR after a field": GET + b"Host: x\rA: b\r\n\r\n",
    "CR only": b"GET /health/live HTTP/1.1\rHost: x\r\r",
    "CR before CR LF": GET + b"Host: x\r\r\n\r\n",
    "CR at the end": GET + HOST + b"\rX",
}

FIELDS = {
    "folded by a space": field(b"A: b\r\n c"),
    "folded by a tab": field(b"A: b\r\n\tc"),
    "folded Host": get(fields=b"Host:\r\n x\r\n"),
    "folded at the first field": get(fields=b" Host: x\r\n"),
    "space before the colon": field(b"A : b"),
    "tab before the colon": field(b"A\t: b"),
    "no colon": field(b"nonsense"),
    "no name": field(b": b"),
    "space in the name": field(b"A b: c"),
    "NUL in the name": field(b"A\0: b"),
    "bracket in the name": field(b"A[0]: b"),
    "UTF-8 in the name": field(b"\xc3\xa9: b"),
    "NUL in the value": field(b"A: b\0c"),
    "control byte in the value": field(b"A: b\x01c"),
    "vertical tab in the value": field(b"A: b\x0bc"),
    "DEL in the value": field(b"A: b\x7f"),
    "CR in the value": field(b"A: b\rc"),
    "escape in the value": field(b"A: \x1b[31m"),
    "too many": get(fields=HOST + b"A: b\r\n" * 150),
    "too large one": field(b"A: " + b"b" * 20_000),
    "too large one without end": GET + HOST + b"A: " + b"b" * 100_000,
    "too large a name": GET + HOST + b"A" * 100_000,
    "too large together": get(fields=HOST + b"".join(b"A%d: " % i + b"b" * 300 + b"\r\n" for i in range(80))),
    "Connection that is no list of tokens": field(b"Connection: a b"),
    "Connection with a control byte": field(b"Connection: close\x00"),
}

HOSTS = {
    "none": get(fields=b""),
    "none, with others": get(fields=b"A: b\r\n"),
    "two": get(fields=b"Host: x\r\nHost: y\r\n"),
    "two that agree": get(fields=b"Host: x\r\nhost: x\r\n"),
    "empty": get(fields=b"Host:\r\n"),
    "blank": get(fields=b"Host:   \r\n"),
    "space within": get(fields=b"Host: a b\r\n"),
    "list": get(fields=b"Host: a, b\r\n"),
    "comma": get(fields=b"Host: a,b\r\n"),
    "path": get(fields=b"Host: a/b\r\n"),
    "user": get(fields=b"Host: u@a\r\n"),
    "scheme": get(fields=b"Host: http://a\r\n"),
    "two ports": get(fields=b"Host: a:1:2\r\n"),
    "large port": get(fields=b"Host: a:65536\r\n"),
    "named port": get(fields=b"Host: a:http\r\n"),
    "negative port": get(fields=b"Host: a:-1\r\n"),
    "port alone": get(fields=b"Host: :80\r\n"),
    "open bracket": get(fields=b"Host: [::1\r\n"),
    "text after the bracket": get(fields=b"Host: [::1]a\r\n"),
    "quote": get(fields=b'Host: "a"\r\n'),
    "markup": get(fields=b"Host: <a>\r\n"),
    "UTF-8": get(fields=b"Host: \xc3\xa9\r\n"),
    "empty brackets": get(fields=b"Host: []\r\n"),
    "percent": get(fields=b"Host: a%20b\r\n"),
    "exclamation mark": get(fields=b"Host: a!b\r\n"),
    "fragment": get(fields=b"Host: a#b\r\n"),
    "query": get(fields=b"Host: a?b\r\n"),
    "backslash": get(fields=b"Host: a\\b\r\n"),
    "NUL": get(fields=b"Host: a\0b\r\n"),
    "bad in HTTP/1.0": b"GET / HTTP/1.0\r\nHost: a b\r\n\r\n",
    "two in HTTP/1.0": b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
}

FRAMING = {
    "length and chunked": post(SIZED + b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunked and length": post(b"Transfer-Encoding: chunked\r\n" + SIZED, b"0\r\n\r\n"),
    "length 0 and chunked": post(b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "two lengths": post(SIZED + b"Content-Length: 0\r\n", BODY),
    "two lengths that agree": post(SIZED + SIZED, BODY),
    "list of lengths": post(b"Content-Length: 5, 5\r\n", b"hello"),
    "list of other lengths": post(b"Content-Length: 5,0\r\n", b"hello"),
    "length with plus": post(b"Content-Length: +5\r\n", b"hello"),
    "length with minus": post(b"Content-Length: -5\r\n", b"hello"),
    "length -0": post(b"Content-Length: -0\r\n"),
    "length in hex": post(b"Content-Length: 0x5\r\n", b"hello"),
    "length with a space": post(b"Content-Length: 5 0\r\n", b"hello"),
    "length with an underscore": post(b"Content-Length: 1_0\r\n", b"hello"),
    "length with a fraction": post(b"Content-Length: 5.0\r\n", b"hello"),
    "length with an exponent": post(b"Content-Length: 1e1\r\n", b"hello"),
    "length in other digits": post("Content-Length: ٥\r\n".encode(), b"hello"),
    "length of nothing": post(b"Content-Length:\r\n", b"hello"),
    "length in quotes": post(b'Content-Length: "5"\r\n', b"hello"),
    "length with a semicolon": post(b"Content-Length: 5;a\r\n", b"hello"),
    "length beyond 64 bits": post(b"Content-Length: 18446744073709551617\r\n", b"hello"),
    "length of 2^63": post(b"Content-Length: 9223372036854775808\r\n", b"hello"),
    "length of many digits": post(b"Content-Length: " + b"9" * 400 + b"\r\n", b"hello"),
    "length beyond the limit": post(b"Content-Length: 999999999\r\n", b"hello"),
    "length before a colon's space": post(b"Content-Length : 5\r\n", b"hello"),
    "length with NUL": post(b"Content-Length: 5\0\r\n", b"hello"),
    "length after a vertical tab": post(b"Content-Length: \x0b20\r\n", BODY),
    "length after a no-break space": post(b"Content-Length: \xa020\r\n", BODY),
    "length before a comma": post(b"Content-Length: 20,\r\n", BODY),
    "length folded": post(b"Content-Length:\r\n 5\r\n", b"hello"),
    "chunked twice in a list": post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"),
    "chunked twice": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunked and identity": post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
    "chunked, then identity in a field": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"0\r\n\r\n"),
    "identity": post(b"Transfer-Encoding: identity\r\n", b"hello"),
    "identity with a length": post(b"Transfer-Encoding: identity\r\n" + SIZED, BODY),
    "gzip": post(b"Transfer-Encoding: gzip\r\n", b"hello"),
    "gzip, chunked": post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
    "xchunked": post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    "chunkedx": post(b"Transfer-Encoding: chunkedx\r\n", b"0\r\n\r\n"),
    "chunked in quotes": post(b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n"),
    "chunked with a parameter": post(b"Transfer-Encoding: chunked;a=b\r\n", b"0\r\n\r\n"),
    "chunked before a comma": post(b"Transfer-Encoding: chunked,\r\n", b"0\r\n\r\n"),
    "chunked, then nothing in a field": post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n", b"0\r\n\r\n"),
    "chunked with a Kelvin sign": post("Transfer-Encoding: chun\u212aed\r\n".encode(), b"0\r\n\r\n"),
    "chunked twice without a comma": post(b"Transfer-Encoding: chunked chunked\r\n", b"0\r\n\r\n"),
    "unknown, then chunked": post(b"Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunked after a comma": post(b"Transfer-Encoding: ,chunked\r\n", b"0\r\n\r\n"),
    "chunked after a vertical tab": post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"),
    "chunked before a NUL": post(b"Transfer-Encoding: chunked\0\r\n", b"0\r\n\r\n"),
    "chunked before a colon's space": post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
    "chunked, folded": post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n"),
    "coding of nothing": post(b"Transfer-Encoding:\r\n", b"0\r\n\r\n"),
    "chunked in HTTP/1.0": b"POST /api/v1/tasks HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "expectation unknown": post(b"Expect: 200-ok\r\nContent-Length: 2\r\n"),
    "expectation of nothing": post(b"Expect:\r\nContent-Length: 2\r\n"),
    "expectation with more": post(b"Expect: 100-continue, x\r\nContent-Length: 2\r\n"),
}

CHUNKS = {
    "size with 0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "size with plus": b"+5\r\nhello\r\n0\r\n\r\n",
    "size with minus": b"-5\r\nhello\r\n0\r\n\r\n",
    "size after a space": b" 5\r\nhello\r\n0\r\n\r\n",
    "size before a space": b"5 \r\nhello\r\n0\r\n\r\n",
    "size before a tab": b"5\t\r\nhello\r\n0\r\n\r\n",
    "size with an underscore": b"1_0\r\nhello\r\n0\r\n\r\n",
    "size of nothing": b"\r\nhello\r\n0\r\n\r\n",
    "size that is no number": b"g\r\nhello\r\n0\r\n\r\n",
    "size with an h": b"5h\r\nhello\r\n0\r\n\r\n",
    "size of 17 digits": b"00000000000000005\r\nhello\r\n0\r\n\r\n",
    "size beyond 64 bits": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "size of 2^64 - 1": b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    "size beyond the limit": b"7fffffff\r\nhello\r\n0\r\n\r\n",
    "size without end": b"5" * 100_000,
    "size before LF": b"5\nhello\r\n0\r\n\r\n",
    "size before CR": b"5\rhello\r\n0\r\n\r\n",
    "size before CR CR LF": b"5\r\r\nhello\r\n0\r\n\r\n",
    "size before a NUL": b"5\0\r\nhello\r\n0\r\n\r\n",
    "LF everywhere": b"5\nhello\n0\n\n",
    "extension of nothing": b"5;\r\nhello\r\n0\r\n\r\n",
    "extension with a space": b"5; a=b\r\nhello\r\n0\r\n\r\n",
    "extension with spaces all around": b"5 ; a = b\r\nhello\r\n0\r\n\r\n",
    "extension without a name": b"5;=b\r\nhello\r\n0\r\n\r\n",
    "extension without a value": b"5;a=\r\nhello\r\n0\r\n\r\n",
    "extension after an empty one": b"5;;a\r\nhello\r\n0\r\n\r\n",
    "extension with a quoted line end": b'5;a="\r\n"\r\nhello\r\n0\r\n\r\n',
    "extension before LF": b"5;a=b\nhello\r\n0\r\n\r\n",
    "extension with CR": b"5;a=\rb\r\nhello\r\n0\r\n\r\n",
    "extension with a quoted LF": b'5;a="\n"\r\nhello\r\n0\r\n\r\n',
    "extension without end": b"5;" + b"a" * 100_000,
    "extensions without end": b"5" + b";a=b" * 50_000,
    "data longer than said": b"5\r\nhelloX\r\n0\r\n\r\n",
    "data without its end": b"5\r\nhello0\r\n\r\n",
    "data before LF": b"5\r\nhello\n0\r\n\r\n",
    "data before CR": b"5\r\nhello\r0\r\n\r\n",
    "trailer that is no field": b"0\r\nGARBAGE\r\n\r\n",
    "trailer folded": b"0\r\nA: b\r\n c\r\n\r\n",
    "trailer before LF": b"0\r\nA: b\n\r\n",
    "trailer with a NUL": b"0\r\nA: b\0\r\n\r\n",
    "trailer with a length": b"0\r\nContent-Length: 5\r\n\r\n",
    "trailer with a coding": b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "trailer with a host": b"0\r\nHost: x\r\n\r\n",
    "trailers without end": b"0\r\n" + b"A: b\r\n" * 50_000,
    "trailer without end": b"0\r\nA: " + b"b" * 100_000,
    "last line LF": b"0\r\n\n",
    "last line CR": b"0\r\n\rX",
}
CHUNKED = {name: chunked(body) for name, body in CHUNKS.items()}
ALLOWED = {400, 408, 411, 413, 414, 417, 431, 501, 505}


class Malformed(ServerCase):
    flags = NO_TIMEOUTS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.make_room("target")

    def fill(self, data, member=b""):
        authorization = b"Authorization: Bearer " + token_of(ADMIN).encode() + b"\r\n"
        return data.replace(b"@AUTHORIZATION@", authorization).replace(b"@MEMBER@", member)

    def was_executed(self, member):
        return member in self.server.get("/api/v1/rooms/target/members").body

    def refused(self, data):
        """One refusal, closed; neither it nor what stands behind it is executed, however the bytes are cut."""
        for pieces in (1, 3):
            member = b"smuggled%d@x.example" % next(self.numbers)
            received = exchange(self.server, self.fill(data + BEHIND, member), pieces)
            found = statuses(received)
            self.assertEqual(len(found), 1, received[:500])
            self.assertIn(found[0], ALLOWED, received[:500])
            self.assertIn(b"\r\nConnection: close\r\n", received)
            self.assertFalse(self.was_executed(member))
        self.assertNotIn(b'"echo"', self.server.get("/api/v1/tasks").body)

    def check_table(self, table):
        for name, data in table.items():
            with self.subTest(name):
                self.refused(data)

    def test_what_stands_behind_would_be_executed(self):
        """What the other tests do not see happen does happen behind a request that is well-formed."""
        data = self.fill(get() + BEHIND.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n"), b"invited@x.example")
        self.assertEqual(statuses(exchange(self.server, data)), [200, 200])
        self.assertTrue(self.was_executed(b"invited@x.example"))

    def test_request_lines(self):
        self.check_table(REQUEST_LINES)

    def test_line_ends(self):
        self.check_table(LINE_ENDS)

    def test_fields(self):
        self.check_table(FIELDS)

    def test_hosts(self):
        self.check_table(HOSTS)

    def test_framing(self):
        self.check_table(FRAMING)

    def test_chunks(self):
        self.check_table(CHUNKED)

    def test_a_fault_is_answered_though_the_rest_never_comes(self):
        for data in (b"GET /\r", b"GET / HTTP/2.0\r\n", b"BREW / HTTP/1.1\r\n", b"GET x HTTP/1.1\r\n", b"\x16\x03\x01", GET + b"Host: x\n",
                     GET + HOST + b" ", GET + HOST + b"A ", GET + b"Host: a b\r\n", post(b"Content-Length: x\r\n")[:-2],
                     post(b"Transfer-Encoding: x\r\n")[:-2], chunked(b"0x"), chunked(b"5\r\nhelloX"), chunked(b"0\r\nA "), chunked(b"999999999\r\n")):
            with self.subTest(data):
                found = statuses(exchange(self.server, self.fill(data)))
                self.assertEqual(len(found), 1)
                self.assertIn(found[0], ALLOWED)


class WellFormed(ServerCase):
    """The neighbours of what is refused: strictness must not cost anyone who speaks HTTP."""
    flags = NO_TIMEOUTS

    def answered(self, data, *wanted):
        closing = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        self.assertEqual(statuses(exchange(self.server, data + closing)), [*wanted, 200])

    def authorized(self, data):
        return data.replace(b"@AUTHORIZATION@", b"Authorization: Bearer " + token_of(ADMIN).encode() + b"\r\n")

    def test_requests(self):
        for data in (get(), b"\r\n" + get(), get(fields=b"hOsT:x\r\n"), get(fields=b"Host: x:80\r\n"), get(fields=b"Host: [::1]:80\r\n"),
                     get(fields=b"Host: 127.0.0.1\r\n"), field(b"A:"), field(b"A: \t b \t"), field(b"A: \xc3\xa9"), field(b"A: b, c;d=\"e\""),
                     get(b"GET http://other/health/live HTTP/1.1\r\n"), get(b"GET https://x/health/live HTTP/1.1\r\n"), get(b"GET HTTP://x/health/live HTTP/1.1\r\n"),
                     get(fields=b"Host: x:\r\n"), get(fields=b"Host: [::]:0\r\n"), field(b"A: \x80\xff"), field(b"Connection: ,,keep-alive,"),
                     field(b"Connection:"), field(b"Upgrade: websocket"), field(b"X-HTTP-Method-Override: DELETE"), field(b"Range: bytes=" + b",".join([b"0-"] * 1000)),
                     field(b"Content-Length: 5\r\n\r\nhello")[:-2], field(b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
                     get(b"GET /health/live?a=b&c=%20 HTTP/1.1\r\n"),
                     field(b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AA"), field(b"Connection: keep-alive"),
                     field(b"TE: trailers"), field(b"Expect: 100-continue"), field(b"Content-Length: 0"),
                     b"GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"):
            with self.subTest(data):
                self.answered(data, 200)
        self.answered(get(b"OPTIONS * HTTP/1.1\r\n"), 204)

    def test_bodies(self):
        body = b'{"task_type":"echo"}'
        for data in (post(b"Content-Length: %d\r\n" % len(body), body), post(b"content-length: 000%d\r\n" % len(body), body),
                     chunked(b"14\r\n" + body + b"\r\n0\r\n\r\n"), chunked(b"0014\r\n" + body + b"\r\n000\r\n\r\n"),
                     chunked(b"1\r\n{\r\n13;a;b=c;d=\"e \\\" f\"\r\n" + body[1:] + b"\r\n0;last\r\nX-Sum: 1\r\n\r\n"),
                     post(b"TRANSFER-ENCODING:\tchunked\t\r\n", b"14\r\n" + body + b"\r\n0\r\nAuthorization: x\r\n\r\n"),
                     post(b"Content-Length:\t%d \r\n" % len(body), body),
                     post(b"transfer-encoding: CHUNKED\r\n", b"14\r\n" + body + b"\r\n0\r\n\r\n")):
            with self.subTest(data):
                self.answered(self.authorized(data), 202)

    def test_answers_without_a_body(self):
        head = b"HEAD /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
        self.answered(head * 3, 200, 200, 200)
        received = exchange(self.server, b"HEAD /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertTrue(received.endswith(b"\r\n\r\n"), received)
        self.assertEqual(statuses(received), [404])

    def test_http_1_0_closes(self):
        self.assertEqual(statuses(exchange(self.server, b"GET /health/live HTTP/1.0\r\n\r\n")), [200])


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""TLS (R8): the real binary with certificates made by openssl at test time; Python's ssl and curl are the clients."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from galley_server import ADMIN, BROKER, PATIENCE_SECONDS, Server, StartFailed, in_parallel, room_body, token_of


def make_certificate(folder, name, common_name):
    """A self-signed certificate for 127.0.0.1: name.pem and name.key."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={common_name}", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
                   check=True, capture_output=True, timeout=PATIENCE_SECONDS)


class TlsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="galley-tls-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        for name in ("first", "second"):
            make_certificate(cls.folder, name, f"{name}.example")

    def setUp(self):
        self.use("first")
        self.server = Server("--tls-certificate", str(self.folder / "in-use.pem"), "--tls-key", str(self.folder / "in-use.key"))
        self.addCleanup(self.server.close)
        self.server.start()

    def use(self, name):
        for kind in ("pem", "key"):
            shutil.copy(self.folder / f"{name}.{kind}", self.folder / f"in-use.{kind}")

    def context(self, name="first"):
        return ssl.create_default_context(cafile=self.folder / f"{name}.pem")

    def connect(self, context=None):
        plain = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS)
        try:
            return (context or self.context()).wrap_socket(plain, server_hostname="127.0.0.1")
        except Exception:
            plain.close()
            raise

    def ask(self, method, path, caller=ADMIN, body=None, headers=None, context=None):
        connection = http.client.HTTPSConnection("127.0.0.1", self.server.port, timeout=PATIENCE_SECONDS,
                                                 context=context or self.context())
        fields = {"Authorization": "Bearer " + token_of(caller), **(headers or {})}
        if body is not None:
            fields["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, fields)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def curl(self, path, *arguments):
        return subprocess.run(["curl", "-sS", "--cacert", self.folder / "in-use.pem", *arguments, f"https://127.0.0.1:{self.server.port}{path}"],
                              capture_output=True, timeout=PATIENCE_SECONDS, check=False)

    def received(self, connection, data):
        connection.sendall(data)
        whole = b""
        while part := connection.recv(65536):
            whole += part
        return whole


GET_LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
GET_LIVE_CLOSE = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Tls(TlsCase):
    def test_the_ready_line_says_https(self):
        self.assertIn("https://", self.server.output)

    def test_health_says_that_the_certificate_ends_soon(self):
        status, _, body = self.ask("GET", "/health/ready")
        part = json.loads(body)["parts"]["tls_certificate"]
        self.assertEqual((status, json.loads(body)["status"], part["status"]), (200, "degraded", "degraded"))
        self.assertRegex(part["detail"], "^expires in [012] days$")

    def test_a_room_and_its_document_over_tls(self):
        self.assertEqual(self.ask("PUT", "/api/v1/rooms/r", body=json.dumps(room_body("r")))[0], 201)
        self.assertEqual(self.ask("PUT", f"/api/v1/rooms/r/members/{BROKER.email}", body='{"role":"broker"}')[0], 200)
        status, _, made = self.ask("POST", "/api/v1/rooms/r/snapshots", BROKER, '{"title":"t"}')
        self.assertEqual(status, 201, made)
        path = "/api/v1/rooms/r/snapshots/" + json.loads(made)["id"]
        self.assertEqual(json.loads(self.ask("GET", path + "?wait=60", BROKER)[2])["status"], "completed")
        status, headers, whole = self.ask("GET", path + "/download", BROKER)
        self.assertEqual(status, 200)
        self.assertTrue(whole.startswith(b"%PDF-"))
        status, headers, part = self.ask("GET", path + "/download", BROKER, headers={"Range": "bytes=100-299"})
        self.assertEqual((status, part), (206, whole[100:300]))
        self.assertEqual(self.ask("GET", path + "/download", BROKER, headers={"If-None-Match": headers["ETag"]})[0], 304)

    def test_pipelined_requests(self):
        with self.connect() as connection:
            self.assertEqual(self.received(connection, GET_LIVE * 20 + GET_LIVE_CLOSE).count(b"HTTP/1.1 200 OK"), 21)

    def test_curl_and_the_versions(self):
        self.assertEqual(self.curl("/health/live").returncode, 0)
        self.assertEqual(self.curl("/health/live", "--tlsv1.2", "--tls-max", "1.2").returncode, 0)
        self.assertNotEqual(self.curl("/health/live", "--tls-max", "1.1").returncode, 0)
        self.assertNotEqual(self.curl("/health/live", "--ciphers", "AES128-SHA", "--tls-max", "1.2").returncode, 0, "no forward secrecy")

    def test_alpn_takes_http_1_1_and_refuses_others(self):
        context = self.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with self.connect(context) as connection:
            self.assertEqual(connection.selected_alpn_protocol(), "http/1.1")
        context.set_alpn_protocols(["h2"])
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.connect(context)

    def test_http_without_tls_is_told_so(self):
        received = self.server.raw(GET_LIVE)
        self.assertIn(b"400 Bad Request", received)
        self.assertIn(b"https", received)

    def test_what_is_no_handshake_is_closed(self):
        for data in (b"\x16\x03\x01\x00\x05hello", b"\xff" * 1000, b"\x16\x03\x01\xff\xff", b"\x00"):
            self.assertNotIn(b"HTTP/", self.server.raw(data, half_close=True), data)
        self.assertEqual(self.ask("GET", "/health/live")[0], 200)

    def test_half_handshakes_hold_nobody_up(self):
        sleepers = [socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS) for _ in range(50)]
        for sleeper in sleepers:
            self.addCleanup(sleeper.close)
            sleeper.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
        self.assertEqual({self.ask("GET", "/health/live")[0] for _ in range(20)}, {200})

    def test_a_malformed_request_is_refused_and_the_end_is_said(self):
        with self.connect() as connection:
            received = self.received(connection, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.assertIn(b"400 Bad Request", received)

    def test_a_half_closed_client_gets_its_answer(self):
        with self.connect() as connection:
            connection.sendall(GET_LIVE)
            with socket.socket(fileno=os.dup(connection.fileno())) as below:
                below.shutdown(socket.SHUT_WR)
            self.assertIn(b"200 OK", connection.recv(65536))

    def test_many_at_once(self):
        def work(_):
            return [self.ask("GET", "/health/live")[0] for _ in range(5)]
        self.assertEqual(in_parallel(8, work), [[200] * 5] * 8)


class Reload(TlsCase):
    def reload(self, expected_event):
        before = self.server.log().count(expected_event)
        self.server.process.send_signal(signal.SIGHUP)
        while self.server.log().count(expected_event) == before:
            self.assertIsNone(self.server.process.poll())

    def common_name(self, name):
        """Whether a client that trusts only this certificate connects."""
        try:
            self.connect(self.context(name)).close()
            return True
        except ssl.SSLCertVerificationError:
            return False

    def test_new_connections_get_the_new_certificate_and_open_ones_live_on(self):
        open_connection = self.connect()
        self.use("second")
        self.reload(" reloaded ")
        self.assertTrue(self.common_name("second"))
        self.assertFalse(self.common_name("first"))
        with open_connection:
            self.assertIn(b"200 OK", self.received(open_connection, GET_LIVE_CLOSE))

    def test_a_broken_certificate_leaves_the_old_one_in_use(self):
        (self.folder / "in-use.pem").write_text("broken")
        self.reload("tls_certificate_kept")
        self.assertTrue(self.common_name("first"))
        self.use("second")
        (self.folder / "in-use.key").write_bytes((self.folder / "first.key").read_bytes())
        self.reload("tls_certificate_kept")
        self.assertTrue(self.common_name("first"))

    def test_nothing_is_lost_while_certificates_change(self):
        trusts_both = self.context("first")
        trusts_both.load_verify_locations(self.folder / "second.pem")

        def work(index):
            if index == 0:
                for name in ("second", "first", "second"):
                    self.use(name)
                    self.reload(" reloaded ")
                return set()
            return {self.ask("GET", "/health/live", context=trusts_both)[0] for _ in range(40)}
        self.assertEqual(set().union(*in_parallel(4, work)), {200})


class Start(unittest.TestCase):
    def refused(self, *flags):
        server = Server(*flags)
        self.addCleanup(server.close)
        with self.assertRaises(StartFailed) as caught:
            server.start()
        return caught.exception.errors

    def test_a_certificate_without_its_key_is_refused(self):
        self.assertIn("TLS needs a certificate and its key", self.refused("--tls-certificate", "x.pem"))

    def test_files_that_are_not_there_are_named(self):
        self.assertIn("missing.pem", self.refused("--tls-certificate", "missing.pem", "--tls-key", "missing.key"))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""RFC 8259 through the real server: what is valid comes back equal as an echo, what is not gets a 4xx, nothing a 5xx (R1, R2).

The cases are those of tests/conformance/json/cases.tsv; here they travel as `input` of an echo task, and alone as a body.
"""
import http.client
import json
import unittest

from galley_server import ADMIN, PATIENCE_SECONDS, ROOT, ServerCase, token_of

TASKS = "/api/v1/tasks"
CASES = ROOT / "tests" / "conformance" / "json" / "cases.tsv"


def cases():
    for line in CASES.read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            verdict, name, text = line.split("\t")
            yield verdict, name, text.encode().decode("unicode_escape").encode("latin-1")


class Json(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = http.client.HTTPConnection("127.0.0.1", cls.server.port, timeout=PATIENCE_SECONDS)
        cls.addClassCleanup(cls.connection.close)
        cls.fields = {"Authorization": "Bearer " + token_of(ADMIN), "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body, self.fields)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def echo(self, text):
        return self.ask("POST", TASKS, b'{"task_type":"echo","input":' + text + b"}")

    def result_of(self, accepted):
        status, body = self.ask("GET", f"{TASKS}/{json.loads(accepted)['task_id']}?wait=60")
        self.assertEqual(status, 200)
        task = json.loads(body)
        self.assertEqual(task["status"], "completed", task["error"])
        return task["result"]

    def test_what_is_valid_comes_back_equal(self):
        for verdict, name, text in cases():
            if verdict == "y":
                with self.subTest(name):
                    status, body = self.echo(text)
                    self.assertEqual(status, 202, body)
                    self.assertEqual(self.result_of(body), json.loads(text))

    def test_what_is_invalid_is_refused_as_an_input(self):
        for verdict, name, text in cases():
            if verdict == "n":
                with self.subTest(name):
                    status, body = self.echo(text)
                    self.assertIn(status, (400, 422), body)
                    self.assertEqual(json.loads(body)["status"], status)

    def test_what_is_invalid_is_refused_as_a_body(self):
        for verdict, name, text in cases():
            if verdict == "n":
                for path in (TASKS, TASKS + "/batch", TASKS + "/bulk-status", "/api/v1/rooms/none/snapshots"):
                    with self.subTest(name, path=path):
                        status, body = self.ask("POST", path, text)
                        self.assertIn(status, (400, 404, 422), body)

    def test_a_value_that_is_no_object_is_refused_with_its_place(self):
        for verdict, name, text in cases():
            if verdict == "y" and not text.lstrip().startswith(b"{"):
                with self.subTest(name):
                    status, body = self.ask("POST", TASKS, text)
                    self.assertEqual(status, 400, body)
                    self.assertEqual(json.loads(body)["errors"][0]["pointer"], "")

    def test_large_texts(self):
        string = json.dumps("x" * 1_000_000).encode()
        status, body = self.echo(string)
        self.assertEqual(status, 202)
        self.assertEqual(self.result_of(body), "x" * 1_000_000)
        array = json.dumps(list(range(100_000))).encode()
        status, body = self.echo(array)
        self.assertEqual(status, 202)
        self.assertEqual(self.result_of(body), list(range(100_000)))

    def test_depth_beyond_the_limit_is_refused_whatever_follows(self):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            for depth in (512, 10_000, 100_000):
                middle = b"" if opening == b"[" else b"1"
                for text in (opening * depth, opening * depth + middle + closing * depth):
                    status, body = self.echo(text)
                    self.assertIn(status, (400, 422), body)

    def test_duplicates_are_named(self):
        status, body = self.echo(b'{"outer":[{"a":1},{"b":1,"b":2}]}')
        self.assertEqual(status, 400)
        self.assertIn('"b" appears twice', json.loads(body)["detail"])
        self.assertEqual([error["pointer"] for error in json.loads(body)["errors"]], ["/input/outer/1/b"])

    def test_every_cut_of_a_request_is_refused(self):
        whole = b'{"task_type":"echo","input":{"a":[1,-2.5e3,"\\ud83d\\ude00",null,true,false]},"priority":3}'
        for size in range(len(whole)):
            status, body = self.ask("POST", TASKS, whole[:size])
            self.assertEqual(status, 400, body)

    def test_every_single_byte_changed_is_accepted_or_refused_and_never_fails(self):
        whole = b'{"task_type":"echo","input":{"a":[1,"\\n"]}}'
        for place in range(len(whole)):
            for byte in (0x00, 0x1F, 0x20, 0x22, 0x2C, 0x30, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xC3, 0xFF):
                status, body = self.ask("POST", TASKS, whole[:place] + bytes([byte]) + whole[place + 1:])
                self.assertIn(status, (202, 400), body)


if __name__ == "__main__":
    unittest.main()

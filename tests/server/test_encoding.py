#!/usr/bin/python3
"""Answers are compressed as the client wishes, never what must not be, and the bytes are the same (R6)."""
import gzip
import json
import subprocess
import unittest

from galley_server import BROKER, OWNER, ServerCase, room_body

DECODERS = {"gzip": gzip.decompress,
            "br": lambda data: subprocess.run(["brotli", "-dc"], input=data, capture_output=True, check=True).stdout,
            "zstd": lambda data: subprocess.run(["zstd", "-dcq"], input=data, capture_output=True, check=True).stdout}


class ContentCoding(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.large = cls.server.make_room("large", documents=200)
        cls.server.make_room("small", documents=0, activity=0)

    def get(self, path, accept, method="GET", **headers):
        fields = dict(headers)
        if accept is not None:
            fields["Accept-Encoding"] = accept
        return self.server.request(method, path, OWNER, headers=fields)

    def test_each_coding_gives_the_same_bytes(self):
        plain = self.get("/api/v1/rooms/large", None)
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertGreater(len(plain.body), 10_000)
        for coding, decode in DECODERS.items():
            answer = self.get("/api/v1/rooms/large", coding)
            self.assertEqual((answer.status, answer.headers["Content-Encoding"]), (200, coding))
            self.assertLess(len(answer.body), len(plain.body) / 4)
            self.assertEqual(decode(answer.body), plain.body)
            self.assertEqual(int(answer.headers["Content-Length"]), len(answer.body))

    def test_the_client_s_wish_decides(self):
        for accept, wanted in (("gzip, deflate, br, zstd", "zstd"), ("gzip, deflate, br", "br"), ("gzip;q=1.0, br;q=0.5", "gzip"),
                               ("*", "zstd"), ("identity, gzip;q=0.5", None), ("deflate", None), ("gzip;q=0", None), ("", None),
                               ("identity;q=0, gzip", "gzip"), ("br;q=x", None)):
            with self.subTest(accept):
                answer = self.get("/api/v1/rooms/large", accept)
                self.assertEqual((answer.status, answer.headers["Content-Encoding"]), (200, wanted))
                self.assertEqual(answer.headers.get_all("Vary"), ["Accept-Encoding"])

    def test_nothing_acceptable_is_said(self):
        for accept in ("identity;q=0", "*;q=0", "identity;q=0, deflate"):
            self.assert_problem(self.get("/api/v1/rooms/large", accept), 406)

    def test_small_answers_stay_as_they_are_unless_identity_is_refused(self):
        answer = self.get("/health/live", "gzip")
        self.assertIsNone(answer.headers["Content-Encoding"])
        self.assertEqual(answer.headers["Vary"], "Accept-Encoding")
        forced = self.get("/health/live", "gzip, identity;q=0")
        self.assertEqual(gzip.decompress(forced.body), answer.body)

    def test_head_has_the_fields_of_get(self):
        for accept in (None, "gzip", "br", "zstd"):
            for path in ("/api/v1/rooms/large", "/api/v1/rooms/small", "/api/v1/rooms", "/health/live", "/metrics"):
                fields = []
                for method in ("GET", "HEAD"):
                    answer = self.server.request(method, path, headers={"Accept-Encoding": accept} if accept else {})
                    self.assertEqual(answer.status, 200)
                    fields.append({name: value for name, value in answer.headers.items()
                                   if name not in ("Date", "X-Request-Id") and not (path == "/metrics" and name == "Content-Length")})
                self.assertEqual(*fields)
                self.assertEqual(answer.body, b"")

    def test_metrics_and_errors_are_compressed(self):
        text = self.server.get("/metrics", headers={"Accept-Encoding": "gzip"})
        self.assertIn(b"galley_", gzip.decompress(text.body))
        body = json.dumps({"task_type": "echo", **{f"unknown_field_{i}": 1 for i in range(100)}}).encode()
        problem = self.server.post("/api/v1/tasks", body, headers={"Accept-Encoding": "gzip"})
        self.assertEqual((problem.status, problem.headers["Content-Encoding"]), (400, "gzip"))
        self.assertEqual(json.loads(gzip.decompress(problem.body))["status"], 400)

    def test_documents_are_never_compressed_and_parts_are_parts_of_the_document(self):
        room = self.room()
        snapshot = self.server.finished_snapshot(room)
        whole = self.server.get(snapshot["download_url"], BROKER)
        for accept in DECODERS:
            answer = self.server.get(snapshot["download_url"], BROKER, headers={"Accept-Encoding": accept})
            self.assertIsNone(answer.headers["Content-Encoding"])
            self.assertEqual((answer.body, answer.headers["ETag"]), (whole.body, whole.headers["ETag"]))
            part = self.server.get(snapshot["download_url"], BROKER, headers={"Accept-Encoding": accept, "Range": "bytes=5-1999"})
            self.assertEqual((part.status, part.body), (206, whole.body[5:2000]))
            self.assertIsNone(part.headers["Content-Encoding"])


class Limits(ServerCase):
    def test_above_a_megabyte_answers_stay_as_they_are(self):
        task = self.server.make_task(input="x" * 900_000)
        self.server.get(f"/api/v1/tasks/{task}?wait=60")
        answer = self.server.get(f"/api/v1/tasks/{task}", headers={"Accept-Encoding": "gzip"})
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(answer.body).count(b"x" * 900_000), 1)
        body = room_body("huge", documents=9_000)
        for document in body["documents"]:
            document["type_name"] += " of the terminal's own form, filled in by the vessel's chief officer" * 2
        self.assertEqual(self.server.put("/api/v1/rooms/huge", body).status, 201)
        answer = self.server.get("/api/v1/rooms/huge", headers={"Accept-Encoding": "gzip"})
        self.assertGreater(len(answer.body), 1 << 20)
        self.assertIsNone(answer.headers["Content-Encoding"])
        refused = self.server.get("/api/v1/rooms/huge", headers={"Accept-Encoding": "gzip, identity;q=0"})
        self.assert_problem(refused, 406)


class Settings(ServerCase):
    flags = ("--http-compress-bytes-min", "10", "--http-compress-bytes-max", "500")

    def test_the_limits_are_settings(self):
        self.server.make_room("r", documents=50)
        for path, wanted in (("/health/live", "gzip"), ("/api/v1/rooms/r", None)):
            answer = self.server.get(path, headers={"Accept-Encoding": "gzip"})
            self.assertEqual(answer.headers["Content-Encoding"], wanted)


if __name__ == "__main__":
    unittest.main()

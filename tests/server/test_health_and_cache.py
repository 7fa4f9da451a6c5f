#!/usr/bin/python3
"""Health (R97) and the care of the document cache (R80, R85)."""
import re
import shutil
import signal
import sqlite3
import unittest

from galley_server import ADMIN, BROKER, PATIENCE_SECONDS, STAFF, Server, ServerCase, in_parallel

PARTS = {"database", "writer", "disk", "tasks", "data_folder", "cache_folder", "document_engine", "token_keys"}
CARE = (("GET", "/api/cache/stats", None), ("GET", "/api/cache/health", None), ("GET", "/api/v1/cache/verify", None),
        ("POST", "/api/v1/cache/verify", None), ("POST", "/api/v1/cache/clear", {"older_than_hours": 1000}),
        ("POST", "/api/v1/cache/invalidate", {"content_hash": "0" * 64}))


class Health(ServerCase):
    def ready(self, server=None):
        return (server or self.server).get("/health/ready", None)

    def ready_when(self, server, status, part):
        """The answer once it is like this: reports are made anew each second."""
        def like_that(answer):
            return answer.json()["status"] == status and (part is None or answer.json()["parts"][part]["status"] != "ok")
        answer = self.ready(server)
        while not like_that(answer):
            answer = self.ready(server)
        return answer

    def test_ready_shows_each_part_with_its_time_and_state(self):
        answer = self.ready()
        self.assertEqual((answer.status, answer.json()["status"]), (200, "ready"), answer)
        self.assertEqual(answer.json()["parts"].keys(), PARTS)
        for name, part in answer.json()["parts"].items():
            self.assertEqual(part["status"], "ok", name)
            self.assertGreaterEqual(part["duration_ms"], 0, name)

    def test_each_part_is_named_in_the_description_of_the_interface(self):
        document = self.server.get("/api/v1/openapi.json", None).json()
        named = set(re.findall(r"\w+", document["components"]["schemas"]["Health"]["properties"]["parts"]["description"]))
        self.assertLessEqual(PARTS | {"tls_certificate", "server"}, named)

    def test_what_is_open_to_all_shows_no_figures(self):
        self.assertFalse(any("detail" in part for part in self.ready().json()["parts"].values()))

    def test_many_may_ask_at_once(self):
        self.assertEqual({answer.status for answer in in_parallel(16, lambda _: self.ready())}, {200})

    def test_a_probe_leaves_no_file_behind(self):
        self.ready()
        self.assertEqual([path for path in self.server.data.rglob(".health-probe")], [])

    def test_without_its_folder_the_cache_is_degraded_and_the_server_ready(self):
        server = self.own_server()
        shutil.rmtree(server.data / "pdf_cache")
        answer = self.ready(server)
        self.assertEqual((answer.status, answer.json()["status"]), (200, "degraded"))
        self.assertEqual(answer.json()["parts"]["cache_folder"]["status"], "failed")
        health = server.get("/api/cache/health").json()
        self.assertEqual((health["status"], health["detail"]), ("degraded", "the folder cannot be written: memory alone keeps documents"))

    def test_keys_that_could_not_be_read_anew_are_told_until_they_can(self):
        keys = self.server.folder / "keys"
        keys.mkdir()
        (keys / "one.hs256").write_text("k" * 40)
        (keys / "one.hs256").chmod(0o600)
        server = self.own_server("--keys-dir", str(keys))
        (keys / "two.ed25519.pem").write_text("no key")
        server.process.send_signal(signal.SIGHUP)
        told = self.ready_when(server, "degraded", "token_keys")
        self.assertEqual(told.status, 200)
        self.assertNotIn(str(keys), told.body.decode())
        (keys / "two.ed25519.pem").unlink()
        server.process.send_signal(signal.SIGHUP)
        self.ready_when(server, "ready", None)

    def test_a_database_that_takes_no_commit_is_not_ready_until_it_does(self):
        server = self.own_server()
        other = sqlite3.connect(server.data / "galley.db", timeout=PATIENCE_SECONDS, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        failed = self.ready_when(server, "failed", "writer")
        self.assertEqual(failed.status, 503)
        self.assertEqual(failed.json()["parts"]["database"]["status"], "ok")
        self.assertEqual(server.get("/health/live", None).status, 200)
        other.execute("ROLLBACK")
        self.assertEqual(self.ready_when(server, "ready", None).status, 200)


class CacheCare(ServerCase):
    def cached(self, room):
        """The content hash of a document that is in the cache."""
        return self.server.finished_snapshot(room)["content_hash"]

    def file_of(self, content_hash):
        return self.server.data / "pdf_cache" / content_hash

    def verified(self):
        """The report of a whole walk."""
        self.assertEqual(self.server.post("/api/v1/cache/verify").status, 202)
        report = self.server.get("/api/v1/cache/verify").json()
        while report["status"] == "running":
            report = self.server.get("/api/v1/cache/verify").json()
        return report

    def test_only_administrators_care_for_it(self):
        for method, path, body in CARE:
            for caller in (BROKER, STAFF):
                with self.subTest(f"{method} {path} {caller.email}"):
                    self.assert_problem(self.server.request(method, path, caller, body), 403)

    def test_health_says_whether_documents_can_be_kept(self):
        health = self.server.get("/api/cache/health").json()
        self.assertEqual(health["status"], "ok")
        self.assertEqual(health.keys() - {"status", "duration_ms"}, self.server.get("/api/cache/stats").json().keys())

    def test_an_invalidated_document_leaves_both_tiers_and_is_made_again(self):
        room = self.room()
        snapshot = self.server.finished_snapshot(room)
        path = f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}/download"
        pdf = self.server.get(path).body
        wanted = {"content_hash": snapshot["content_hash"]}
        self.assertEqual(self.server.post("/api/v1/cache/invalidate", wanted).json(), {"removed": 1})
        self.assertFalse(self.file_of(snapshot["content_hash"]).exists())
        self.assert_problem(self.server.post("/api/v1/cache/invalidate", wanted), 404)
        again = self.server.get(path)
        self.assertEqual((again.headers["X-Cache"], again.body), ("MISS", pdf))

    def test_a_rooms_documents_are_forgotten_together(self):
        room, other = self.room(title="To be forgotten"), self.room(title="To be kept")
        gone = {self.server.finished_snapshot(room, include_activity=activity)["content_hash"] for activity in (True, False)}
        self.assertEqual(len(gone), 2)
        kept = self.cached(other)
        answer = self.server.post("/api/v1/cache/invalidate", {"room_id": room})
        self.assertEqual(answer.json(), {"removed": len(gone)})
        self.assertFalse(any(self.file_of(content_hash).exists() for content_hash in gone))
        self.assertTrue(self.file_of(kept).exists())
        self.assertEqual(self.server.post("/api/v1/cache/invalidate", {"room_id": room}).json(), {"removed": 0})

    def test_bad_wishes_are_refused(self):
        for body, pointer in (({}, "/content_hash"), ({"content_hash": "0" * 63}, "/content_hash"), ({"room_id": "a/b"}, "/room_id"),
                              ({"content_hash": "0" * 64, "room_id": "room-1"}, "/content_hash"), ({"hash": "x"}, "/hash")):
            answer = self.server.post("/api/v1/cache/invalidate", body)
            self.assert_problem(answer, 400)
            self.assertIn(pointer, answer.pointers())
        for hours in (-1, "all", 1.5, None):
            self.assert_problem(self.server.post("/api/v1/cache/clear", {"older_than_hours": hours}), 400)

    def test_clearing_by_age_keeps_what_was_used_since_in_both_tiers(self):
        content_hash = self.cached(self.room())
        before = self.server.get("/api/cache/stats").json()["memory_entries"]
        self.assertEqual(self.server.post("/api/v1/cache/clear", {"older_than_hours": 1}).json(), {"removed": 0})
        self.assertTrue(self.file_of(content_hash).exists())
        self.assertEqual(self.server.get("/api/cache/stats").json()["memory_entries"], before)

    def test_clearing_all_empties_both_tiers(self):
        self.cached(self.room())
        self.assertGreaterEqual(self.server.post("/api/v1/cache/clear", {"older_than_hours": 0}).json()["removed"], 1)
        stats = self.server.get("/api/cache/stats").json()
        self.assertEqual((stats["memory_entries"], stats["disk_used_mb"]), (0, 0))

    def test_a_walk_removes_damaged_files(self):
        room = self.room()
        content_hash = self.cached(room)
        file = self.file_of(content_hash)
        file.write_bytes(file.read_bytes()[:-1] + b"!")
        report = self.verified()
        self.assertEqual((report["status"], report["entries_removed"]), ("completed", 1))
        self.assertFalse(file.exists())
        self.assertEqual(self.verified()["entries_removed"], 0)

    def test_care_is_written_into_the_audit_log(self):
        server = Server()
        self.addCleanup(server.close)
        server.start()
        server.post("/api/v1/cache/clear", {"older_than_hours": 7})
        server.post("/api/v1/cache/verify")
        server.stop()
        rows = server.database().execute("SELECT who, action, object FROM audit_log ORDER BY seq").fetchall()
        self.assertEqual(rows, [(ADMIN.email, "cache_administer", "cache/older_than_hours=7"),
                                (ADMIN.email, "cache_administer", "cache/verify")])


if __name__ == "__main__":
    unittest.main()

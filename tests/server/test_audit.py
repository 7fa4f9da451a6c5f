#!/usr/bin/python3
"""The audit log (R13): who did what, on what, from where, with which outcome; append-only and chained."""
import csv
import json
import sqlite3
import unittest

from galley_server import ADMIN, BROKER, OWNER, VIEWER, ServerCase, run_galley, status_of, token_of


class Audit(ServerCase):
    """Read from the database once the server has stopped: what was answered is on disk."""

    def setUp(self):
        self.own = self.own_server()
        self.room_id = self.own.make_room("audited")
        self.path = f"/api/v1/rooms/{self.room_id}/snapshots"

    def entries(self, action):
        """(who, object, from, outcome, request id) of the action's entries, oldest first."""
        self.own.stop()
        database = self.own.database()
        rows = database.execute("SELECT who, object, from_address, outcome, request_id FROM audit_log WHERE action = ? ORDER BY seq",
                                (action,)).fetchall()
        database.close()
        self.own.start()
        return rows

    def test_a_creation_is_written_down(self):
        answer = self.own.post(self.path, {"title": "x"}, BROKER, headers={"X-Request-Id": "asked-by-broker"})
        snapshot = answer.json()["id"]
        self.assertEqual(self.entries("snapshot_create"),
                         [(BROKER.email, f"{self.room_id}/{snapshot}", "127.0.0.1", "success", "asked-by-broker")])

    def test_a_download_is_written_down_and_a_look_is_not(self):
        snapshot = self.own.finished_snapshot(self.room_id)
        self.own.get(f"{self.path}/{snapshot['id']}", VIEWER)
        self.own.request("HEAD", snapshot["download_url"], VIEWER)
        self.own.get(snapshot["download_url"], VIEWER, headers={"X-Request-Id": "read"})
        self.assertEqual(self.entries("snapshot_read"),
                         [(VIEWER.email, f"{self.room_id}/{snapshot['id']}", "127.0.0.1", "success", "read")])

    def test_a_deletion_is_written_down(self):
        snapshot = self.own.finished_snapshot(self.room_id)
        self.own.delete(f"{self.path}/{snapshot['id']}", OWNER)  # refused
        self.own.delete(f"{self.path}/{snapshot['id']}", ADMIN, headers={"X-Request-Id": "gone"})
        self.assertIn((ADMIN.email, f"{self.room_id}/{snapshot['id']}", "127.0.0.1", "success", "gone"),
                      self.entries("snapshot_delete"))

    def test_what_was_refused_is_written_down_as_denied(self):
        self.own.post(self.path, {"title": "x"}, VIEWER, headers={"X-Request-Id": "not-for-viewers"})
        self.own.get("/api/cache/stats", VIEWER)
        self.assertIn((VIEWER.email, self.room_id, "127.0.0.1", "denied", "not-for-viewers"), self.entries("snapshot_create"))
        self.assertEqual([row[3] for row in self.entries("cache_stats")], ["denied"])

    def test_a_caller_who_is_refused_without_end_does_not_fill_the_log(self):
        for _ in range(100):
            self.own.get("/api/cache/stats", VIEWER)
        self.assertLess(len(self.entries("cache_stats")), 80)

    def test_administration_is_written_down(self):
        exported = self.own.post("/api/v1/snapshots/metrics/export", headers={"X-Request-Id": "kept"}).json()["file"]
        self.own.delete("/api/v1/snapshots/metrics?hours=3", headers={"X-Request-Id": "cleared"})
        self.assertEqual(self.entries("metrics_export"), [(ADMIN.email, exported.removeprefix("metrics/"), "127.0.0.1", "success", "kept")])
        self.assertEqual(self.entries("metrics_clear"), [(ADMIN.email, "older_than_hours=3", "127.0.0.1", "success", "cleared")])

    def test_what_failed_inside_is_written_down_and_not_shown(self):
        self.own.stop()
        self.own.change_database("ALTER TABLE room RENAME TO room_elsewhere")
        self.own.start()
        head = f"GET /api/v1/rooms/{self.room_id} HTTP/1.1\r\nHost: x\r\nX-Request-Id: broken\r\n" \
               f"Authorization: Bearer {token_of(OWNER)}\r\n\r\n"
        answer = self.own.raw(head.encode())
        self.assertEqual(status_of(answer), 500, answer)
        self.assertNotIn(b"room_elsewhere", answer)
        self.assertNotIn(b"no such table", answer)
        self.assertEqual(self.entries("room_get"), [(OWNER.email, self.room_id, "127.0.0.1", "failure", "broken")])

    def test_what_an_administrator_does_to_anothers_task_is_written_down(self):
        task, own = (self.own.make_task(caller, delay_seconds=3600) for caller in (BROKER, ADMIN))
        for _ in range(2):  # the second is refused: 409
            self.own.post(f"/api/v1/tasks/{task}/cancel", headers={"X-Request-Id": "not-now"})
        self.own.post(f"/api/v1/tasks/{own}/cancel")
        self.assertEqual(self.entries("task_cancel"), [(ADMIN.email, task, "127.0.0.1", "success", "not-now")])

    def test_members_and_rooms_are_written_down(self):
        self.assertEqual([(row[0], row[1]) for row in self.entries("room_write")], [(ADMIN.email, self.room_id)])
        self.assertEqual([row[1] for row in self.entries("members_manage")][-1], f"{self.room_id}/{VIEWER.email}")

    def test_each_entry_carries_the_hash_of_the_one_before(self):
        for _ in range(5):
            self.own.make_snapshot(self.room_id)
        self.own.restart()
        self.own.make_snapshot(self.room_id)
        self.own.stop()
        database = self.own.database()
        rows = database.execute("SELECT previous, hash FROM audit_log ORDER BY seq").fetchall()
        database.close()
        self.assertGreater(len(rows), 6)
        self.assertEqual([previous for previous, _ in rows[1:]], [hash_ for _, hash_ in rows[:-1]])
        self.assertEqual(len({hash_ for _, hash_ in rows}), len(rows))

    def test_entries_are_neither_changed_nor_deleted(self):
        self.own.stop()
        for sql in ("DELETE FROM audit_log", "UPDATE audit_log SET who = 'nobody'"):
            with self.assertRaisesRegex(sqlite3.IntegrityError, "append-only"):
                self.own.change_database(sql)


class Commands(ServerCase):
    """`galley audit verify|export`, beside the running server and without it."""

    def setUp(self):
        self.own = self.own_server()
        self.own.make_room("audited")

    def audit(self, *arguments):
        return run_galley("audit", *arguments, "--data", str(self.own.data), GALLEY_JWT_SECRET=None)

    def verdict(self, *arguments):
        return json.loads(self.audit("verify", "--json", *arguments).stdout)

    def test_a_good_chain_is_good_while_the_server_runs_and_after(self):
        running = self.audit("verify")
        self.assertEqual((running.returncode, running.stdout.split()[0]), (0, b"good:"), running)
        entries = self.verdict()["entries"]
        self.own.make_snapshot("audited")
        self.assertGreater(self.verdict()["entries"], entries)
        self.own.stop()
        self.assertTrue(self.verdict()["ok"])
        self.own.start()
        self.assertEqual(self.own.get("/health/ready", None).status, 200)

    def test_a_good_chain_is_good_after_a_kill(self):
        self.own.kill()
        self.assertTrue(self.verdict()["ok"])
        self.own.start()
        self.assertTrue(self.verdict()["ok"])

    def test_a_changed_entry_is_found(self):
        self.own.stop()
        for sql in ("DROP TRIGGER audit_log_keeps_content", "UPDATE audit_log SET who = 'nobody' WHERE seq = 3"):
            self.own.change_database(sql)
        broken = self.audit("verify")
        self.assertEqual(broken.returncode, 1, broken)
        self.assertIn(b"broken at entry 3", broken.stdout)
        self.assertEqual(self.verdict()["broken_seq"], 3)

    def test_entries_cut_off_at_the_end_are_found_with_a_noted_head(self):
        head = self.verdict()["head"]
        self.assertTrue(self.verdict("--expect", head)["ok"])
        self.own.stop()
        for sql in ("DROP TRIGGER audit_log_keeps_entries", "DELETE FROM audit_log WHERE seq = (SELECT max(seq) FROM audit_log)"):
            self.own.change_database(sql)
        self.assertTrue(self.verdict()["ok"], "a shorter chain is a chain")
        self.assertEqual(self.audit("verify", "--expect", head).returncode, 1)
        self.assertEqual(self.verdict("--expect", head)["broken_seq"], int(head.split(":")[0]))

    def test_an_export_has_every_entry_in_order(self):
        lines = [json.loads(line) for line in self.audit("export").stdout.splitlines()]
        self.assertEqual([line["seq"] for line in lines], list(range(1, len(lines) + 1)))
        self.assertEqual([line["previous"] for line in lines[1:]], [line["hash"] for line in lines[:-1]])
        self.assertEqual(lines[0]["who"], ADMIN.email)
        target = self.own.folder / "audit.csv"
        self.assertEqual(self.audit("export", "--format", "csv", "-o", str(target)).returncode, 0)
        with open(target, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["hash"] for row in rows], [line["hash"] for line in lines])
        self.assertEqual(self.audit("export", "--since", "2100-01-01T00:00:00Z").stdout, b"")

    def test_wrong_usage_and_absent_logs_are_said(self):
        for arguments, code in ((("verify", "--expect", "x"), 1), (("verify", "--expect", ""), 1), (("export", "--format", "xml"), 2), (("export", "--since", "today"), 1),
                                (("export", "-o", "/nowhere/x"), 1), ((), 2)):
            done = self.audit(*arguments)
            self.assertEqual(done.returncode, code, done)
            self.assertTrue(done.stderr)
        nothing = run_galley("audit", "verify", "--data", str(self.own.folder / "nothing"))
        self.assertEqual(nothing.returncode, 1)
        self.assertIn(b"/nothing/galley.db", nothing.stderr)
        self.assertFalse((self.own.folder / "nothing").exists())
        self.assertIn(b"galley audit", run_galley("audit", "verify", "--help").stdout)


if __name__ == "__main__":
    unittest.main()

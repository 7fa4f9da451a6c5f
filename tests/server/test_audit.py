#!/usr/bin/python3
"""The audit log (R13): who did what, on what, from where, with which outcome; append-only and chained."""
import sqlite3
import unittest

from galley_server import ADMIN, BROKER, OWNER, VIEWER, ServerCase


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
        self.assertEqual(self.entries("snapshot_delete"),
                         [(ADMIN.email, f"{self.room_id}/{snapshot['id']}", "127.0.0.1", "success", "gone")])

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


if __name__ == "__main__":
    unittest.main()

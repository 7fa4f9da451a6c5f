#!/usr/bin/python3
"""The wall clock jumps by hours and years, forwards and backwards, while the server runs: nothing that was acknowledged is lost, work and answers go on.
The real binary under libfaketime (Debian's package faketime), which changes CLOCK_REALTIME alone: deadlines and waits stand on the steady clock.
"""
import glob
import time
import unittest

import load  # noqa: F401  (finds galley_server)
from galley_server import ADMIN, BROKER, Server, token_of

LIBRARIES = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
HOUR, YEAR = 3600, 365 * 24 * 3600


class ClockJumps(unittest.TestCase):
    def setUp(self):
        if not LIBRARIES:
            self.skipTest("libfaketime is not installed (Debian package faketime)")
        self.server = Server()
        self.addCleanup(self.server.close)
        self.clock = self.server.folder / "clock"
        self.server.env = {"LD_PRELOAD": LIBRARIES[0], "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_NO_CACHE": "1",
                           "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
        self.offset = 0
        self.jump_to(0)
        self.server.start()
        self.server.make_room("room-0", activity=0)
        self.snapshots = []
        self.tasks = []

    def jump_to(self, offset):
        """Sets the server's wall clock to so many seconds ahead of the true one."""
        replacement = self.clock.with_suffix(".new")
        replacement.write_text(f"{offset:+d}\n", encoding="ascii")
        replacement.rename(self.clock)
        self.offset = offset

    def token(self, caller):
        now = int(time.time()) + self.offset
        return token_of(caller, iat=now - 5, exp=now + 3600)

    def ask(self, method, path, caller=BROKER, body=None):
        return self.server.request(method, path, body=body, token=self.token(caller))

    def work(self):
        """One of everything, to its end."""
        entry = self.ask("POST", "/api/v1/rooms/room-0/activity", body={"text": f"At {self.offset}"})
        self.assertEqual(entry.status, 201, entry)
        made = self.ask("POST", "/api/v1/rooms/room-0/snapshots", body={"title": f"At {self.offset}"})
        self.assertEqual(made.status, 201, made)
        finished = self.ask("GET", f"/api/v1/rooms/room-0/snapshots/{made.json()['id']}?wait=60").json()
        self.assertEqual(finished["status"], "completed", finished)
        self.snapshots.append(made.json()["id"])
        task = self.ask("POST", "/api/v1/tasks", body={"task_type": "echo", "input": self.offset}).json()["task_id"]
        self.assertEqual(self.ask("GET", f"/api/v1/tasks/{task}?wait=60").json()["result"], self.offset)
        self.tasks.append(task)
        later = self.ask("POST", "/api/v1/tasks", body={"task_type": "echo", "input": 1, "delay_seconds": 1}).json()["task_id"]
        self.assertEqual(self.ask("GET", f"/api/v1/tasks/{later}?wait=60").json()["status"], "completed")

    def check_all(self):
        for snapshot in self.snapshots:
            pdf = self.ask("GET", f"/api/v1/rooms/room-0/snapshots/{snapshot}/download")
            self.assertEqual((pdf.status, pdf.body[:5]), (200, b"%PDF-"), snapshot)
        for task in self.tasks:
            self.assertEqual(self.ask("GET", f"/api/v1/tasks/{task}").json()["status"], "completed")
        for path in ("/health/live", "/health/ready"):
            self.assertEqual(self.server.get(path, None).status, 200, path)
        numbers = [row[0] for row in self.server.database().execute("SELECT seq FROM audit_log ORDER BY seq")]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def test_work_goes_on_over_jumps_and_nothing_is_lost(self):
        self.work()
        for offset in (6 * HOUR, -6 * HOUR, YEAR, 0, -YEAR, 10 * YEAR, -HOUR):
            with self.subTest(offset=offset):
                self.jump_to(offset)
                self.work()
                self.check_all()
        self.assertEqual(self.server.stop(), 0)
        self.jump_to(-2 * YEAR)
        self.server.start()
        self.work()
        self.check_all()

    def test_tokens_follow_the_wall_clock(self):
        old = token_of(BROKER)
        self.assertEqual(self.server.get("/api/v1/rooms", token=old).status, 200)
        self.jump_to(2 * HOUR)
        self.assertEqual(self.server.get("/api/v1/rooms", token=old).status, 401)
        self.jump_to(0)
        self.assertEqual(self.server.get("/api/v1/rooms", token=old).status, 200)

    def test_a_long_call_is_not_shortened_or_held_by_a_jump(self):
        task = self.ask("POST", "/api/v1/tasks", body={"task_type": "echo", "input": 1, "delay_seconds": 3600}).json()["task_id"]
        self.jump_to(2 * HOUR)
        done = self.ask("GET", f"/api/v1/tasks/{task}?wait=60", ADMIN)
        self.assertEqual(done.json()["status"], "completed", "what falls due by the jump is run")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""The server is killed at random moments while a schedule fires every second: each time fires exactly once (R71)."""
import datetime
import os
import pathlib
import random
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "server"))
from galley_server import BROKER, Server  # noqa: E402

ROUNDS = int(os.environ.get("GALLEY_CHAOS_ROUNDS", "6"))
PATH = "/api/v1/schedules/every-second"
SECOND = datetime.timedelta(seconds=1)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Killed(unittest.TestCase):
    def fired(self):
        """Due time → task, of what the history still holds."""
        items, path = [], f"{PATH}/runs?limit=200"
        while path:
            page = self.server.get(path, BROKER).json()
            items += page["items"]
            path = page["next"]
        for run in items:
            self.assertIn(run["outcome"], ("fired", "fired_late"), run)
        due = [instant(run["due_at"]) for run in items]
        self.assertEqual(len(set(due)), len(due), "a time fired twice")
        return dict(zip(due, (run["task_id"] for run in items), strict=True))

    def test_each_time_fires_exactly_once(self):
        chance = random.Random(20261122)
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        body = {"name": "every-second", "cron": "* * * * * *", "task": {"task_type": "echo"}, "missed_runs": "all"}
        self.assertEqual(self.server.post("/api/v1/schedules", body, BROKER).status, 201)
        seen = {}
        for _ in range(ROUNDS):
            threading.Event().wait(chance.uniform(0.05, 2))
            self.server.kill()
            threading.Event().wait(chance.uniform(0, 2))
            self.server.start()
            for due, task in self.fired().items():
                self.assertEqual(seen.setdefault(due, task), task, f"{due} fired anew")
        while self.server.get(PATH, BROKER).json()["fired"] < len(seen) + 1:  # the last start makes up for its times too
            seen.update(self.fired())
        seen.update(self.fired())
        times = sorted(seen)
        self.assertEqual([late - early for early, late in zip(times, times[1:])], [SECOND] * (len(times) - 1), "a time is left out")
        for task in seen.values():
            self.assertEqual(self.server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()["status"], "completed")
        self.server.post(PATH + "/pause", None, BROKER)
        made = self.server.get(PATH, BROKER).json()["fired"]
        tasks = self.server.database().execute("SELECT count(*) FROM task WHERE correlation_id = 'schedule/every-second'").fetchone()[0]
        self.assertEqual(tasks, made)


if __name__ == "__main__":
    unittest.main()

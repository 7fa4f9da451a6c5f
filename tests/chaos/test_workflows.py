#!/usr/bin/python3
"""The server is killed at random moments while a workflow of 10,000 tasks runs: nothing begins before its parents, and its end ends once (R55)."""
import os
import pathlib
import random
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "server"))
from galley_server import BROKER, Server  # noqa: E402

ROUNDS = int(os.environ.get("GALLEY_CHAOS_ROUNDS", "6"))
TASKS = 10_000

TOO_EARLY = """SELECT count(*) FROM task_parent JOIN task AS child ON child.seq = task_parent.child
               JOIN task AS parent ON parent.seq = task_parent.parent WHERE parent.state <> 3 OR child.started_at < parent.completed_at"""


class Killed(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()

    def workflow(self, chance):
        """A random net of tasks with up to three parents each, and one that waits for all of them."""
        tasks = []
        for i in range(TASKS - 1):
            parents = {chance.randrange(max(0, i - 500), i) for _ in range(chance.randrange(4))} if i else ()
            tasks.append({"task_type": "echo", "ref": str(i), "parents": [f"ref:{parent}" for parent in parents]})
        tasks.append({"task_type": "echo", "input": "end", "parents": [f"ref:{i}" for i in range(TASKS - 1)]})
        answer = self.server.post("/api/v1/tasks/batch", {"tasks": tasks}, BROKER)
        self.assertEqual(answer.status, 202, answer)
        return [ref["task_id"] for ref in answer.json()["tasks"]]

    def test_the_end_is_never_missed_and_never_early(self):
        chance = random.Random(20261122)
        end = self.workflow(chance)[-1]
        for _ in range(ROUNDS):
            threading.Event().wait(chance.uniform(0, 0.15))
            self.server.kill()
            self.server.start()
            self.assertIn(self.server.get(f"/api/v1/tasks/{end}", BROKER).json()["status"], ("scheduled", "pending", "running", "completed"))
        while (done := self.server.get(f"/api/v1/tasks/{end}?wait=30", BROKER).json())["status"] != "completed":
            self.assertIn(done["status"], ("scheduled", "pending", "running"))
        self.assertEqual((done["result"], done["waits_for"]), ("end", 0))
        self.server.stop()
        database = self.server.database()
        self.assertEqual(database.execute("SELECT state, count(*) FROM task GROUP BY state").fetchall(), [(3, TASKS)])
        self.assertEqual(database.execute(TOO_EARLY).fetchone(), (0,))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""When the writer falls behind: 503 with Retry-After beyond store.writes_waiting_max, reads go on, nothing acknowledged is lost (R7, R130)."""
import queue
import re
import sqlite3
import threading
import time
import unittest

from galley_server import ADMIN, BROKER, PATIENCE_SECONDS, ServerCase

WAITING_MAX = 16
CLIENTS = 2 * WAITING_MAX
REFUSALS_MIN = 200  # a storm
LINES_AT_ONCE = 10  # of one reason; then one a second (base/log_bound.h)
REFUSED = "takes no more writes"  # in the log: what stands behind the 503


class Backpressure(ServerCase):
    flags = ("--store-writes-waiting-max", str(WAITING_MAX))

    def setUp(self):
        self.recovered = threading.Event()
        self.addCleanup(self.recovered.set)

    def insist(self, number, answers):
        """One client that repeats its call until it is accepted, as Retry-After tells it to (only sooner)."""
        while True:
            answer = self.server.post("/api/v1/tasks", {"task_type": "echo", "input": {"n": number}}, BROKER,
                                      headers={"Idempotency-Key": f"order-{number}"})
            answers.put((number, answer))
            if answer.status != 503:
                return

    def hold_writer(self):
        """Another program holds the database's write lock, as a careless backup script does."""
        other = sqlite3.connect(self.server.data / "galley.db", timeout=PATIENCE_SECONDS, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        return other

    def wait_until_refused(self):
        end = time.monotonic() + PATIENCE_SECONDS
        while REFUSED not in self.server.log():
            self.assertLess(time.monotonic(), end, "the limit is never reached")

    def refusals_counted(self):
        text = self.server.get("/metrics").body.decode()
        return int(re.search(r'^galley_http_requests_total\{endpoint="task_create",status="5xx"\} (\d+)', text, re.MULTILINE)[1])

    def check_log(self, refused, seconds):
        """Every refusal is counted; the log has a few lines of them, and says how many it left out."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.refusals_counted() < refused:  # an answer is counted when its last byte is written
            self.assertLess(time.monotonic(), end, "a refusal was not counted")
        self.assertEqual(self.refusals_counted(), refused)
        lines = [line for line in self.server.log().splitlines() if REFUSED in line]
        self.assertLessEqual(len(lines), LINES_AT_ONCE + seconds + 1)
        told = len(lines) + sum(int(re.search(r"suppressed=(\d+)", line)[1]) for line in lines)
        self.assertLessEqual(told, refused)

    def all_tasks(self):
        found, path = {}, "/api/v1/tasks?limit=200"
        while path:
            page = self.server.get(path, BROKER).json()
            found.update((task["task_id"], task["status"]) for task in page["items"])
            path = page["next"]
        return found

    def test_writes_beyond_the_limit_are_refused_until_it_recovers_and_none_is_lost(self):
        room = self.room()
        before = self.server.make_task()
        self.assertEqual(self.server.get(f"/api/v1/tasks/{before}?wait=60", BROKER).json()["status"], "completed")
        answers = queue.Queue()
        other, began = self.hold_writer(), time.monotonic()
        clients = [threading.Thread(target=self.insist, args=(number, answers)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        self.wait_until_refused()
        for path in ("/health/live", f"/api/v1/rooms/{room}", f"/api/v1/tasks/{before}", "/metrics"):
            self.assertEqual(self.server.get(path, ADMIN).status, 200, f"{path}: reads go on")
        end = time.monotonic() + PATIENCE_SECONDS
        while answers.qsize() < REFUSALS_MIN:
            self.assertLess(time.monotonic(), end, "too few refusals to speak of")
        other.execute("ROLLBACK")
        for client in clients:
            client.join(PATIENCE_SECONDS)
            self.assertFalse(client.is_alive(), "a client was never accepted")
        accepted, refused = self.check(answers)
        for task in accepted.values():
            self.assertEqual(self.server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()["status"], "completed")
        self.assertEqual(self.all_tasks().keys(), {before, *accepted.values()}, "each once, and nothing of what was refused")
        self.check_log(refused, time.monotonic() - began)

    def check(self, answers):
        """Task by client; every refusal is a 503 that says when to come again, and nothing of the inside."""
        accepted, refused = {}, 0
        while not answers.empty():
            number, answer = answers.get()
            if answer.status == 503:
                refused += 1
                problem = self.assert_problem(answer, 503, "try again later")
                self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
                self.assertNotIn("database", problem["detail"])
            else:
                self.assertEqual(answer.status, 202, answer)
                accepted[number] = answer.json()["task_id"]
        self.assertGreater(refused, 0)
        self.assertEqual(len(accepted), CLIENTS)
        return accepted, refused


if __name__ == "__main__":
    unittest.main()

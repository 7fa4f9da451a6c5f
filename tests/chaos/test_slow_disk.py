#!/usr/bin/python3
"""A disk whose fdatasync does not come back for long: writes wait or are refused, reads go on, nothing acknowledged is lost, nothing grows (R7, R130, R132)."""
import contextlib
import fcntl
import os
import re
import signal
import threading
import time
import unittest

import load  # noqa: F401  (finds galley_server)
from galley_server import ADMIN, BROKER, PATIENCE_SECONDS, Server, room_body

WAITING_MAX = 16
CLIENTS = 2 * WAITING_MAX
REFUSALS_MIN = 50


class SlowDisk(unittest.TestCase):
    def setUp(self):
        self.server = Server("--store-writes-waiting-max", str(WAITING_MAX))
        self.addCleanup(self.server.close)
        self.gate = self.server.folder / "gate"
        self.gate.touch()
        self.server.env = {"LD_PRELOAD": os.environ["GALLEY_SLOW_DISK"], "SLOW_DISK_GATE": str(self.gate)}
        self.server.start()
        self.refusals = []  # appended to by all clients
        self.clients = []

    @contextlib.contextmanager
    def disk_held(self):
        with open(self.gate, "rb") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def insist(self, answers, *request, **options):
        """Another thread that repeats one call until it is not refused, and notes the answer."""
        def repeat():
            try:
                answer = self.server.request(*request, **options)
                while answer.status == 503:
                    self.refusals.append(answer)
                    answer = self.server.request(*request, **options)
                answers.append(answer)
            except (OSError, AttributeError):  # the server was killed
                pass
        self.clients.append(threading.Thread(target=repeat))
        self.clients[-1].start()

    def order(self, answers, number):
        self.insist(answers, "POST", "/api/v1/tasks", BROKER, {"task_type": "echo", "input": {"n": number}},
                    headers={"Idempotency-Key": f"order-{number}"})

    def join_clients(self):
        for client in self.clients:
            client.join(PATIENCE_SECONDS)
            self.assertFalse(client.is_alive(), "a client was never answered")

    def wait_until(self, condition, message):
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, message)

    def queue_depth(self):
        return int(re.search(r"^galley_store_queue_depth (\d+)", self.server.get("/metrics").body.decode(), re.MULTILINE)[1])

    def all_tasks(self):
        found, path = {}, "/api/v1/tasks?limit=200"
        while path:
            page = self.server.get(path).json()
            found.update((task["task_id"], task["status"]) for task in page["items"])
            path = page["next"]
        return found

    def completed(self, task):
        return self.server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()["status"] == "completed"

    def test_writes_wait_or_are_refused_reads_go_on_and_nothing_is_lost(self):
        room = self.server.make_room("room-0")
        snapshot = self.server.finished_snapshot(room)
        later = self.server.make_task(delay_seconds=100_000)
        before = self.all_tasks().keys()
        orders, others = [], []
        with self.disk_held():
            for number in range(CLIENTS):
                self.order(orders, number)
            for request in (("PUT", "/api/v1/rooms/room-1", ADMIN, room_body("room-1")),
                            ("POST", f"/api/v1/rooms/{room}/activity", BROKER, {"text": "Pilot on board"}),
                            ("POST", f"/api/v1/rooms/{room}/snapshots", BROKER, {"title": "While it is slow"}),
                            ("PUT", "/api/v1/accounts/eve@example.org", ADMIN, {"active": False}),
                            ("POST", f"/api/v1/tasks/{later}/cancel", BROKER)):
                self.insist(others, *request)
            self.wait_until(lambda: len(self.refusals) >= REFUSALS_MIN, "writes are not refused")
            download = f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}/download"
            for _ in range(4):  # each on a connection of its own, so on either event loop
                for path in ("/health/live", f"/api/v1/rooms/{room}", f"/api/v1/tasks/{later}", "/api/v1/tasks", download, "/metrics"):
                    self.assertEqual(self.server.get(path, ADMIN).status, 200, f"{path}: reads go on")
            self.assertLessEqual(self.queue_depth(), WAITING_MAX)
            self.assertEqual(orders, [], "nothing is acknowledged before it is durable")
        self.join_clients()
        for refusal in self.refusals:
            self.assertGreaterEqual(int(refusal.headers["Retry-After"]), 1)
        self.assertEqual([answer.status for answer in orders], [202] * CLIENTS)
        self.assertTrue(all(answer.status in (200, 201) for answer in others), others)
        tasks = {answer.json()["task_id"] for answer in orders}
        self.assertTrue(all(self.completed(task) for task in tasks))
        made = {answer.json()["task_id"] for answer in others if "download_url" in answer.json()}
        self.assertEqual(self.all_tasks().keys(), {*before, *tasks, *made}, "each once, and nothing of what was refused")
        self.assertEqual(self.all_tasks()[later], "cancelled")
        self.assertEqual(self.server.restart().get("/health/ready").status, 200)
        self.assertGreaterEqual(self.all_tasks().keys(), tasks)

    def test_a_kill_while_it_hangs_loses_nothing_that_was_acknowledged(self):
        acknowledged = self.server.make_task()
        with self.disk_held():
            for number in range(WAITING_MAX):
                self.order([], number)
            self.wait_until(lambda: self.queue_depth() > 0, "nothing waits")
            self.server.kill()
        self.join_clients()
        self.server.start()
        self.assertTrue(self.completed(acknowledged))
        self.assertTrue(all(self.completed(task) for task in self.all_tasks()), "what was not acknowledged is whole or absent")

    def test_a_stop_while_it_hangs_waits_for_what_is_in_flight(self):
        answers = []
        with self.disk_held():
            for number in range(WAITING_MAX // 2):
                self.order(answers, number)
            self.wait_until(lambda: self.queue_depth() >= WAITING_MAX // 2, "not all have come")
            self.server.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        self.join_clients()
        self.assertEqual([answer.status for answer in answers], [202] * (WAITING_MAX // 2))
        self.server.start()
        for answer in answers:
            self.assertTrue(self.completed(answer.json()["task_id"]))


if __name__ == "__main__":
    unittest.main()

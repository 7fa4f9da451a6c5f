#!/usr/bin/python3
"""Idempotency-Key (R3): one creation however often, together, after a restart or a kill it is asked for."""
import unittest

from galley_server import ADMIN, BROKER, OWNER, VIEWER, Server, ServerCase, in_parallel, token_of


def keyed(key):
    return {"Idempotency-Key": key}


class IdempotencyKeys(ServerCase):
    def create(self, room, key, title="Once", caller=BROKER):
        return self.server.post(f"/api/v1/rooms/{room}/snapshots", {"title": title}, caller, headers=keyed(key))

    def snapshots_of(self, room):
        return self.server.get(f"/api/v1/rooms/{room}/snapshots").json()["items"]

    def assert_replayed(self, first, again):
        self.assertEqual((again.status, again.body), (first.status, first.body))
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual((first.headers["Idempotency-Replayed"], again.headers["Idempotency-Replayed"]), (None, "true"))

    def test_the_same_call_gives_the_first_answer_and_creates_once(self):
        room = self.room()
        first = self.create(room, "a")
        self.assertEqual(first.status, 201)
        self.assert_replayed(first, self.create(room, "a"))
        self.assert_replayed(first, self.create(room, '"a"'))
        self.assertEqual([item["id"] for item in self.snapshots_of(room)], [first.json()["id"]])

    def test_every_creating_call_takes_a_key(self):
        room = self.room()
        for path, body in (("/api/v1/tasks", {"task_type": "echo"}), ("/api/v1/tasks/batch", {"tasks": [{"task_type": "echo"}] * 3}),
                           (f"/api/v1/rooms/{room}/activity", {"text": "Pilot on board"}), ("/api/v1/snapshots/metrics/export", None)):
            with self.subTest(path):
                first = self.server.post(path, body, ADMIN, headers=keyed("each-" + path))
                self.assertLess(first.status, 300, first)
                self.assert_replayed(first, self.server.post(path, body, ADMIN, headers=keyed("each-" + path)))

    def test_a_batch_of_ten_thousand_is_answered_again(self):
        body = {"tasks": [{"task_type": "echo", "delay_seconds": 100000}] * 10000}
        first = self.server.post("/api/v1/tasks/batch", body, OWNER, headers=keyed("large"))
        self.assertEqual(first.status, 202)
        self.assert_replayed(first, self.server.post("/api/v1/tasks/batch", body, OWNER, headers=keyed("large")))

    def test_another_body_or_path_with_the_key_is_refused(self):
        room = self.room()
        self.create(room, "b")
        self.assert_problem(self.create(room, "b", "Twice"), 422, "Idempotency-Key")
        self.assert_problem(self.create(self.room(), "b"), 422, "Idempotency-Key")

    def test_keys_belong_to_their_caller(self):
        room = self.room()
        self.assertNotEqual(self.create(room, "c").json()["id"], self.create(room, "c", caller=OWNER).json()["id"])

    def test_a_call_that_failed_keeps_nothing(self):
        room = self.room()
        self.assert_problem(self.create(room, "d", ""), 400)
        self.assert_problem(self.create(room, "e", caller=VIEWER), 403)
        self.server.put(f"/api/v1/rooms/{room}/members/{VIEWER.email}", {"role": "broker"})
        self.assertEqual(self.create(room, "d").status, 201)
        self.assertEqual(self.create(room, "e", caller=VIEWER).status, 201)

    def test_rights_are_checked_before_the_answer_is_given_again(self):
        room = self.room()
        self.create(room, "f")
        self.server.delete(f"/api/v1/rooms/{room}/members/{BROKER.email}")
        self.assert_problem(self.create(room, "f"), 404)

    def test_calls_that_come_together_create_once(self):
        room = self.room()
        answers = in_parallel(16, lambda _: self.create(room, "g"))
        self.assertEqual({answer.status for answer in answers}, {201})
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.assertEqual(sum(answer.headers["Idempotency-Replayed"] is None for answer in answers), 1)
        self.assertEqual(len(self.snapshots_of(room)), 1)

    def test_what_is_no_key_is_refused(self):
        room = self.room()
        for key in ("", '""', '"open', "a b", "k" * 256, '"a"b', "\u00e9".encode().decode("latin-1")):
            with self.subTest(key):
                self.assert_problem(self.create(room, key), 400, "Idempotency-Key")
        self.assertEqual(self.create(room, "k" * 255).status, 201)

    def test_two_keys_in_one_call_are_refused(self):
        room = self.room()
        token = token_of(BROKER)
        body = b'{"title":"x"}'
        head = (f"POST /api/v1/rooms/{room}/snapshots HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n")
        self.assertTrue(self.server.raw(head.encode() + body).startswith(b"HTTP/1.1 400 "))

    def test_the_answer_outlives_restart_and_kill(self):
        server = Server()
        self.addCleanup(server.close)
        server.start()
        body = {"task_type": "echo", "delay_seconds": 100000}
        first = server.post("/api/v1/tasks", body, OWNER, headers=keyed("h"))
        self.assertEqual(first.status, 202)
        server.restart()
        self.assert_replayed(first, server.post("/api/v1/tasks", body, OWNER, headers=keyed("h")))
        server.kill()
        server.start()
        self.assert_replayed(first, server.post("/api/v1/tasks", body, OWNER, headers=keyed("h")))
        self.assertEqual(len(server.get("/api/v1/tasks", OWNER).json()["items"]), 1)

    def test_a_call_cut_off_by_a_kill_creates_once_when_it_is_repeated(self):
        server = Server()
        self.addCleanup(server.close)
        server.start()
        body = {"task_type": "echo", "delay_seconds": 100000}
        for turn in range(5):
            def ask(index, turn=turn):
                if index == 8:
                    return server.process.kill()
                try:
                    return server.post("/api/v1/tasks", body, OWNER, headers=keyed(f"kill-{turn}-{index}"))
                except OSError:
                    return None
            in_parallel(9, ask)
            server.wait()
            server.start()
            for index in range(8):
                self.assertEqual(server.post("/api/v1/tasks", body, OWNER, headers=keyed(f"kill-{turn}-{index}")).status, 202)
        self.assertEqual(len(server.get("/api/v1/tasks?limit=200", OWNER).json()["items"]), 40)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""Tasks over HTTP: enqueue, read, wait, list, batches, cancel, retry (R50, R51, R53, R57)."""
import datetime
import re
import unittest

from galley_server import ADMIN, BROKER, CHARTERER, ServerCase, in_parallel

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FIELDS = {"task_id", "task_type", "status", "progress", "created_at", "started_at", "completed_at", "result", "error", "queue",
          "priority", "attempt", "max_attempts", "scheduled_at", "message", "correlation_id", "created_by", "parents", "links",
          "waits_for", "open", "encrypted", "tags", "limit_key", "expires_at"}
HOUR = 3600


class Echo(ServerCase):
    def finished(self, task, caller=BROKER):
        return self.server.get(f"/api/v1/tasks/{task}?wait=60", caller).json()

    def test_a_task_is_accepted_and_gives_back_its_input(self):
        given = {"a": [1, 2.5, None, True, "é\u2028"], "b": {}}
        answer = self.server.post("/api/v1/tasks", {"task_type": "echo", "input": given}, BROKER)
        self.assertEqual(answer.status, 202)
        task = answer.json()
        self.assertEqual((task["status"], task["joined"]), ("pending", False))
        self.assertEqual(answer.headers["Location"], "/api/v1/tasks/" + task["task_id"])
        done = self.finished(task["task_id"])
        self.assertEqual((done["status"], done["progress"], done["result"], done["error"]), ("completed", 100, given, None))

    def test_a_task_has_the_fields_of_the_specification(self):
        done = self.finished(self.server.make_task())
        self.assertEqual(done.keys(), FIELDS)
        for name in ("created_at", "started_at", "completed_at"):
            self.assertRegex(done[name], f"^{TIME.pattern}$")
        self.assertLessEqual(done["created_at"], done["started_at"])
        self.assertLessEqual(done["started_at"], done["completed_at"])
        self.assertEqual((done["task_type"], done["queue"], done["attempt"], done["max_attempts"], done["created_by"]),
                         ("echo", "default", 1, 3, BROKER.email))
        self.assertEqual(done["links"]["self"], "/api/v1/tasks/" + done["task_id"])

    def test_the_request_id_is_the_correlation_id(self):
        answer = self.server.post("/api/v1/tasks", {"task_type": "echo"}, headers={"X-Request-Id": "order-4711"})
        self.assertEqual(answer.headers["X-Request-Id"], "order-4711")
        task = self.server.get("/api/v1/tasks/" + answer.json()["task_id"]).json()
        self.assertEqual(task["correlation_id"], "order-4711")

    def test_any_json_is_an_input(self):
        for given in (0, -1, "text", [], False, {"deep": [[[[1]]]]}, 1e300, 12345678901234567):
            self.assertEqual(self.finished(self.server.make_task(input=given))["result"], given)

    def test_options_are_kept(self):
        task = self.finished(self.server.make_task(queue="reports", priority=9, max_attempts=7, timeout_seconds=10))
        self.assertEqual((task["queue"], task["priority"], task["max_attempts"]), ("reports", 9, 7))

    def test_many_wait_for_one(self):
        task = self.server.make_task(delay_seconds=1)
        states = in_parallel(10, lambda _: self.finished(task)["status"])
        self.assertEqual(set(states), {"completed"})

    def test_a_wait_that_ends_first_gives_the_present_state(self):
        task = self.server.make_task(delay_seconds=HOUR)
        self.assertEqual(self.server.get(f"/api/v1/tasks/{task}?wait=1").json()["status"], "scheduled")

    def test_the_path_of_older_clients_waits_too(self):
        task = self.server.make_task()
        answer = self.server.get(f"/api/v1/snapshots/tasks/{task}?wait=60", BROKER)
        self.assertEqual(answer.json()["status"], "completed")


class Refused(ServerCase):
    def refused(self, body, *pointers, caller=ADMIN):
        answer = self.server.post("/api/v1/tasks", body, caller)
        self.assert_problem(answer, 400)
        self.assertEqual(set(answer.pointers()), set(pointers), answer)

    def test_kinds_that_do_not_exist_or_are_not_for_callers(self):
        for kind in ("nothing", "generate_pdf", "maintenance.cleanup", "Echo", "echo "):
            self.refused({"task_type": kind}, "/task_type", caller=BROKER)

    def test_bounds(self):
        for name, values in (("priority", (-1, 10, 1 << 40, "5", 2.5)), ("max_attempts", (0, 1 << 40)),
                             ("timeout_seconds", (0, 86_401)), ("delay_seconds", (-1, 366 * 24 * HOUR)),
                             ("queue", ("", "x" * 1000, 3)), ("unique_key", ("", "x" * 501)),
                             ("scheduled_at", ("tomorrow", 12, "2026-13-01T00:00:00Z"))):
            for value in values:
                with self.subTest(name=name, value=value):
                    self.refused({"task_type": "echo", name: value}, "/" + name)

    def test_every_priority_is_allowed(self):
        for priority in range(10):
            task = self.server.make_task(priority=priority)
            self.assertEqual(self.server.get(f"/api/v1/tasks/{task}").json()["priority"], priority)

    def test_a_delay_and_a_time_exclude_each_other(self):
        self.refused({"task_type": "echo", "delay_seconds": 1, "scheduled_at": "2036-01-01T00:00:00Z"}, "/scheduled_at")

    def test_unknown_fields_and_missing_ones(self):
        self.refused({"task_type": "echo", "prio": 1}, "/prio")
        self.refused({}, "/task_type")
        self.refused([], "")

    def test_unknown_tasks(self):
        for task in ("x", "1", "task-0", "snapshot-snap-1", "%E2%82%AC", "x" * 500):
            self.assert_problem(self.server.get(f"/api/v1/tasks/{task}"), 404)
            self.assert_problem(self.server.get(f"/api/v1/tasks/{task}?wait=1"), 404)
            self.assert_problem(self.server.post(f"/api/v1/tasks/{task}/cancel"), 404)
            self.assert_problem(self.server.post(f"/api/v1/tasks/{task}/retry"), 404)


class LaterAndOnce(ServerCase):
    def test_a_delayed_task_is_scheduled(self):
        task = self.server.make_task(delay_seconds=HOUR)
        record = self.server.get(f"/api/v1/tasks/{task}").json()
        self.assertEqual(record["status"], "scheduled")
        created, due = (datetime.datetime.fromisoformat(record[name]) for name in ("created_at", "scheduled_at"))
        self.assertAlmostEqual((due - created).total_seconds(), HOUR, delta=1)

    def test_a_delayed_task_runs_when_it_is_due(self):
        done = self.server.get(f"/api/v1/tasks/{self.server.make_task(delay_seconds=1)}?wait=60").json()
        self.assertEqual(done["status"], "completed")
        self.assertGreaterEqual(done["started_at"], done["scheduled_at"])

    def test_a_task_for_a_time(self):
        task = self.server.make_task(scheduled_at="2036-05-06T07:08:09.123+02:00")
        self.assertEqual(self.server.get(f"/api/v1/tasks/{task}").json()["scheduled_at"], "2036-05-06T05:08:09.123Z")

    def test_a_time_that_has_passed_is_now(self):
        task = self.server.make_task(scheduled_at="2001-01-01T00:00:00Z")
        self.assertEqual(self.server.get(f"/api/v1/tasks/{task}?wait=60").json()["status"], "completed")

    def test_a_unique_key_joins_a_task_that_lives(self):
        fields = {"task_type": "echo", "unique_key": "voyage-7", "delay_seconds": HOUR}
        first = self.server.post("/api/v1/tasks", fields, BROKER).json()
        again = self.server.post("/api/v1/tasks", fields, BROKER).json()
        self.assertEqual((again["task_id"], first["joined"], again["joined"]), (first["task_id"], False, True))

    def test_a_unique_key_is_free_again_after_the_task(self):
        fields = {"task_type": "echo", "unique_key": "voyage-8"}
        first = self.server.make_task(unique_key="voyage-8")
        self.server.get(f"/api/v1/tasks/{first}?wait=60")
        again = self.server.post("/api/v1/tasks", fields, BROKER).json()
        self.assertEqual((again["task_id"] != first, again["joined"]), (True, False))

    def test_a_unique_key_is_the_caller_s_own(self):
        fields = {"task_type": "echo", "unique_key": "voyage-9", "delay_seconds": HOUR}
        ids = {self.server.post("/api/v1/tasks", fields, caller).json()["task_id"] for caller in (BROKER, CHARTERER)}
        self.assertEqual(len(ids), 2)

    def test_a_unique_key_that_many_use_at_once_is_one_task(self):
        fields = {"task_type": "echo", "unique_key": "voyage-10", "delay_seconds": HOUR}
        refs = in_parallel(20, lambda _: self.server.post("/api/v1/tasks", fields, BROKER).json())
        self.assertEqual(len({ref["task_id"] for ref in refs}), 1)
        self.assertEqual([ref["joined"] for ref in refs].count(False), 1)


class CancelAndRetry(ServerCase):
    def test_a_waiting_task_is_cancelled_at_once_for_good(self):
        task = self.server.make_task(delay_seconds=HOUR)
        answer = self.server.post(f"/api/v1/tasks/{task}/cancel", caller=BROKER)
        self.assertEqual((answer.status, answer.json()["status"]), (200, "cancelled"))
        self.assertEqual(self.server.get(f"/api/v1/tasks/{task}?wait=60").json()["status"], "cancelled")
        self.assert_problem(self.server.post(f"/api/v1/tasks/{task}/cancel", caller=BROKER), 409, "cancelled")

    def test_who_waits_for_a_cancelled_task_is_told(self):
        task = self.server.make_task(delay_seconds=HOUR)

        def one(index):
            method, path = (("GET", "?wait=60"), ("POST", "/cancel"))[index]
            return self.server.request(method, f"/api/v1/tasks/{task}{path}", BROKER).json()["status"]

        self.assertEqual(in_parallel(2, one), ["cancelled", "cancelled"])

    def test_a_completed_task_is_neither_cancelled_nor_retried(self):
        task = self.server.make_task()
        self.server.get(f"/api/v1/tasks/{task}?wait=60")
        self.assert_problem(self.server.post(f"/api/v1/tasks/{task}/cancel"), 409, "completed")
        self.assert_problem(self.server.post(f"/api/v1/tasks/{task}/retry"), 409, "completed")

    def test_a_waiting_task_is_not_retried(self):
        task = self.server.make_task(delay_seconds=HOUR)
        self.assert_problem(self.server.post(f"/api/v1/tasks/{task}/retry"), 409, "scheduled")

    def test_a_failed_snapshot_task_is_retried(self):
        server = self.own_server()
        room = server.make_room("retried")
        snapshot = server.finished_snapshot(room)
        task = snapshot["task_id"]
        server.stop()
        server.change_database("UPDATE task SET state = 4 WHERE custom_id = ?", (task,))
        server.change_database("UPDATE snapshot SET state = 2, error = 'no paper', content_hash = NULL")
        server.start()
        path = f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}"
        self.assertEqual(server.get(path).json()["status"], "failed")
        self.assertEqual(server.post(f"/api/v1/tasks/{task}/retry", caller=BROKER).status, 200)
        again = server.get(path + "?wait=60").json()
        self.assertEqual((again["status"], again["error"], again["content_hash"]), ("completed", None, snapshot["content_hash"]))

    def test_a_unique_key_is_free_after_cancelling(self):
        fields = {"unique_key": "voyage-11", "delay_seconds": HOUR}
        task = self.server.make_task(**fields)
        self.server.post(f"/api/v1/tasks/{task}/cancel")
        self.assertNotEqual(self.server.make_task(**fields), task)


class ListAndBulk(ServerCase):
    def listed(self, query, caller=ADMIN):
        path, items = f"/api/v1/tasks?{query}", []
        while path:
            page = self.server.get(path, caller).json()
            items += page["items"]
            path = page["next"]
        return items

    def test_newest_first_page_by_page(self):
        made = [self.server.make_task(queue="paged", delay_seconds=HOUR) for _ in range(5)]
        seen = [item["task_id"] for item in self.listed("limit=2&queue=paged")]
        self.assertEqual(seen, made[::-1])

    def test_filters(self):
        waiting = self.server.make_task(CHARTERER, queue="filtered", delay_seconds=HOUR)
        done = self.server.make_task(BROKER, queue="filtered")
        self.server.get(f"/api/v1/tasks/{done}?wait=60")
        for query, wanted in (("queue=filtered", {waiting, done}), ("queue=filtered&status=scheduled", {waiting}),
                              ("queue=filtered&status=completed", {done}), ("queue=filtered&task_type=echo", {waiting, done}),
                              ("queue=filtered&task_type=other", set()), ("queue=filtered&status=failed", set()),
                              (f"queue=filtered&created_by={CHARTERER.email}", {waiting}), ("queue=none", set())):
            with self.subTest(query):
                self.assertEqual({item["task_id"] for item in self.listed(query)}, wanted)

    def test_bad_queries(self):
        for query in ("status=done", "limit=0", "limit=201", "limit=x", "cursor=0", "cursor=x", "colour=red", "limit=-1",
                      "limit=99999999999999999999", "cursor=%zz", "status=%ff"):
            self.assert_problem(self.server.get("/api/v1/tasks?" + query), 400)

    def test_bulk_status_of_a_hundred(self):
        ids = [self.server.make_task() for _ in range(10)]
        items = self.server.post("/api/v1/tasks/bulk-status", {"task_ids": ids * 10}, BROKER).json()["items"]
        self.assertEqual({item["task_id"] for item in items}, set(ids))
        self.assertEqual(items[0].keys(), FIELDS)

    def test_bad_bulk_status(self):
        for body in ({}, {"task_ids": "x"}, {"task_ids": ["x"] * 101}, {"task_ids": [1]}, {"task_ids": [], "x": 1}):
            self.assert_problem(self.server.post("/api/v1/tasks/bulk-status", body), 400)


class Batch(ServerCase):
    def batch(self, tasks):
        return self.server.post("/api/v1/tasks/batch", {"tasks": tasks}, BROKER)

    def count_of(self, queue):
        items = self.server.get(f"/api/v1/tasks?queue={queue}&limit=200").json()["items"]
        return len(items)

    def test_ten_thousand_in_one(self):
        answer = self.batch([{"task_type": "echo", "input": i} for i in range(10_000)])
        self.assertEqual(answer.status, 202, answer)
        refs = answer.json()["tasks"]
        self.assertEqual(len({ref["task_id"] for ref in refs}), 10_000)
        for at in (0, 4_999, 9_999):
            done = self.server.get(f"/api/v1/tasks/{refs[at]['task_id']}?wait=60", BROKER).json()
            self.assertEqual((done["status"], done["result"]), ("completed", at))

    def test_one_more_is_too_many(self):
        answer = self.batch([{"task_type": "echo", "queue": "too-many"}] * 10_001)
        self.assert_problem(answer, 400)
        self.assertEqual(answer.pointers()[0], "/tasks")
        self.assertEqual(self.count_of("too-many"), 0)

    def test_one_bad_one_refuses_all(self):
        tasks = [{"task_type": "echo", "queue": "all-or-none"} for _ in range(100)]
        tasks[57]["priority"] = 10
        answer = self.batch(tasks)
        self.assert_problem(answer, 400)
        self.assertEqual(answer.pointers(), ["/tasks/57/priority"])
        self.assertEqual(self.count_of("all-or-none"), 0)

    def test_bad_batches(self):
        for body in ({}, {"tasks": []}, {"tasks": {}}, {"tasks": [1]}, {"tasks": [{"task_type": "echo"}], "x": 1}, []):
            self.assert_problem(self.server.post("/api/v1/tasks/batch", body), 400)

    def test_a_unique_key_joins_within_a_batch(self):
        fields = {"task_type": "echo", "unique_key": "in-batch", "delay_seconds": HOUR}
        refs = self.batch([fields, fields]).json()["tasks"]
        self.assertEqual((refs[0]["task_id"], [ref["joined"] for ref in refs]), (refs[1]["task_id"], [False, True]))


if __name__ == "__main__":
    unittest.main()

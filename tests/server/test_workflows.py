#!/usr/bin/python3
"""Tasks that wait for tasks, unique policies, expiry, tags, lifetimes, bulk changes (R51, R53, R53a, R55)."""
import unittest

from galley_server import ADMIN, BROKER, CHARTERER, ServerCase

HOUR = 3600


class TaskCase(ServerCase):
    def task(self, task):
        return self.server.get(f"/api/v1/tasks/{task}").json()

    def finished(self, task):
        return self.server.get(f"/api/v1/tasks/{task}?wait=60").json()

    def batch(self, tasks, status=202):
        answer = self.server.post("/api/v1/tasks/batch", {"tasks": [{"task_type": "echo", **task} for task in tasks]}, BROKER)
        self.assertEqual(answer.status, status, answer)
        return [ref["task_id"] for ref in answer.json()["tasks"]] if status == 202 else answer.json()

    def refused(self, **fields):
        answer = self.server.post("/api/v1/tasks", {"task_type": "echo", **fields}, BROKER)
        self.assertGreaterEqual(answer.status, 400, answer)
        return answer


class Workflows(TaskCase):
    def test_a_chain_hands_results_on(self):
        first = self.server.make_task(input={"n": 1})
        second = self.server.make_task(input="two", parents=[first], input_from_parents=True)
        done = self.finished(second)
        self.assertEqual(done["parents"], [first])
        self.assertEqual(done["result"], {"input": "two", "parents": [{"task_id": first, "status": "completed", "result": {"n": 1}}]})

    def test_a_group_and_its_end_in_one_batch_in_any_order(self):
        tasks = [{"ref": "end", "parents": [f"ref:part-{i}" for i in range(50)], "input_from_parents": True}]
        tasks += [{"ref": f"part-{i}", "input": i} for i in range(50)]
        ids = self.batch(tasks)
        done = self.finished(ids[0])
        self.assertEqual([parent["result"] for parent in done["result"]["parents"]], list(range(50)))
        self.assertEqual([parent["task_id"] for parent in done["result"]["parents"]], ids[1:])

    def test_a_child_waits_while_its_parent_does(self):
        parent = self.server.make_task(delay_seconds=HOUR)
        child = self.server.make_task(parents=[parent])
        self.assertEqual((self.task(child)["status"], self.task(child)["waits_for"]), ("scheduled", 1))
        self.assertEqual(self.server.post(f"/api/v1/tasks/{parent}/cancel", caller=BROKER).status, 200)
        failed = self.finished(child)
        self.assertEqual((failed["status"], failed["error"]), ("failed", f"its parent {parent} was cancelled"))
        late = self.server.make_task(parents=[parent])
        self.assertEqual(self.task(late)["status"], "failed")
        goes_on = self.server.make_task(parents=[parent], on_parent_failure="continue")
        self.assertEqual(self.finished(goes_on)["status"], "completed")

    def test_an_open_task_takes_parents_until_it_is_closed(self):
        end = self.server.make_task(open=True, input_from_parents=True)
        parts = [self.server.make_task(input=i, before=[end]) for i in range(3)]
        for part in parts:
            self.assertEqual(self.finished(part)["status"], "completed")
        self.assertEqual((self.task(end)["status"], self.task(end)["open"]), ("scheduled", True))
        self.assertEqual(self.server.post(f"/api/v1/tasks/{end}/close", caller=BROKER).status, 200)
        self.assertEqual([parent["result"] for parent in self.finished(end)["result"]["parents"]], [0, 1, 2])
        self.assert_problem(self.server.post(f"/api/v1/tasks/{end}/close", caller=BROKER), 409)
        self.assert_problem(self.refused(before=[end]), 409)

    def test_the_tasks_of_others_cannot_be_named(self):
        foreign = self.server.make_task(caller=CHARTERER)
        foreign_open = self.server.make_task(caller=CHARTERER, open=True)
        for fields, pointer in (({"parents": [foreign]}, "/parents/0"), ({"before": [foreign_open]}, "/before/0"),
                                ({"parents": ["task-0000000000000000"]}, "/parents/0")):
            problem = self.assert_problem(self.refused(**fields), 400)
            self.assertEqual(problem["errors"][0]["pointer"], pointer)
        self.assertEqual(self.server.post("/api/v1/tasks", {"task_type": "echo", "parents": [foreign]}, ADMIN).status, 202)

    def test_batches_that_cannot_be_put_in_order(self):
        def pointer(tasks):
            return self.batch(tasks, 400)["errors"][0]["pointer"]
        self.assertEqual(pointer([{"ref": "a", "parents": ["ref:b"]}, {"ref": "b", "parents": ["ref:a"]}]), "/tasks/0/parents")
        self.assertEqual(pointer([{"ref": "a", "parents": ["ref:a"]}]), "/tasks/0/parents")
        self.assertEqual(pointer([{"ref": "a"}, {"ref": "a"}]), "/tasks/1/ref")
        self.assertEqual(pointer([{"ref": "a"}, {"parents": ["ref:x"]}]), "/tasks/1/parents/0")
        self.assertEqual(pointer([{"ref": "a"}, {"parents": ["task-0000000000000000"]}]), "/tasks/1/parents/0")

    def test_a_workflow_of_ten_thousand_has_one_end(self):
        parts = [{"ref": str(i)} for i in range(9_999)]
        ids = self.batch(parts + [{"parents": [f"ref:{i}" for i in range(9_999)]}])
        done = self.finished(ids[-1])
        self.assertEqual((done["status"], done["attempt"], done["waits_for"]), ("completed", 1, 0))


class Options(TaskCase):
    def test_replacing_leaves_the_newest(self):
        fields = {"unique_key": "rank-7", "unique_policy": "replace", "delay_seconds": HOUR}
        first, second = self.server.make_task(**fields), self.server.make_task(**fields)
        self.assertEqual(self.task(first)["status"], "cancelled")
        self.assertIn("replaced", self.task(first)["error"])
        self.assertEqual(self.task(second)["status"], "scheduled")

    def test_rejecting_says_who_has_the_key(self):
        fields = {"unique_key": "rank-8", "unique_policy": "reject", "delay_seconds": HOUR}
        first = self.server.make_task(**fields)
        self.assertIn(first, self.assert_problem(self.refused(**fields), 409)["detail"])

    def test_a_window_outlives_the_task(self):
        fields = {"unique_key": "rank-9", "unique_window_seconds": HOUR}
        first = self.server.make_task(**fields)
        self.finished(first)
        self.assertEqual(self.server.make_task(**fields), first)

    def test_what_has_not_begun_in_time_is_cancelled(self):
        task = self.server.make_task(delay_seconds=HOUR, expires_in_seconds=1)
        done = self.finished(task)
        self.assertEqual((done["status"], done["error"]), ("cancelled", "expired before it began"))

    def test_options_that_are_wrong(self):
        for fields in ({"unique_policy": "join"}, {"unique_key": "k", "unique_policy": "maybe"}, {"unique_window_seconds": 5},
                       {"expires_at": "soon"}, {"expires_at": "2036-01-01T00:00:00Z", "expires_in_seconds": 5}, {"tags": ["a b"]},
                       {"tags": [""]}, {"tags": ["x"] * 17}, {"tags": [1]}, {"keep_seconds": 0}, {"limit_key": ""}, {"limit_key": "x" * 201},
                       {"limit_key": "a\u0001"}, {"backoff": {"base_seconds": 9, "max_seconds": 3}}, {"backoff": {"base": 1}},
                       {"on_parent_failure": "shrug"}, {"parents": "x"}, {"parents": [1]}, {"open": 1}):
            with self.subTest(fields):
                self.assert_problem(self.refused(**fields), 400)

    def test_tags_find_tasks(self):
        ids = {self.server.make_task(tags=["fleet", f"n-{i}"]) for i in range(3)}
        found = self.server.get("/api/v1/tasks?tag=fleet", BROKER).json()["items"]
        self.assertEqual({task["task_id"] for task in found}, ids)
        self.assertEqual(found[0]["tags"], ["fleet", "n-2"])

    def test_a_log_and_errors_are_there_and_empty(self):
        task = self.server.make_task()
        self.finished(task)
        for part in ("log", "attempts"):
            self.assertEqual(self.server.get(f"/api/v1/tasks/{task}/{part}", BROKER).json(), {"items": []})


class Bulk(TaskCase):
    def bulk(self, caller=BROKER, **body):
        answer = self.server.post("/api/v1/tasks/bulk", body, caller)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def test_ten_thousand_are_cancelled_in_one_call(self):
        self.batch([{"tags": ["flood"], "delay_seconds": HOUR}] * 10_000)
        answer = self.bulk(action="cancel", filter={"tag": "flood"}, limit=10_000)
        self.assertEqual((answer["matched"], answer["changed"]), (10_000, 10_000))
        states = self.server.get("/api/v1/tasks?tag=flood&status=cancelled&limit=200", BROKER).json()["items"]
        self.assertEqual(len(states), 200)

    def test_pages_go_on_where_the_one_before_ended(self):
        self.batch([{"tags": ["paged"], "delay_seconds": HOUR}] * 30)
        cancelled, after = 0, {}
        while True:
            answer = self.bulk(action="cancel", filter={"tag": "paged"}, limit=7, **after)
            cancelled += answer["changed"]
            if not answer["next"]:
                break
            after = {"after": answer["next"]}
        self.assertEqual(cancelled, 30)

    def test_one_reaches_only_their_own(self):
        mine = self.server.make_task(tags=["shared"], delay_seconds=HOUR)
        others = self.server.make_task(caller=CHARTERER, tags=["shared"], delay_seconds=HOUR)
        self.assertEqual(self.bulk(action="cancel", filter={"tag": "shared", "created_by": CHARTERER.email})["changed"], 1)
        self.assertEqual((self.task(mine)["status"], self.task(others)["status"]), ("cancelled", "scheduled"))
        self.assertEqual(self.bulk(ADMIN, action="cancel", filter={"tag": "shared"})["changed"], 1)

    def test_deleting_takes_what_has_ended(self):
        ended = self.server.make_task(tags=["bin"])
        self.finished(ended)
        waiting = self.server.make_task(tags=["bin"], delay_seconds=HOUR)
        self.assertEqual(self.bulk(action="delete", filter={"tag": "bin"})["changed"], 1)
        self.assert_problem(self.server.get(f"/api/v1/tasks/{ended}", BROKER), 404)
        self.assertEqual(self.task(waiting)["status"], "scheduled")

    def test_wrong_requests(self):
        for body in ({}, {"action": "cancel"}, {"action": "cancel", "filter": {}}, {"action": "burn", "filter": {"tag": "x"}},
                     {"action": "cancel", "filter": {"tag": "x"}, "limit": 10_001}, {"action": "cancel", "filter": {"status": "odd"}},
                     {"action": "cancel", "filter": {"tag": "x"}, "after": "x"}, {"action": "cancel", "filter": {"colour": "red"}}):
            with self.subTest(body):
                self.assert_problem(self.server.post("/api/v1/tasks/bulk", body, BROKER), 400)


class Queues(TaskCase):
    def queue(self, name):
        return self.server.get(f"/api/v1/queues/{name}").json()

    def test_a_paused_queue_waits_until_it_is_resumed(self):
        self.assertEqual(self.server.post("/api/v1/queues/lazy/pause").json()["mode"], "paused")
        task = self.server.make_task(queue="lazy")
        other = self.server.make_task()
        self.assertEqual(self.finished(other)["status"], "completed")
        self.assertEqual((self.task(task)["status"], self.queue("lazy")["pending"]), ("pending", 1))
        self.assertIn("lazy", [queue["name"] for queue in self.server.get("/api/v1/queues").json()["items"]])
        self.assertEqual(self.server.post("/api/v1/queues/lazy/resume").json()["mode"], "open")
        self.assertEqual(self.finished(task)["status"], "completed")

    def test_a_draining_queue_takes_nothing_in(self):
        self.server.post("/api/v1/queues/closing/drain")
        self.assert_problem(self.refused(queue="closing"), 409)
        self.server.post("/api/v1/queues/closing/resume")
        self.server.make_task(queue="closing")

    def test_limits_are_kept_and_shown(self):
        wanted = {"running_max": 2, "running_per_key_max": 1, "rate": {"starts": 100, "per_seconds": 0.5}, "rate_per_key": None}
        answer = self.server.put("/api/v1/queues/narrow", wanted)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual({name: answer.json()[name] for name in wanted}, wanted)
        self.server.post("/api/v1/queues/narrow/pause")
        self.assertEqual((self.queue("narrow")["running_max"], self.queue("narrow")["mode"]), (2, "paused"))
        self.server.post("/api/v1/queues/narrow/resume")
        ids = [self.server.make_task(queue="narrow", limit_key=str(i % 2)) for i in range(20)]
        self.assertEqual({self.finished(task)["status"] for task in ids}, {"completed"})
        self.server.put("/api/v1/queues/narrow", {})
        self.assert_problem(self.server.get("/api/v1/queues/narrow"), 404)

    def test_a_rate_is_held(self):
        self.server.put("/api/v1/queues/slow", {"rate": {"starts": 2, "per_seconds": 3600}})
        ids = self.batch([{"queue": "slow"}] * 5)
        self.assertEqual([self.finished(task)["status"] for task in ids[:2]], ["completed"] * 2)
        self.assertEqual(self.queue("slow")["pending"], 3)
        self.server.put("/api/v1/queues/slow", {})
        self.assertEqual({self.finished(task)["status"] for task in ids}, {"completed"})

    def test_wrong_requests(self):
        for body in ({"running_max": 0}, {"running_max": -1}, {"rate": {}}, {"rate": {"starts": 0}}, {"rate": {"starts": 1, "per_seconds": 0}},
                     {"rate": {"starts": 1, "per_seconds": 1e9}}, {"rate": 5}, {"mode": "paused"}, {"rate_per_key": {"starts": 1, "burst": 2}}):
            with self.subTest(body):
                self.assert_problem(self.server.put("/api/v1/queues/odd", body), 400)
        self.assert_problem(self.server.put("/api/v1/queues/bad%20name", {"running_max": 1}), 400)


if __name__ == "__main__":
    unittest.main()

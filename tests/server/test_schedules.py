#!/usr/bin/python3
"""Schedules over HTTP (R70, R71): made, fired, paused, run by hand, their history; questions about expressions."""
import datetime
import unittest

from galley_server import ADMIN, BROKER, OWNER, ServerCase, in_parallel

PATH = "/api/v1/schedules"
ECHO = {"task_type": "echo", "input": {"n": 1}}
EVERY_SECOND = "* * * * * *"


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class ScheduleCase(ServerCase):
    numbers = iter(range(1, 10**6))

    def name(self):
        return f"schedule-{next(self.numbers)}"

    def make(self, caller=BROKER, **fields):
        body = {"name": self.name(), "cron": "0 3 * * *", "task": ECHO, **fields}
        answer = self.server.post(PATH, body, caller)
        self.assertEqual(answer.status, 201, answer)
        return answer.json()

    def get(self, name, caller=BROKER):
        answer = self.server.get(f"{PATH}/{name}", caller)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def runs(self, name, caller=BROKER):
        items, path = [], f"{PATH}/{name}/runs?limit=200"
        while path:
            page = self.server.get(path, caller).json()
            items += page["items"]
            path = page["next"]
        return items

    def when_fired(self, name, times):
        """The history once it has so many entries. Each question takes the server's time, so the loop does not spin."""
        runs = self.runs(name)
        while len(runs) < times:
            self.finished(self.server.make_task(delay_seconds=1))
            runs = self.runs(name)
        return runs

    def finished(self, task, caller=BROKER):
        return self.server.get(f"/api/v1/tasks/{task}?wait=60", caller).json()


class Made(ScheduleCase):
    def test_a_schedule_is_as_it_was_made(self):
        task = {"task_type": "echo", "input": [1, {"a": None}], "queue": "reports", "priority": 9, "max_attempts": 2, "timeout_seconds": 60}
        made = self.make(cron="30 2 * * mon-fri", timezone="Europe/Oslo", task=task, missed_runs="all", overlap="skip", description="Nightly")
        self.assertEqual(made["task"], task)
        self.assertEqual((made["timezone"], made["missed_runs"], made["overlap"], made["description"], made["paused"], made["created_by"]),
                         ("Europe/Oslo", "all", "skip", "Nightly", False, BROKER.email))
        self.assertEqual(made["words"], "At 02:30 on Monday to Friday")
        self.assertEqual((made["fired"], made["skipped"], made["missed"], made["last_run_at"], made["last_task_id"]), (0, 0, 0, None, None))
        self.assertLess(instant(made["created_at"]), instant(made["next_run_at"]))
        self.assertEqual(self.get(made["name"]), made)

    def test_location_and_conflict(self):
        name = self.name()
        body = {"name": name, "cron": "@daily", "task": ECHO}
        answer = self.server.post(PATH, body, BROKER)
        self.assertEqual(answer.headers["Location"], f"{PATH}/{name}")
        self.assert_problem(self.server.post(PATH, body, BROKER), 409, name)
        self.assert_problem(self.server.post(PATH, body, OWNER), 409)

    def test_what_is_wrong_is_said_with_its_pointer(self):
        good = {"name": "x", "cron": "@daily", "task": ECHO}
        for changed, pointer in (({"cron": "61 * * * *"}, "/cron"), ({"cron": "0 0 30 2 *"}, "/cron"), ({"cron": "0 0 1 1 * 0 2020"}, "/cron"),
                                 ({"timezone": "Mars/Base"}, "/timezone"), ({"timezone": "../../etc/passwd"}, "/timezone"),
                                 ({"name": "a b"}, "/name"), ({"name": "stats"}, "/name"), ({"name": "é"}, "/name"),
                                 ({"task": {"task_type": "no_such_kind"}}, "/task/task_type"), ({"task": 1}, "/task"),
                                 ({"task": {"task_type": "echo", "delay_seconds": 1}}, "/task/delay_seconds"),
                                 ({"task": {"task_type": "echo", "input": "x" * 300_000}}, "/task/input"),
                                 ({"missed_runs": "some"}, "/missed_runs"), ({"overlap": 1}, "/overlap"), ({"paused": "no"}, "/paused")):
            with self.subTest(changed=str(changed)[:80]):
                answer = self.server.post(PATH, {**good, **changed}, BROKER)
                self.assert_problem(answer, 400)
                self.assertIn(pointer, answer.pointers())

    def test_a_batch_is_made_whole_or_not_at_all(self):
        names = [self.name() for _ in range(3)]
        bodies = [{"name": name, "cron": "@hourly", "task": ECHO} for name in names]
        broken = self.server.post(f"{PATH}/batch", {"schedules": [*bodies[:2], {**bodies[2], "cron": "x"}]}, BROKER)
        self.assert_problem(broken, 400)
        self.assertIn("/schedules/2/cron", broken.pointers())
        twice = self.server.post(f"{PATH}/batch", {"schedules": [*bodies, bodies[0]]}, BROKER)
        self.assert_problem(twice, 409)
        self.assert_problem(self.server.get(f"{PATH}/{names[0]}", BROKER), 404)
        answer = self.server.post(f"{PATH}/batch", {"schedules": bodies}, BROKER)
        self.assertEqual([made["name"] for made in answer.json()["schedules"]], names)

    def test_put_makes_and_replaces(self):
        name = self.name()
        body = {"cron": "@daily", "task": ECHO}
        self.assertEqual(self.server.put(f"{PATH}/{name}", body, BROKER).status, 201)
        self.server.post(f"{PATH}/{name}/run", None, BROKER)
        answer = self.server.put(f"{PATH}/{name}", {**body, "cron": "0 5 * * *"}, ADMIN)
        self.assertEqual(answer.status, 200, answer)
        changed = answer.json()
        self.assertEqual((changed["cron"], changed["created_by"], changed["fired"]), ("0 5 * * *", BROKER.email, 1))
        audit = self.server.get("/api/v1/audit?action=schedule_change").json()["items"]
        self.assertIn(name, [entry["object"] for entry in audit], "an administrator changed what another made")

    def test_the_same_key_makes_one(self):
        body = {"name": self.name(), "cron": "@daily", "task": ECHO}
        key = {"Idempotency-Key": body["name"]}
        answers = [self.server.post(PATH, body, BROKER, headers=key) for _ in range(2)]
        self.assertEqual([answer.status for answer in answers], [201, 201])
        self.assertEqual(answers[0].body, answers[1].body)

    def test_the_same_key_runs_once(self):
        """Also where the task of the first call would stand in the way of the second."""
        self.server.post("/api/v1/queues/held/pause", None, ADMIN)
        for overlap in ("allow", "skip", "replace"):
            with self.subTest(overlap=overlap):
                path = f"{PATH}/{self.make(task={**ECHO, 'queue': 'held'}, overlap=overlap)['name']}"
                key = {"Idempotency-Key": path}
                answers = in_parallel(4, lambda _: self.server.post(f"{path}/run", None, BROKER, headers=key))
                self.assertEqual({answer.status for answer in answers}, {202}, answers)
                self.assertEqual(len({answer.body for answer in answers}), 1)
                self.assertEqual(sum(answer.headers["Idempotency-Replayed"] is None for answer in answers), 1)
                self.assertEqual(self.server.get(path, BROKER).json()["fired"], 1)
                task = self.server.get(f"/api/v1/tasks/{answers[0].json()['task_id']}", BROKER).json()
                self.assertEqual(task["status"], "pending")
                other = self.server.post(f"{PATH}/{self.make()['name']}/run", None, BROKER, headers=key)
                self.assert_problem(other, 422, "Idempotency-Key")

    def test_lists_are_the_callers_own_by_name(self):
        names = sorted(self.make()["name"] for _ in range(5))
        self.make(caller=OWNER)
        found, path = [], f"{PATH}?limit=2"
        while path:
            page = self.server.get(path, BROKER).json()
            found += [item["name"] for item in page["items"]]
            self.assertEqual({item["created_by"] for item in page["items"]}, {BROKER.email})
            path = page["next"]
        self.assertEqual(found, sorted(found))
        self.assertLessEqual(set(names), set(found))
        self.assertEqual(self.server.get(f"{PATH}/stats", BROKER).json()["schedules"], len(found))

    def test_delete(self):
        name = self.make()["name"]
        self.assertEqual(self.server.delete(f"{PATH}/{name}", BROKER).status, 204)
        self.assert_problem(self.server.get(f"{PATH}/{name}", BROKER), 404)
        self.assert_problem(self.server.delete(f"{PATH}/{name}", BROKER), 404)


class Fired(ScheduleCase):
    def test_it_fires_at_each_of_its_times_in_the_name_of_its_maker(self):
        name = self.make(cron=EVERY_SECOND)["name"]
        runs = [run for run in self.when_fired(name, 3) if run["task_id"]]
        due = [instant(run["due_at"]) for run in reversed(runs)]
        self.assertEqual(due, sorted(set(due)), "no time twice")
        self.assertTrue(all(moment.microsecond == 0 for moment in due))
        done = self.finished(runs[0]["task_id"])
        self.assertEqual((done["status"], done["result"], done["created_by"], done["correlation_id"]),
                         ("completed", {"n": 1}, BROKER.email, f"schedule/{name}"))
        after = self.get(name)
        self.assertGreaterEqual(after["fired"], 3)
        self.assertIsNotNone(after["last_run_at"])

    def test_paused_it_fires_no_more_until_it_is_resumed(self):
        name = self.make(cron=EVERY_SECOND)["name"]
        self.when_fired(name, 1)
        self.assertTrue(self.server.post(f"{PATH}/{name}/pause", None, BROKER).json()["paused"])
        before = self.get(name)
        self.assertIsNone(before["next_run_at"])
        self.finished(self.server.make_task(delay_seconds=2))
        self.assertEqual(self.get(name)["fired"], before["fired"])
        self.assertIsNotNone(self.server.post(f"{PATH}/{name}/resume", None, BROKER).json()["next_run_at"])
        runs = self.when_fired(name, before["fired"] + 1)
        self.assertNotIn("missed", {run["outcome"] for run in runs})

    def test_by_hand_at_once_and_paused_too(self):
        name = self.make(paused=True)["name"]
        answer = self.server.post(f"{PATH}/{name}/run", None, BROKER)
        self.assertEqual(answer.status, 202, answer)
        self.assertEqual(self.finished(answer.json()["task_id"])["status"], "completed")
        self.assertEqual([run["outcome"] for run in self.runs(name)], ["fired_by_hand"])

    def test_a_hundred_callers_by_hand_make_a_hundred_runs_or_are_told(self):
        name = self.make()["name"]
        answers = in_parallel(20, lambda _: self.server.post(f"{PATH}/{name}/run", None, BROKER))
        self.assertLessEqual({answer.status for answer in answers}, {202, 409})
        made = [answer.json()["task_id"] for answer in answers if answer.status == 202]
        self.assertEqual(len(set(made)), len(made))
        self.assertEqual(self.get(name)["fired"], len(made))

    def test_an_account_that_is_switched_off_fires_nothing(self):
        server = self.own_server()
        body = {"name": "off", "cron": EVERY_SECOND, "task": ECHO}
        self.assertEqual(server.post(PATH, body, BROKER).status, 201)
        self.assertEqual(server.put(f"/api/v1/accounts/{BROKER.email}", {"active": False}).status, 201)
        while not any(run["outcome"] == "refused" for run in server.get(f"{PATH}/off/runs").json()["items"]):
            task = server.make_task(caller=ADMIN, delay_seconds=1)
            server.get(f"/api/v1/tasks/{task}?wait=60")
        refused = [run for run in server.get(f"{PATH}/off/runs").json()["items"] if run["outcome"] == "refused"]
        self.assertIn("switched off", refused[0]["error"])
        self.assertIsNone(refused[0]["task_id"])

    def test_what_passed_while_the_server_was_down_follows_the_policy(self):
        server = self.own_server()
        for policy in ("skip", "once", "all"):
            body = {"name": policy, "cron": "0 * * * *", "task": ECHO, "missed_runs": policy}
            self.assertEqual(server.post(PATH, body, BROKER).status, 201)
        server.stop()
        # As if it had stopped three hours ago.
        server.change_database("UPDATE schedule SET next_run_at = next_run_at - 3 * 3600000 WHERE name <> ?", ("",))
        server.start()
        for policy in ("skip", "once", "all"):
            while instant(server.get(f"{PATH}/{policy}").json()["next_run_at"]) < datetime.datetime.now(datetime.timezone.utc):
                server.get(f"{PATH}/stats")
        counts = {policy: server.get(f"{PATH}/{policy}").json() for policy in ("skip", "once", "all")}
        # On the hour itself the last time may still be on time.
        self.assertIn((counts["skip"]["fired"], counts["skip"]["missed"]), ((0, 3), (1, 2)))
        self.assertEqual(counts["once"]["fired"], 1)
        self.assertEqual(counts["all"]["fired"], 3)
        self.assertEqual({run["missed"] for run in server.get(f"{PATH}/once/runs").json()["items"]} - {2, 3}, set())


class Questions(ScheduleCase):
    def test_next_times_in_a_zone(self):
        answer = self.server.post(f"{PATH}/next", {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "from": "2026-03-28T12:00:00.000Z",
                                                   "count": 2}, BROKER)
        self.assertEqual(answer.json(), {"times": [{"utc": "2026-03-29T01:00:00.000Z", "local": "2026-03-29T03:00:00+02:00"},
                                                   {"utc": "2026-03-30T00:30:00.000Z", "local": "2026-03-30T02:30:00+02:00"}],
                                         "truncated": False})

    def test_a_bad_expression_is_a_verdict(self):
        good = self.server.post(f"{PATH}/validate", {"cron": "0 8 L * *"}, BROKER).json()
        self.assertEqual((good["valid"], good["errors"]), (True, []))
        bad = self.server.post(f"{PATH}/validate", {"cron": "0 25 * * *"}, BROKER).json()
        self.assertFalse(bad["valid"])
        self.assertEqual(bad["errors"][0]["pointer"], "/cron")
        self.assert_problem(self.server.post(f"{PATH}/next", {"cron": "0 25 * * *"}, BROKER), 400)

    def test_description(self):
        told = self.server.post(f"{PATH}/describe", {"cron": "0 */6 * * *", "count": 1}, BROKER).json()
        self.assertEqual((told["runs_per_day"], told["shortest_gap_seconds"], told["longest_gap_seconds"]), (4, 21600, 21600))
        self.assertEqual(len(told["next"]["times"]), 1)

    def test_the_next_times_of_a_schedule(self):
        made = self.make(cron="@hourly")
        found = self.server.get(f"{PATH}/{made['name']}/next?count=3", BROKER).json()["times"]
        self.assertEqual(len(found), 3)
        self.assertEqual(found[0]["utc"], made["next_run_at"])


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""`galley schedule`: the command line asks a running server (R71, R121)."""
import json
import unittest

from galley_server import ADMIN, BROKER, OWNER, ServerCase, run_galley, token_of


class Schedules(ServerCase):
    def run_as(self, caller, *arguments):
        return run_galley("schedule", *arguments, "--url", f"http://127.0.0.1:{self.server.port}", GALLEY_TOKEN=token_of(caller))

    def out(self, *arguments, caller=BROKER):
        done = self.run_as(caller, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        return done.stdout.decode()

    def refused(self, *arguments, caller=BROKER, code=1):
        done = self.run_as(caller, *arguments)
        self.assertEqual(done.returncode, code, done)
        return done.stderr.decode()

    def make(self, *more, cron="0 3 * * *"):
        name = f"cli-{next(self.numbers)}"
        self.out("create", name, cron, "echo", *more)
        return name

    def shown(self, name, caller=BROKER):
        return json.loads(self.out("show", name, "--json", caller=caller))

    def test_create_says_when_it_fires_next(self):
        text = self.out("create", "said", "30 2 * * mon-fri", "echo", "--tz", "Europe/Oslo")
        self.assertRegex(text, r"^said: At 02:30 on Monday to Friday; next at \d{4}-")
        name = self.make("--input", '{"n": 1}', "--options", '{"queue": "reports", "priority": 9}', "--missed", "all", "--overlap", "skip",
                         "--description", "Ticks", "--paused", "--seconds-first", cron="*/10 * * * * *")
        made = self.shown(name)
        self.assertEqual(made["task"], {"task_type": "echo", "input": {"n": 1}, "queue": "reports", "priority": 9, "max_attempts": None,
                                        "timeout_seconds": None})
        self.assertEqual((made["missed_runs"], made["overlap"], made["description"], made["paused"], made["seconds_first"]),
                         ("all", "skip", "Ticks", True, True))

    def test_what_is_wrong_is_said(self):
        self.assertIn("/cron", self.refused("create", "bad", "61 * * * *", "echo"))
        self.assertIn("/task/task_type", self.refused("create", "bad", "@daily", "no_such_kind"))
        self.refused("create", "bad", "@daily", "echo", "--input", "{")
        self.assertIn("--options", self.refused("create", "bad", "@daily", "echo", "--options", "[]"))
        self.refused("create", "bad", "@daily", "echo", "--missed", "some", code=2)
        self.assertIn("not_found", self.refused("show", "bad"))

    def test_a_name_is_taken_once_unless_it_is_replaced(self):
        name = self.make()
        self.assertIn(name, self.refused("create", name, "@daily", "echo"))
        self.out("create", name, "0 5 * * *", "echo", "--replace")
        self.assertEqual(self.shown(name)["cron"], "0 5 * * *")

    def test_the_list_is_a_table_or_json(self):
        names = sorted(self.make() for _ in range(3))
        lines = self.out("list").splitlines()
        self.assertEqual(lines[0].split(), ["SCHEDULE", "CRON", "ZONE", "PAUSED", "NEXT", "LAST", "FIRED", "MISSED", "BY"])
        listed = [line.split()[0] for line in lines[1:]]
        self.assertEqual([name for name in listed if name in names], names)
        self.assertEqual(len(json.loads(self.out("list", "--limit", "2", "--json"))), 2)
        self.out("pause", names[0])
        self.assertIn(names[0], [item["name"] for item in json.loads(self.out("list", "--paused", "--json"))])
        self.assertNotIn(names[1], self.out("list", "--paused"))
        self.assertEqual(json.loads(self.out("list", "--json", caller=OWNER)), [])

    def test_pause_resume_run_history_delete(self):
        names = [self.make(), self.make()]
        self.assertEqual(self.out("pause", *names), "".join(f"{name} is paused\n" for name in names))
        self.assertRegex(self.out("resume", names[0]), rf"^{names[0]} goes on; next at \d{{4}}-")
        run = json.loads(self.out("run", names[0], "--json"))
        self.assertEqual(run["outcome"], "fired_by_hand")
        self.assertEqual(self.server.get(f"/api/v1/tasks/{run['task_id']}?wait=60", BROKER).json()["status"], "completed")
        history = self.out("history", names[0]).splitlines()
        self.assertEqual(history[0].split(), ["RUN", "OUTCOME", "DUE", "MISSED", "TASK", "ERROR"])
        self.assertIn(run["task_id"], history[1])
        self.assertEqual(json.loads(self.out("history", names[1], "--json")), [])
        self.assertEqual(self.out("delete", names[0]), f"{names[0]} is removed\n")
        error = self.refused("delete", names[0], names[1])
        self.assertIn(names[0], error)
        self.assertNotIn(names[1], error, "what is left is done all the same")
        self.assertIn("not_found", self.refused("show", names[1]))

    def test_another_callers_schedule_is_the_administrators_too(self):
        name = self.make()
        self.assertIn("not_found", self.refused("pause", name, caller=OWNER))
        self.assertTrue(json.loads(self.out("pause", name, "--json", caller=ADMIN))["paused"])


if __name__ == "__main__":
    unittest.main()

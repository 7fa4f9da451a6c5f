#!/usr/bin/python3
"""`galley task` and `galley queue`: the command line asks a running server (R121)."""
import json
import unittest

from galley_server import ADMIN, BROKER, ServerCase, run_galley, token_of


class Remote(ServerCase):
    def run_as(self, caller, *arguments):
        return run_galley(*arguments, "--url", f"http://127.0.0.1:{self.server.port}", GALLEY_TOKEN=token_of(caller))

    def out(self, *arguments, caller=BROKER):
        done = self.run_as(caller, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        return done.stdout.decode()

    def refused(self, *arguments, caller=BROKER, code=1):
        done = self.run_as(caller, *arguments)
        self.assertEqual(done.returncode, code, done)
        return done.stderr.decode()


class Tasks(Remote):
    def test_enqueue_waits_and_shows(self):
        done = json.loads(self.out("task", "enqueue", "echo", "--input", '{"n": 1}', "--options", '{"priority": 9, "tags": ["cli"]}',
                                   "--wait", "60", "--json"))
        self.assertEqual((done["status"], done["result"], done["priority"], done["tags"]), ("completed", {"n": 1}, 9, ["cli"]))
        self.assertIn("completed", self.out("task", "show", done["task_id"]))
        self.assertEqual(json.loads(self.out("task", "log", done["task_id"], "--json")), [])

    def test_the_list_is_a_table_or_json(self):
        ids = [self.server.make_task(tags=["table"]) for _ in range(3)]
        lines = self.out("task", "list", "--tag", "table").splitlines()
        self.assertEqual(lines[0].split(), ["TASK", "TYPE", "STATUS", "%", "QUEUE", "ATTEMPT", "CREATED", "BY"])
        self.assertEqual([line.split()[0] for line in lines[1:]], ids[::-1])
        self.assertEqual(len(json.loads(self.out("task", "list", "--tag", "table", "--limit", "2", "--json"))), 2)

    def test_cancel_retry_close(self):
        waiting = self.server.make_task(delay_seconds=3600)
        self.assertEqual(self.out("task", "cancel", waiting), f"{waiting} is cancelled\n")
        self.assertIn(waiting, self.refused("task", "retry", waiting))
        opened = self.server.make_task(open=True)
        self.assertIn(opened, self.out("task", "close", opened))

    def test_bulk(self):
        for _ in range(3):
            self.server.make_task(tags=["cli-bulk"], delay_seconds=3600)
        self.assertEqual(json.loads(self.out("task", "bulk", "cancel", "--tag", "cli-bulk", "--json")), {"matched": 3, "changed": 3, "next": None})
        self.assertIn("filter", self.refused("task", "bulk", "cancel"))
        self.refused("task", "bulk", "burn", "--tag", "x", code=2)

    def test_bad_json_is_said_before_anything_is_sent(self):
        for arguments in (("--input", "{"), ("--options", "[]"), ("--options", "{")):
            self.refused("task", "enqueue", "echo", *arguments)


class Queues(Remote):
    def test_set_show_pause_and_list(self):
        made = json.loads(self.out("queue", "set", "cli", "--running-max", "4", "--rate-per-key", "100/60s", "--json", caller=ADMIN))
        self.assertEqual((made["running_max"], made["rate_per_key"]), (4, {"starts": 100, "per_seconds": 60}))
        for word, mode in (("pause", "paused"), ("drain", "draining"), ("resume", "open")):
            self.assertEqual(json.loads(self.out("queue", word, "cli", "--json", caller=ADMIN))["mode"], mode)
        self.assertIn("cli", self.out("queue", "list", caller=ADMIN))
        self.assertIn("running_max", self.out("queue", "show", "cli", caller=ADMIN))

    def test_what_is_no_rate_and_who_may_not(self):
        for rate in ("100", "x/5s", "5/s5", "/s", "5/1.s.s"):
            self.assertIn("100/60s", self.refused("queue", "set", "cli", "--rate", rate, caller=ADMIN), rate)
        self.assertIn("forbidden", self.refused("queue", "pause", "cli"))


if __name__ == "__main__":
    unittest.main()

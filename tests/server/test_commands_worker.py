#!/usr/bin/python3
"""`galley worker`: any program is a worker; its ends, cancel, restarts of the server, a graceful stop."""
import json
import os
import signal
import subprocess
import unittest

from galley_server import ADMIN, BINARY, BROKER, PATIENCE_SECONDS, Caller, ServerCase, environment, run_galley, token_of

WORKER = Caller("worker@galley.example", "worker", "Worker")


class WorkerCase(ServerCase):
    def setUp(self):
        self.kind = f"kind{next(self.numbers)}"
        self.made = self.server.post("/api/v1/kinds", {"kinds": [{"name": self.kind}]}, WORKER)

    def command(self, *arguments, kind=None):
        return [BINARY, "worker", "run", "--url", f"http://127.0.0.1:{self.server.port}", "--kind", kind or self.kind, *arguments]

    def drain(self, script, *flags):
        """Runs a worker until nothing is ready; what it wrote to standard error."""
        done = subprocess.run(self.command("--drain", *flags, "--", "sh", "-c", script), capture_output=True, timeout=PATIENCE_SECONDS, check=False,
                              env=environment(GALLEY_TOKEN=token_of(WORKER), GALLEY_JWT_SECRET="not for programs, whatever they are"))
        self.assertEqual(done.returncode, 0, done)
        return done.stderr.decode(errors="replace")

    def start(self, script, *flags):
        """A worker that runs until it is told to stop; its standard error is a pipe."""
        process = subprocess.Popen(self.command(*flags, "--", "sh", "-c", script), stderr=subprocess.PIPE, env=environment(GALLEY_TOKEN=token_of(WORKER)))
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        process.stderr.close()

    def read_until(self, process, part):
        for line in iter(process.stderr.readline, b""):
            if part in line.decode():
                return line.decode()
        self.fail(f"the worker ended before it said {part}")

    def task(self, **fields):
        return self.server.make_task(task_type=self.kind, **fields)

    def get(self, task, query=""):
        return self.server.get(f"/api/v1/tasks/{task}{query}", BROKER).json()


class EndsTest(WorkerCase):
    def test_input_goes_in_and_the_result_comes_out(self):
        ids = [self.task(input={"n": n}) for n in range(5)]
        said = self.drain("echo working >&2; cat", "--slots", "2")
        self.assertEqual([self.get(task)["result"] for task in ids], [{"n": n} for n in range(5)])
        self.assertIn(f"{ids[0]} | working\n", said)
        self.assertIn(f"{ids[0]} | complete: completed\n", said)

    def test_the_program_is_told_of_its_task_and_of_no_secret(self):
        task = self.task(max_attempts=4)
        self.drain("""printf '["%s","%s","%s","%s","%s"]' "$GALLEY_TASK_ID" "$GALLEY_TASK_TYPE" "$GALLEY_ATTEMPT/$GALLEY_MAX_ATTEMPTS" "$GALLEY_CREATED_BY" """
                   '"$GALLEY_TOKEN$GALLEY_JWT_SECRET"')
        self.assertEqual(self.get(task)["result"], [task, self.kind, "1/4", BROKER.email, ""])

    def test_every_end(self):
        for script, status, error in (("exit 65", "failed", "the program ended with exit code 65"),
                                      ("echo no room >&2; exit 64", "failed", "the program ended with exit code 64: no room"),
                                      ("echo nonsense", "failed", "the program's output is not JSON"),
                                      ("exit 1", "scheduled", "the program ended with exit code 1"),
                                      ("echo '@retry 3600' >&2; exit 75", "scheduled", "the program ended with exit code 75"),
                                      ("echo '@snooze 3600' >&2; exit 75", "scheduled", None)):
            with self.subTest(script=script):
                task = self.task(backoff={"base_seconds": 3600, "max_seconds": 3600})
                self.drain(script)
                seen = self.get(task)
                self.assertEqual(seen["status"], status, seen)
                if status == "failed":
                    self.assertTrue(seen["error"].startswith(error), seen)
                elif error:
                    attempts = self.server.get(f"/api/v1/tasks/{task}/attempts", BROKER).json()["items"]
                    self.assertEqual([attempt["error"] for attempt in attempts], [error])
                else:
                    self.assertEqual(seen["attempt"], 0)
                self.server.post(f"/api/v1/tasks/{task}/cancel", caller=BROKER)

    def test_a_program_that_crashes_three_times_is_quarantined(self):
        task = self.task(max_attempts=10)
        self.drain("kill -SEGV $$")
        seen = self.get(task)
        self.assertEqual(seen["status"], "failed")
        self.assertIn("SIGSEGV", seen["error"])

    def test_output_without_an_end_fails_it(self):
        task = self.task()
        self.drain("exec yes", "--output-max", "1", "--kill-after", "0")
        self.assertIn("longer than allowed", self.get(task)["error"])

    def test_a_program_that_cannot_be_run_costs_no_attempt(self):
        task = self.task()
        done = subprocess.run(self.command("--drain", "--", "no-such-program-anywhere"), capture_output=True, timeout=PATIENCE_SECONDS, check=False,
                              env=environment(GALLEY_TOKEN=token_of(WORKER)))
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(b"cannot run no-such-program-anywhere", done.stderr)
        self.assertEqual((self.get(task)["status"], self.get(task)["attempt"]), ("pending", 0))


class LiveTest(WorkerCase):
    # Speaks up, then waits until it is asked to stop. No child of its own holds a pipe.
    WAITS = "trap 'exit 143' TERM; echo '@progress 40 half of it' >&2; echo ready >&2; while :; do sleep 0.05; done"

    def test_progress_is_shown_and_cancel_reaches_the_program(self):
        process = self.start(self.WAITS, "--lease", "1")
        task = self.task()
        self.read_until(process, f"{task} | ready")
        seen = self.get(task)
        while seen["progress"] != 40:
            self.assertEqual(seen["status"], "running", seen)
            seen = self.get(task)
        self.assertEqual(seen["message"], "half of it")
        self.server.post(f"/api/v1/tasks/{task}/cancel", caller=BROKER)
        self.read_until(process, f"{task} | fail: cancelled")
        self.assertEqual(self.get(task)["status"], "cancelled")

    def test_lines_for_the_log_are_told_while_it_runs_and_with_the_end(self):
        gate = self.server.folder / f"gate-{self.kind}"
        os.mkfifo(gate)
        self.start(f"echo '@log first' >&2; echo '@log second' >&2; cat {gate}; echo '@log third' >&2; exit 65")
        task = self.task()
        while len(self.log_of(task)) < 2:
            self.assertIn(self.get(task)["status"], ("pending", "running"))
        gate.write_bytes(b"")
        while self.get(task)["status"] != "failed":
            pass
        self.assertEqual(self.log_of(task), ["first", "second", "third"])
        self.assertEqual(self.get(task)["error"], "the program ended with exit code 65")

    def log_of(self, task):
        return [line["text"] for line in self.server.get(f"/api/v1/tasks/{task}/log", BROKER).json()["items"]]

    def test_a_program_that_does_not_listen_is_killed(self):
        process = self.start("trap '' TERM; echo ready >&2; while :; do sleep 0.05; done", "--lease", "1", "--kill-after", "0")
        task = self.task()
        self.read_until(process, f"{task} | ready")
        self.server.post(f"/api/v1/tasks/{task}/cancel", caller=BROKER)
        self.read_until(process, f"{task} | fail: cancelled")

    def test_a_stop_lets_what_runs_finish(self):
        gate = self.server.folder / f"gate-{self.kind}"
        os.mkfifo(gate)
        process = self.start(f"echo ready >&2; cat {gate}")
        task, second = self.task(), self.task()
        self.read_until(process, f"{task} | ready")
        process.send_signal(signal.SIGTERM)
        gate.write_text('"done"', encoding="utf-8")
        self.assertEqual(process.wait(PATIENCE_SECONDS), 0)
        self.assertEqual((self.get(task)["status"], self.get(task)["result"]), ("completed", "done"))
        self.assertEqual(self.get(second)["status"], "pending")

    def test_a_stop_without_grace_puts_what_runs_back_uncounted(self):
        process = self.start(self.WAITS, "--grace", "0")
        task = self.task()
        self.read_until(process, f"{task} | ready")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE_SECONDS), 0)
        self.assertEqual((self.get(task)["status"], self.get(task)["attempt"]), ("pending", 0))

    def test_an_idle_worker_stops_at_once(self):
        process = self.start("cat")
        self.read_until(process, "serves " + self.kind)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE_SECONDS), 0)

    def test_its_work_outlives_a_kill_of_the_server(self):
        server = self.own_server()
        gate = server.folder / "gate"
        os.mkfifo(gate)
        port = server.port
        command = [BINARY, "worker", "run", "--url", f"http://127.0.0.1:{port}", "--kind", "k", "--lease", "60", "--", "sh", "-c", f"echo ready >&2; cat {gate}"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(GALLEY_TOKEN=token_of(WORKER)))
        self.addCleanup(self.end, process)
        server.post("/api/v1/kinds", {"kinds": [{"name": "k"}]}, WORKER)
        task = server.make_task(task_type="k")
        self.read_until(process, f"{task} | ready")
        server.kill()
        gate.write_text("[1]", encoding="utf-8")
        self.read_until(process, f"{task} | complete: unavailable")
        server.listen = f"127.0.0.1:{port}"
        server.start()
        seen = server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()
        self.assertEqual((seen["status"], seen["result"], seen["attempt"]), ("completed", [1], 1))


class ListTest(WorkerCase):
    def run_as(self, caller, *arguments):
        return run_galley("worker", *arguments, "--url", f"http://127.0.0.1:{self.server.port}", GALLEY_TOKEN=token_of(caller))

    def test_workers_and_kinds_are_listed(self):
        self.task()
        self.drain("cat", "--name", "w-" + self.kind)
        lines = self.run_as(ADMIN, "list").stdout.decode().splitlines()
        self.assertEqual(lines[0].split()[:4], ["WORKER", "CALLER", "CLIENT", "ADDRESS"])
        workers = {worker["worker"]: worker for worker in json.loads(self.run_as(ADMIN, "list", "--json").stdout)}
        worker = workers["w-" + self.kind]
        self.assertEqual((worker["caller"], worker["kinds"], worker["completed"]), (WORKER.email, [self.kind], 1))
        self.assertTrue(worker["client"].startswith("galley-worker/"))
        kinds = {kind["name"]: kind for kind in json.loads(self.run_as(BROKER, "kinds", "--json").stdout)}
        self.assertEqual(kinds[self.kind]["served_by"], "workers")

    def test_what_is_refused_or_wrong_is_said(self):
        self.assertEqual(self.run_as(BROKER, "list").returncode, 1)
        self.assertEqual(run_galley("worker", "run", "--", "cat").returncode, 2)
        self.assertEqual(run_galley("worker", "run", "--kind", "k").returncode, 2)
        self.assertEqual(run_galley("worker", "run", "--kind", "k", "--slots", "0", "--", "cat").returncode, 2)
        refused = subprocess.run(self.command("--", "cat"), capture_output=True, timeout=PATIENCE_SECONDS, check=False,
                                 env=environment(GALLEY_TOKEN=token_of(BROKER)))
        self.assertEqual(refused.returncode, 1)
        self.assertIn(b"403", refused.stderr)
        taken = subprocess.run(self.command("--", "cat", kind="echo"), capture_output=True, timeout=PATIENCE_SECONDS, check=False,
                               env=environment(GALLEY_TOKEN=token_of(WORKER)))
        self.assertEqual(taken.returncode, 1)
        self.assertIn(b"409", taken.stderr)


if __name__ == "__main__":
    unittest.main()

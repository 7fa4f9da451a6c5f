#!/usr/bin/python3
"""The Python client against the real binary: a producer, workers in threads and processes, stops, crashes and restarts."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "tests" / "server")]

from galley import ApiError, Client, NewTask, TaskFailed, TaskNotFinished, Unreachable  # noqa: E402
from galley_server import PATIENCE_SECONDS, Caller, Server, token_of  # noqa: E402

WORKER = Caller("worker@machines.example", "worker", "")


class ClientCase(unittest.TestCase):
    target = "shop:worker"

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        self.folder = tempfile.TemporaryDirectory(prefix="galley-client-")
        self.addCleanup(self.folder.cleanup)
        self.client = self.client_of(WORKER)

    def client_of(self, caller, **options):
        return Client(f"http://127.0.0.1:{self.server.port}", token_of(caller), **options)

    def file(self, name):
        return os.path.join(self.folder.name, name)

    def start_worker(self, *flags):
        """A worker process of its own, once it is there."""
        env = dict(os.environ, GALLEY_URL=f"http://127.0.0.1:{self.server.port}", GALLEY_TOKEN=token_of(WORKER), PYTHONPATH=str(HERE.parent))
        name = f"w{len(self.workers)}"
        log = open(self.file(name + ".log"), "wb")
        self.addCleanup(log.close)
        process = subprocess.Popen([sys.executable, "-m", "galley.worker", self.target, "--name", name, *flags], cwd=HERE, env=env, stderr=log, stdout=log)
        self.workers.append(process)
        self.addCleanup(self.end_worker, process)
        while not self.seen(name):
            self.assertIsNone(process.poll(), self.worker_log(name))
        return process

    @property
    def workers(self):
        return self.__dict__.setdefault("started", [])

    def seen(self, name):
        return [item for item in self.server.get("/api/v1/workers").json()["items"] if item["worker"] == name]

    def worker_log(self, name="w0"):
        log = pathlib.Path(self.file(name + ".log"))
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    @staticmethod
    def end_worker(process):
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE_SECONDS)

    def stop_worker(self, process):
        process.send_signal(signal.SIGTERM)
        return process.wait(PATIENCE_SECONDS)

    def run(self, result=None):
        """Says what worker and server said when a test fails."""
        result = result or self.defaultTestResult()
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(f"---- {self.id()}\n{self.logs}", file=sys.stderr)

    def tearDown(self):
        self.logs = "".join(self.worker_log(f"w{i}") for i in range(len(self.workers))) + self.server.log()

    def hold(self):
        """A task whose handler has begun: before that, a worker that dies may not know of it."""
        ref = self.client.enqueue("shop.hold", self.file("go"))
        while not os.path.exists(self.file(f"go-{ref.id}")):
            pass
        return ref

    def wait_until(self, task_id, status):
        while self.client.get(task_id).status != status:
            pass


class Producer(ClientCase):
    def test_what_is_enqueued_is_there(self):
        self.client.declare("k", {"name": "other", "max_attempts": 7})
        ref = self.client.enqueue("k", {"n": 1}, queue="q", priority=7, delay=3600, max_attempts=2, timeout=5)
        task = self.client.get(ref.id)
        self.assertEqual((task.kind, task.status, task.raw["queue"], task.raw["priority"], task.raw["max_attempts"]), ("k", "scheduled", "q", 7, 2))
        self.assertEqual(self.client.get(self.client.enqueue("other").id).raw["max_attempts"], 7)

    def test_a_batch_is_all_or_nothing(self):
        with self.assertRaises(ApiError) as refused:
            self.client.enqueue_many([NewTask("echo", 1), NewTask("nobodys", 2)])
        self.assertEqual(refused.exception.status, 400)
        self.assertEqual(refused.exception.errors[0]["pointer"], "/tasks/1/task_type")
        refs = self.client.enqueue_many(NewTask("echo", n) for n in range(300))
        self.assertEqual([self.client.result(ref.id, 60) for ref in refs[:3]], [0, 1, 2])
        self.assertEqual(len(self.client.get_many([ref.id for ref in refs])), 300)
        self.assertEqual(len(list(self.client.list(task_type="echo"))), 300)

    def test_one_key_enqueues_once(self):
        refs = [self.client.enqueue("echo", 1, idempotency_key="the-key") for _ in range(3)]
        self.assertEqual(len({ref.id for ref in refs}), 1)

    def test_waiting_ends_with_the_task_or_the_time(self):
        self.client.declare("k")
        ref = self.client.enqueue("k")
        with self.assertRaises(TaskNotFinished):
            self.client.result(ref.id, 0)
        self.assertEqual(self.client.cancel(ref.id).status, "cancelled")
        with self.assertRaises(TaskFailed) as failed:
            self.client.result(ref.id, 60)
        self.assertEqual(failed.exception.status, "cancelled")

    def test_a_kept_connection_that_the_server_closed_is_opened_again(self):
        self.client.enqueue("echo")
        port = self.server.port
        self.server.stop()
        self.server.listen = f"127.0.0.1:{port}"
        self.server.start()
        self.assertEqual(self.client.result(self.client.enqueue("echo", 5).id, 60), 5)

    def test_a_server_that_is_not_there_is_unreachable(self):
        client = Client("http://127.0.0.1:1", "x", retries=0)
        with self.assertRaises(Unreachable):
            client.get("task")
        self.assertRaises(ValueError, Client, "ftp://nowhere")


class Threads(ClientCase):
    flags = ()

    def setUp(self):
        super().setUp()
        self.process = self.start_worker(*self.flags)

    def test_results_failures_retries_and_snoozes(self):
        run = self.client.enqueue
        self.assertEqual(self.client.result(run("shop.add", {"a": 2, "b": 3}).id, 60), 5)
        self.assertEqual(self.client.result(run("shop.flaky", 3).id, 60), 3)
        self.assertEqual(self.client.result(run("shop.later", self.file("later")).id, 60), 1)
        for kind, error in (("shop.broken", "bad input"), ("shop.raises", "ValueError: what a pity"), ("shop.unspeakable", "not JSON serializable")):
            with self.assertRaises(TaskFailed) as failed:
                self.client.result(run(kind).id, 60)
            self.assertIn(error, str(failed.exception))

    def test_many_tasks_run_once_each(self):
        refs = self.client.enqueue_many(NewTask("shop.add", {"a": n, "b": 1}) for n in range(500))
        self.assertEqual([self.client.result(ref.id, 60) for ref in refs], list(range(1, 501)))
        self.assertTrue(all(task.attempt == 1 for task in self.client.get_many([ref.id for ref in refs])))

    def test_progress_is_seen_and_a_cancel_reaches_the_handler(self):
        ref = self.client.enqueue("shop.steps")
        while self.client.get(ref.id).progress != 30:
            pass
        self.assertEqual(self.client.get(ref.id).message, "a third")
        self.client.cancel(ref.id)
        self.assertEqual(self.client.wait(ref.id, 60).status, "cancelled")

    def test_lines_of_the_log_are_told_while_it_runs_and_with_the_end(self):
        ref = self.client.enqueue("shop.speaks", self.file("told"))
        while [line.text for line in self.client.log(ref.id)][-1:] != ["line 299"]:
            pass
        self.assertEqual([line.text for line in self.client.log(ref.id)], [f"line {n}" for n in range(100, 300)])
        open(self.file("told"), "w").close()
        self.client.result(ref.id, 60)
        log = self.client.log(ref.id)
        self.assertEqual([(line.attempt, line.text) for line in log[-2:]], [(1, "line 299"), (1, "told ?" + "x" * 994)])

    def test_a_stop_lets_running_tasks_end_and_puts_the_others_back(self):
        running = [self.hold() for _ in range(2)]
        more = [self.client.enqueue("shop.hold", self.file("go")) for _ in range(2)]
        for ref in more:
            self.wait_until(ref.id, "running")  # leased ahead
        self.process.send_signal(signal.SIGTERM)
        for ref in more:
            self.wait_until(ref.id, "pending")
        open(self.file("go"), "w").close()
        self.assertEqual(self.process.wait(PATIENCE_SECONDS), 0, self.worker_log())
        self.assertEqual([self.client.get(ref.id).status for ref in running], ["completed"] * 2)
        self.assertEqual([self.client.get(ref.id).attempt for ref in more], [0, 0])

    def test_a_killed_workers_tasks_are_done_by_another(self):
        ref = self.hold()
        self.process.kill()
        self.process.wait()
        self.start_worker(*self.flags)
        open(self.file("go"), "w").close()
        self.assertEqual(self.client.result(ref.id, 60), 2)

    def test_a_restart_of_the_server_disturbs_no_task(self):
        ref = self.hold()
        port = self.server.port
        self.server.kill()
        self.server.listen = f"127.0.0.1:{port}"
        self.server.start()
        open(self.file("go"), "w").close()
        task = self.client.wait(ref.id, 60)
        self.assertEqual((task.status, task.result, task.attempt), ("completed", 1, 1))
        self.assertEqual(self.client.result(self.client.enqueue("shop.add", {"a": 1, "b": 1}).id, 60), 2)


class Processes(Threads):
    flags = ("--processes", "2")

    def test_handlers_run_in_processes_of_their_own(self):
        pids = {self.client.result(self.client.enqueue("shop.pid").id, 60) for _ in range(20)}
        self.assertNotIn(self.process.pid, pids)
        self.assertLessEqual(len(pids), 2)

    def test_a_process_that_dies_is_known_at_once_and_replaced(self):
        self.assertEqual(self.client.result(self.client.enqueue("shop.crash", 2).id, 60), 2)
        with self.assertRaises(TaskFailed) as failed:
            self.client.result(self.client.enqueue("shop.crash", 9).id, 60)
        self.assertIn("signal 9", str(failed.exception))
        self.assertEqual(self.client.result(self.client.enqueue("shop.add", {"a": 1, "b": 1}).id, 60), 2)


class CommandLine(unittest.TestCase):
    def run_worker(self, *arguments):
        return subprocess.run([sys.executable, "-m", "galley.worker", *arguments], cwd=HERE, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
                              env=dict(os.environ, PYTHONPATH=str(HERE.parent)))

    def test_help_has_examples_and_no_warning(self):
        done = self.run_worker("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("python3 -m galley.worker shop.celery:app --processes 4", done.stdout)

    def test_a_name_that_is_not_there_is_said(self):
        done = self.run_worker("shop:nothing")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("shop has no nothing", done.stderr)


if __name__ == "__main__":
    unittest.main()

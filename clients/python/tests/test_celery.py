#!/usr/bin/python3
"""A Celery application on Galley: celery_shop.py with its import changed, and what only shows in the queue."""
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from test_client import HERE, PATIENCE_SECONDS, WORKER, ClientCase, token_of

IMPORT = "from celery import"
CELERY_PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's Celery
OURS = "from galley.compat.celery import"


class CeleryCase(ClientCase):
    target = "shop_on_galley:app"

    def setUp(self):
        super().setUp()
        original = (HERE / "celery_shop.py").read_text(encoding="utf-8")
        self.assertEqual(original.count(IMPORT), 1)
        pathlib.Path(self.file("shop_on_galley.py")).write_text(original.replace(IMPORT, OURS), encoding="utf-8")
        self.environment = dict(os.environ, GALLEY_URL=f"http://127.0.0.1:{self.server.port}", GALLEY_TOKEN=token_of(WORKER),
                                PYTHONPATH=f"{HERE.parent}:{self.folder.name}", PYTHONDONTWRITEBYTECODE="1")
        os.environ["PYTHONPATH"] = self.environment["PYTHONPATH"]

    def start_worker(self, *flags):
        name = f"w{len(self.workers)}"
        log = open(self.file(name + ".log"), "wb")
        self.addCleanup(log.close)
        process = subprocess.Popen([sys.executable, "-m", "galley.worker", self.target, "--name", name, *flags], cwd=self.folder.name, env=self.environment,
                                   stderr=log, stdout=log)
        self.workers.append(process)
        self.addCleanup(self.end_worker, process)
        while not self.seen(name):
            self.assertIsNone(process.poll(), self.worker_log(name))
        return process

    def python(self, code):
        """Runs code beside the application, as a producer of its own; gives what it printed."""
        done = subprocess.run([sys.executable, "-c", f"from shop_on_galley import *\n{code}"], cwd=self.folder.name, env=self.environment, capture_output=True,
                              text=True, timeout=PATIENCE_SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stderr + self.worker_log())
        return done.stdout.strip()


STORY = "import json, pathlib, tempfile\nfor step in story(tempfile.mkdtemp(dir={folder!r})):\n    print(json.dumps(step))"


class Application(CeleryCase):
    """celery_shop.py tells what it sees of its queue: the same on Celery with Redis and, with the import changed, on Galley."""

    def story(self):
        return [json.loads(line) for line in self.python(STORY.format(folder=self.folder.name)).splitlines()]

    @classmethod
    def setUpClass(cls):
        cls.expected = RealCelery().story()

    def test_it_sees_in_threads_what_it_sees_on_celery(self):
        self.start_worker("--threads", "4")
        self.assertEqual(self.story(), self.expected)

    def test_it_sees_in_processes_what_it_sees_on_celery(self):
        self.start_worker("--processes", "2")
        self.assertEqual(self.story(), self.expected)


class RealCelery:
    """The application as it stands: Debian's Celery, and a Redis of its own on a socket in a folder of its own."""

    def story(self):
        with tempfile.TemporaryDirectory(prefix="galley-celery-") as folder:
            self.environment = dict(os.environ, SHOP_BROKER=f"redis+socket://{folder}/redis", SHOP_BACKEND=f"redis+socket://{folder}/redis?virtual_host=1",
                                    PYTHONPATH=str(HERE), PYTHONDONTWRITEBYTECODE="1")
            redis = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", "redis", "--save", "", "--dir", folder], cwd=folder,
                                     stdout=subprocess.PIPE, text=True)
            try:
                for line in redis.stdout:
                    if "ready to accept connections" in line.lower():
                        break
                return self.with_worker(folder)
            finally:
                redis.kill()
                redis.wait()
                redis.stdout.close()

    def with_worker(self, folder):
        log = open(os.path.join(folder, "worker.log"), "wb")
        worker = subprocess.Popen([CELERY_PYTHON, "-m", "celery", "-A", "celery_shop", "worker", "-c", "4", "-Q", "shop,mail", "--without-mingle",
                                   "--without-gossip"], cwd=folder, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        try:
            done = subprocess.run([CELERY_PYTHON, str(HERE / "celery_shop.py"), folder], cwd=folder, env=self.environment, capture_output=True, text=True,
                                  timeout=2 * PATIENCE_SECONDS, check=False)
            if done.returncode != 0:
                raise AssertionError(done.stdout + done.stderr + pathlib.Path(folder, "worker.log").read_text(encoding="utf-8"))
            return [json.loads(line) for line in done.stdout.splitlines()]
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            log.close()


class Details(CeleryCase):
    def test_what_is_sent_before_a_worker_runs_is_done_later(self):
        task_id = self.python("print(add.delay(2, 2).id)")
        self.start_worker()
        self.assertEqual(self.client.result(task_id, 60), 4)

    def test_revoked_and_expired_tasks_do_not_run(self):
        revoked, expired = self.python("""
result = add.delay(1, 1)
result.revoke()
import time
late = add.apply_async((1, 1), expires=0.01)
time.sleep(0.02)
print(result.id, late.id)""").split()
        self.start_worker()
        self.assertEqual(self.client.wait(expired, 60).status, "cancelled")
        self.assertEqual(self.python(f"print(app.AsyncResult('{revoked}').state)"), "REVOKED")

    def test_a_chain_and_a_chord_outlive_their_producer_and_a_worker_that_dies(self):
        last, end = self.python("""
print(chain(add.s(1, 2), add.s(3)).apply_async().id, chord([add.s(1, 1), add.s(2, 2)], total.s()).apply_async().id)""").split()
        lease = self.server.post("/api/v1/worker/lease", {"worker": "dies", "kinds": ["shop.add"], "queues": ["shop"], "lease_seconds": 300}, WORKER).json()["tasks"][0]
        self.server.post(f"/api/v1/worker/tasks/{lease['task_id']}/fail", {"worker": "dies", "attempt": 1, "error": "died", "outcome": "crash"}, WORKER)
        self.assertEqual([self.client.get(task_id).status for task_id in (last, end)], ["scheduled", "scheduled"])
        self.start_worker()
        self.assertEqual([self.client.result(task_id, 60) for task_id in (last, end)], [6, 6])
        self.assertEqual(len(list(self.client.list(task_type="shop.add"))), 4)

    def test_a_countdown_in_a_chain_begins_when_it_is_its_turn(self):
        self.start_worker()
        first, second = self.python("""
result = chain(add.s(1, 2), add.s(3).set(countdown=1)).apply_async()
assert result.get(timeout=60) == 6
print(result.parent.id, result.id)""").split()
        first, second = (self.client.get(task_id).raw for task_id in (first, second))
        self.assertGreaterEqual(moment(second["completed_at"]) - moment(first["completed_at"]), 1)

    def test_a_link_error_is_not_called_when_nothing_failed(self):
        self.start_worker()
        self.assertEqual(self.python("""
path = "sorry"
result = add.apply_async((1, 1), link_error=note.s(path, "failed"))
assert result.get(timeout=60) == 2
while any(not task.finished for task in app.client.list(task_type="shop.note")):
    pass
print(os.path.exists(path))"""), "False")

    def test_one_id_is_one_task_for_as_long_as_it_has_not_ended(self):
        first, second = self.python("""
for _ in range(2):
    add.apply_async((1, 1), task_id="order-17")
    print(app.AsyncResult("order-17")._find())""").split()
        self.assertEqual(first, second)
        self.assertEqual(len(list(self.client.list(task_type="shop.add"))), 1)

    def test_a_workflow_of_a_thousand_tasks_ends_once(self):
        self.start_worker("--threads", "2", "--prefetch", "100")
        self.assertEqual(self.python("print(chord((add.s(n, n) for n in range(1000)), total.s()).apply_async().get(timeout=100))"), "999000")

    def test_what_is_not_offered_is_said(self):
        for call in ("group(add.s(1, 1)).apply_async(task_id='mine')", "add.apply_async((1, 1), link_error=chain(add.s(1), add.s(2)))",
                     "app.AsyncResult('nobody-sent-this').revoke()"):
            self.assertEqual(self.python(f"""
try:
    {call}
except NotImplementedError:
    print("said")"""), "said", call)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


if __name__ == "__main__":
    unittest.main()

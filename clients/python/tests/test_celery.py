#!/usr/bin/python3
"""A Celery application on Galley: celery_shop.py with its import changed, and what only shows in the queue."""
import os
import pathlib
import subprocess
import sys
import unittest

from test_client import HERE, PATIENCE_SECONDS, WORKER, ClientCase, token_of

IMPORT = "from celery import"
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


class Application(CeleryCase):
    def test_the_application_finds_all_that_it_expects_in_threads(self):
        self.start_worker("--threads", "4")
        self.assertEqual(self.python("check()"), "all as expected")

    def test_the_application_finds_all_that_it_expects_in_processes(self):
        self.start_worker("--processes", "2")
        self.assertEqual(self.python("check()"), "all as expected")


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

    def test_a_chain_whose_worker_dies_between_its_steps_goes_on_once(self):
        first = self.python("""
result = chain(add.s(1, 2), add.s(3)).apply_async()
print(result.id)""")
        lease = self.server.post("/api/v1/worker/lease", {"worker": "dies", "kinds": ["shop.add"], "queues": ["shop"], "lease_seconds": 300}, WORKER).json()["tasks"][0]
        # The worker enqueued what follows, and died before it could say so.
        follower = self.python(f"""
from galley.compat import celery
from galley.worker import TaskContext
for _ in range(2):
    celery.run_task(add, TaskContext({lease!r}, lambda *_: None))""")
        self.assertEqual(follower, "")
        self.server.post(f"/api/v1/worker/tasks/{first}/fail", {"worker": "dies", "attempt": 1, "error": "died", "outcome": "crash"}, WORKER)
        self.start_worker()
        self.assertEqual(self.python(f"result = app.AsyncResult('{first}'); result.hops = 1; print(result.get(timeout=60))"), "6")
        self.assertEqual(len(list(self.client.list(task_type="shop.add"))), 2)

    def test_retries_are_used_up_and_the_exception_is_shown(self):
        self.start_worker()
        self.assertIn("ConnectionError: ann did not answer", self.python("""
try:
    mail.delay("ann", failures=9).get(timeout=60)
except Exception as error:
    print(error)"""))

    def test_a_chord_with_a_failed_member_fails(self):
        self.start_worker()
        self.assertIn("ChordError", self.python("""
try:
    chord([add.s(1, 1), break_down.s()], total.s()).apply_async().get(timeout=60)
except Exception as error:
    print(error)"""))

    def test_what_is_not_offered_is_said(self):
        for call in ("add.apply_async((1, 1), task_id='mine')", "add.apply_async((1, 1), link_error=add.s(1))", "chain(add.s(1, 1), group(add.s(1))).delay()"):
            self.assertEqual(self.python(f"""
try:
    {call}
except NotImplementedError:
    print("said")"""), "said", call)


if __name__ == "__main__":
    unittest.main()

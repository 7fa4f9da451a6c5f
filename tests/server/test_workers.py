#!/usr/bin/python3
"""Workers over HTTP (R52, R56): kinds, leases, heartbeats, ends, and what becomes of tasks whose worker is silent or whose server dies."""
import itertools
import json
import socket
import threading
import unittest

from galley_server import ADMIN, BROKER, OWNER, STAFF, Caller, Server, ServerCase, in_parallel, token_of

WORKER = Caller("worker@machines.example", "worker", "")
OTHER = Caller("other@machines.example", "worker", "")
FOREVER = 300  # a lease that no test outlives


class WorkerCase(ServerCase):
    names = itertools.count()

    def kind(self, **options):
        """A kind of its own for each test, declared."""
        name = f"kind-{next(self.names)}"
        answer = self.server.post("/api/v1/kinds", {"kinds": [{"name": name, **options}]}, WORKER)
        self.assertEqual(answer.status, 200, answer)
        return name

    def lease(self, kind, server=None, worker="w1", caller=WORKER, status=200, **fields):
        body = {"worker": worker, "kinds": [kind], "lease_seconds": FOREVER, "wait_seconds": 30, **fields}
        answer = (server or self.server).post("/api/v1/worker/lease", body, caller)
        self.assertEqual(answer.status, status, answer)
        return answer.json().get("tasks")

    def one(self, kind, **fields):
        leased = self.lease(kind, **fields)
        self.assertEqual(len(leased), 1, leased)
        return leased[0]

    def say(self, call, lease, worker="w1", caller=WORKER, server=None, **fields):
        body = {"worker": worker, "attempt": lease["attempt"], **fields}
        return (server or self.server).post(f"/api/v1/worker/tasks/{lease['task_id']}/{call}", body, caller)

    def assert_fault(self, answer, pointer):
        self.assert_problem(answer, 400)
        self.assertIn(pointer, answer.pointers(), answer)

    def beat(self, leases, worker="w1", caller=WORKER, server=None, **fields):
        tasks = [{"task_id": lease["task_id"], "attempt": lease["attempt"], **fields} for lease in leases]
        answer = (server or self.server).post("/api/v1/worker/heartbeat", {"worker": worker, "tasks": tasks}, caller)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def task(self, task_id, server=None, wait=None):
        answer = (server or self.server).get(f"/api/v1/tasks/{task_id}" + (f"?wait={wait}" if wait else ""))
        self.assertEqual(answer.status, 200, answer)
        return answer.json()


class Kinds(WorkerCase):
    def test_a_task_of_an_unknown_kind_is_refused_with_a_word_on_how_to_declare_it(self):
        answer = self.server.post("/api/v1/tasks", {"task_type": "nobodys"}, BROKER)
        self.assert_fault(answer, "/task_type")
        self.assertIn("POST /api/v1/kinds", answer.json()["errors"][0]["message"])

    def test_a_declared_kind_gives_its_tasks_what_they_leave_out(self):
        kind = self.kind(queue="images", max_attempts=7, timeout_seconds=11)
        task = self.task(self.server.make_task(task_type=kind))
        self.assertEqual((task["queue"], task["max_attempts"], task["status"]), ("images", 7, "pending"))
        self.assertEqual(self.one(kind)["timeout_seconds"], 11)

    def test_declaring_again_changes_what_is_named_and_keeps_the_rest(self):
        kind = self.kind(queue="images", max_attempts=7)
        declared = self.server.post("/api/v1/kinds", {"kinds": [{"name": kind, "max_attempts": 2}]}, WORKER).json()["items"][0]
        self.assertEqual((declared["queue"], declared["max_attempts"], declared["declared_by"]), ("images", 2, WORKER.email))
        listed = {item["name"]: item for item in self.server.get("/api/v1/kinds", BROKER).json()["items"]}
        self.assertEqual(listed[kind], declared)

    def test_a_lease_declares_its_kinds(self):
        self.assertEqual(self.lease("born-by-lease", wait_seconds=0), [])
        self.server.make_task(task_type="born-by-lease")

    def test_what_the_server_runs_itself_is_nobody_elses(self):
        self.assert_problem(self.server.post("/api/v1/kinds", {"kinds": [{"name": "echo"}]}, WORKER), 409)
        self.lease("echo", status=409)

    def test_a_forgotten_kind_takes_no_tasks_and_its_waiting_ones_stay(self):
        kind = self.kind()
        task = self.server.make_task(task_type=kind)
        self.assertEqual(self.server.delete(f"/api/v1/kinds/{kind}").status, 204)
        self.assert_problem(self.server.delete(f"/api/v1/kinds/{kind}"), 404)
        self.assertEqual(self.server.post("/api/v1/tasks", {"task_type": kind}, BROKER).status, 400)
        self.assertEqual(self.one(kind)["task_id"], task)

    def test_faults_are_named(self):
        for body, pointer in (({"kinds": [{"name": "a b"}]}, "/kinds/0/name"), ({"kinds": [{"name": "a", "queue": "/"}]}, "/kinds/0/queue"),
                              ({"kinds": [{"name": "a", "max_attempts": 0}]}, "/kinds/0/max_attempts"), ({"kinds": []}, "/kinds"), ({}, "/kinds")):
            with self.subTest(body):
                self.assert_fault(self.server.post("/api/v1/kinds", body, WORKER), pointer)


class Bounds(WorkerCase):
    flags = ("--workers-kinds-max", "2", "--workers-tasks-max", "3", "--workers-waiting-max", "1", "--workers-known-max", "3",
             "--http-worker-body-bytes-max", "1KiB")

    def test_more_kinds_than_the_limit_are_refused_and_nothing_is_half_done(self):
        kinds = [{"name": name} for name in ("one", "two", "three")]
        self.assert_problem(self.server.post("/api/v1/kinds", {"kinds": kinds}, WORKER), 422)
        self.assertEqual(self.server.get("/api/v1/kinds").json()["items"], [])
        self.assertEqual(self.server.post("/api/v1/kinds", {"kinds": kinds[:2]}, WORKER).status, 200)
        self.assertEqual(self.server.post("/api/v1/kinds", {"kinds": kinds[:2]}, WORKER).status, 200)
        for _ in range(5):
            self.server.make_task(task_type="one")
        with self.subTest("tasks beyond the limit wait"):
            leased = self.lease("one", tasks_max=100)
            self.assertEqual(len(leased), 3)
            self.assertEqual(self.lease("one", wait_seconds=0), [])
            self.assertEqual(self.say("complete", leased[0]).status, 200)
            last = self.lease("one", tasks_max=100)
            self.assertEqual(len(last), 1)
        with self.subTest("a report that is too large"):
            self.assert_problem(self.say("complete", leased[1], result="x" * 2000), 413)
        with self.subTest("more workers than the limit"):
            self.lease("two", worker="w2", wait_seconds=0)
            self.lease("two", worker="w3", wait_seconds=0)
            self.lease("two", worker="w4", wait_seconds=0, status=503)
        for lease in leased[1:] + last:
            self.say("complete", lease)


    def test_more_open_leases_than_the_limit_are_refused(self):
        first = threading.Thread(target=self.lease, args=("one",), kwargs={"worker": "w2", "queues": ["empty"], "wait_seconds": 60})
        first.start()
        while not any(item["waiting"] for item in self.server.get("/api/v1/workers").json()["items"]):
            pass
        self.lease("one", worker="w3", queues=["empty"], status=503)
        self.server.post("/api/v1/kinds", {"kinds": [{"name": "one"}]}, WORKER)
        self.server.make_task(task_type="one", queue="empty")
        first.join()


class Leases(WorkerCase):
    def test_a_task_goes_to_a_worker_and_comes_back_as_a_result(self):
        kind = self.kind()
        made = self.server.make_task(task_type=kind, input={"n": [1, 2.5, None]})
        lease = self.one(kind)
        self.assertEqual((lease["task_id"], lease["attempt"], lease["input"], lease["created_by"]), (made, 1, {"n": [1, 2.5, None]}, BROKER.email))
        self.assertEqual(self.task(made)["status"], "running")
        answer = self.say("complete", lease, result={"sum": 3})
        self.assertEqual((answer.status, answer.json()), (200, {"status": "completed"}))
        task = self.task(made)
        self.assertEqual((task["status"], task["result"], task["progress"]), ("completed", {"sum": 3}, 100))

    def test_an_open_lease_gets_what_is_enqueued_later(self):
        kind = self.kind()
        got = []
        waiting = threading.Thread(target=lambda: got.append(self.lease(kind, wait_seconds=60)))
        waiting.start()
        while not any(item["waiting"] and kind in item["kinds"] for item in self.server.get("/api/v1/workers").json()["items"]):
            pass
        made = self.server.make_task(task_type=kind)
        waiting.join()
        self.assertEqual([lease["task_id"] for lease in got[0]], [made])

    def test_without_tasks_the_answer_is_empty(self):
        self.assertEqual(self.lease(self.kind(), wait_seconds=0), [])
        self.assertEqual(self.lease(self.kind(), wait_seconds=1), [])

    def test_only_the_kinds_and_queues_that_are_asked_for_are_given(self):
        kind, other = self.kind(), self.kind()
        self.server.make_task(task_type=other)
        special = self.server.make_task(task_type=kind, queue="special")
        self.assertEqual(self.lease(kind, wait_seconds=0), [])
        self.assertEqual(self.one(kind, queues=["special"])["task_id"], special)

    def test_many_are_leased_in_order_and_each_once(self):
        kind = self.kind()
        answer = self.server.post("/api/v1/tasks/batch", {"tasks": [{"task_type": kind, "input": i} for i in range(250)]}, BROKER)
        self.assertEqual(answer.status, 202, answer)
        leased = [lease for _ in range(3) for lease in self.lease(kind, tasks_max=100)]
        self.assertEqual([lease["input"] for lease in leased], list(range(250)))
        tasks = [{"task_id": lease["task_id"], "attempt": 1, "result": lease["input"]} for lease in leased]
        answer = self.server.post("/api/v1/worker/complete", {"worker": "w1", "tasks": tasks}, WORKER)
        self.assertEqual(answer.json(), {"refused": []})
        self.assertEqual([self.task(lease["task_id"])["result"] for lease in leased[::50]], [0, 50, 100, 150, 200])

    def test_workers_at_once_get_each_task_once(self):
        kind = self.kind()
        self.server.post("/api/v1/tasks/batch", {"tasks": [{"task_type": kind} for _ in range(200)]}, BROKER)
        taken = in_parallel(8, lambda i: [lease["task_id"] for _ in range(5) for lease in self.lease(kind, worker=f"w{i}", tasks_max=5, wait_seconds=0)])
        ids = [task_id for part in taken for task_id in part]
        self.assertEqual((len(ids), len(set(ids))), (200, 200))

    def test_large_inputs_are_leased_a_bounded_part_at_a_time(self):
        kind = self.kind()
        for _ in range(22):
            self.server.make_task(task_type=kind, input="x" * 1_000_000)
        first = self.lease(kind, tasks_max=100)
        self.assertLess(len(first), 22)
        self.assertEqual(len(first) + len(self.lease(kind, tasks_max=100)), 22)

    def test_a_worker_that_leaves_while_it_waits_takes_nothing_with_it(self):
        kind = self.kind()
        body = json.dumps({"worker": "gone", "kinds": [kind], "wait_seconds": 60, "lease_seconds": FOREVER}).encode()
        head = f"POST /api/v1/worker/lease HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(WORKER)}\r\n" \
               f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.server.port)) as connection:
            connection.sendall(head.encode() + body)
            while not self.is_waiting("gone"):
                pass
        while self.is_waiting("gone"):
            pass
        made = self.server.make_task(task_type=kind)
        lease = self.one(kind)
        self.assertEqual((lease["task_id"], lease["attempt"]), (made, 1))

    def is_waiting(self, worker):
        return any(item["worker"] == worker and item["waiting"] for item in self.server.get("/api/v1/workers").json()["items"])

    def test_faults_are_named(self):
        good = {"worker": "w", "kinds": ["a"]}
        for change, pointer in (({"worker": ""}, "/worker"), ({"worker": "a b"}, "/worker"), ({"worker": "é"}, "/worker"), ({"kinds": []}, "/kinds"),
                                ({"kinds": ["/"]}, "/kinds"), ({"kinds": [1]}, "/kinds"), ({"queues": ["a b"]}, "/queues"), ({"tasks_max": 101}, "/tasks_max"),
                                ({"tasks_max": 0}, "/tasks_max"), ({"lease_seconds": 0}, "/lease_seconds"), ({"lease_seconds": 301}, "/lease_seconds"),
                                ({"wait_seconds": 61}, "/wait_seconds"), ({"wait_seconds": -1}, "/wait_seconds"), ({"more": 1}, "/more")):
            with self.subTest(change):
                self.assert_fault(self.server.post("/api/v1/worker/lease", {**good, **change}, WORKER), pointer)


class Ends(WorkerCase):
    def leased(self, **options):
        kind = self.kind(**options)
        self.server.make_task(task_type=kind)
        return kind, self.one(kind)

    def test_a_failure_is_tried_again_until_attempts_are_used_up(self):
        kind, lease = self.leased(max_attempts=2)
        answer = self.say("fail", lease, error="no route", retry_in_seconds=0)
        self.assertEqual(answer.json(), {"status": "scheduled"})
        again = self.one(kind)
        self.assertEqual((again["task_id"], again["attempt"]), (lease["task_id"], 2))
        self.assertEqual(self.say("fail", again, error="still no route").json(), {"status": "failed"})
        self.assertEqual(self.task(lease["task_id"])["error"], "still no route")

    def test_a_failure_for_good_is_not_tried_again(self):
        _, lease = self.leased()
        self.assertEqual(self.say("fail", lease, error="bad input", outcome="fail").json(), {"status": "failed"})

    def test_a_handler_may_cancel(self):
        _, lease = self.leased()
        self.assertEqual(self.say("fail", lease, error="not wanted", outcome="cancel").json(), {"status": "cancelled"})

    def test_three_crashes_quarantine_a_task(self):
        kind, lease = self.leased(max_attempts=1)
        self.assertEqual(self.say("fail", lease, error="signal 11", outcome="crash").json(), {"status": "pending"})
        second = self.one(kind)
        self.assertEqual((second["attempt"], second["kills"]), (2, 1))
        self.assertEqual(self.say("fail", second, error="signal 11", outcome="crash").json(), {"status": "pending"})
        third = self.one(kind)
        self.assertEqual(self.say("fail", third, error="signal 11", outcome="crash").json(), {"status": "failed"})
        self.assertEqual(self.task(lease["task_id"])["error"], "quarantined, its process died 3 times; at last: signal 11")

    def test_snoozed_and_released_attempts_do_not_count(self):
        kind, lease = self.leased(max_attempts=1)
        self.assertEqual(self.say("release", lease).json(), {"status": "pending"})
        lease = self.one(kind)
        self.assertEqual(lease["attempt"], 1)
        self.assertEqual(self.say("snooze", lease, delay_seconds=0.1).json(), {"status": "scheduled"})
        self.assertEqual(self.one(kind)["attempt"], 1)

    def test_many_are_put_back_at_once(self):
        kind = self.kind()
        for _ in range(3):
            self.server.make_task(task_type=kind)
        leases = self.lease(kind, tasks_max=3)
        tasks = [{"task_id": lease["task_id"], "attempt": 1} for lease in leases] + [{"task_id": "absent", "attempt": 1}]
        refused = self.server.post("/api/v1/worker/release", {"worker": "w1", "tasks": tasks}, WORKER).json()["refused"]
        self.assertEqual([(entry["task_id"], entry["reason"]) for entry in refused], [("absent", "not_found")])
        self.assertEqual(len(self.lease(kind, tasks_max=3)), 3)

    def test_a_repeated_completion_is_taken_as_said(self):
        _, lease = self.leased()
        for result in (1, 2):
            self.assertEqual(self.say("complete", lease, result=result).status, 200)
        self.assertEqual(self.task(lease["task_id"])["result"], 1)

    def test_a_stale_attempt_changes_nothing(self):
        kind, lease = self.leased()
        self.say("release", lease)
        self.say("release", self.one(kind))
        lease = self.one(kind)
        self.say("fail", lease, error="x", retry_in_seconds=0)
        current = self.one(kind)
        for call, fields in (("complete", {}), ("fail", {"error": "late"}), ("snooze", {"delay_seconds": 9}), ("release", {}), ("progress", {"percent": 9}),
                             ("heartbeat", {})):
            with self.subTest(call):
                self.assert_problem(self.say(call, lease, **fields), 409)
        task = self.task(lease["task_id"])
        self.assertEqual((task["status"], task["attempt"], task["progress"]), ("running", current["attempt"], 0))
        self.assertEqual(self.say("complete", current).status, 200)
        self.assert_problem(self.say("fail", current, error="too late"), 409)

    def test_anothers_attempt_is_not_found(self):
        _, lease = self.leased()
        for worker, caller in (("w2", WORKER), ("w1", OTHER)):
            for call, fields in (("complete", {}), ("fail", {"error": "x"}), ("progress", {"percent": 1}), ("heartbeat", {})):
                with self.subTest(call, worker=worker):
                    self.assert_problem(self.say(call, lease, worker=worker, caller=caller, **fields), 404)
        self.assertEqual(self.beat([lease], worker="w2"), {"cancelled": [], "lost": [lease["task_id"]]})
        self.assertEqual(self.beat([lease]), {"cancelled": [], "lost": []})
        self.assert_problem(self.server.post("/api/v1/worker/tasks/absent/complete", {"worker": "w1", "attempt": 1}, WORKER), 404)

    def test_faults_are_named(self):
        _, lease = self.leased()
        for call, fields, pointer in (("fail", {}, "/error"), ("fail", {"error": "x", "outcome": "maybe"}, "/outcome"),
                                      ("fail", {"error": "x", "outcome": "fail", "retry_in_seconds": 1}, "/retry_in_seconds"), ("snooze", {}, "/delay_seconds"),
                                      ("snooze", {"delay_seconds": -1}, "/delay_seconds"), ("complete", {"attempt": 0}, "/attempt"),
                                      ("complete", {"attempt": "1"}, "/attempt"), ("progress", {"percent": 101}, "/percent"),
                                      ("progress", {"percent": 1, "message": "x" * 501}, "/message"), ("release", {"why": 1}, "/why"),
                                      ("heartbeat", {"log": "a line"}, "/log"), ("complete", {"log": ["a", 1]}, "/log"),
                                      ("progress", {"percent": 1, "log": [""] * 201}, "/log")):
            with self.subTest(call, fields=fields):
                self.assert_fault(self.say(call, lease, **fields), pointer)
        body = {"worker": "w1", "tasks": [{"task_id": "a", "attempt": 1}, {"task_id": 7, "attempt": 1}]}
        self.assert_fault(self.server.post("/api/v1/worker/heartbeat", body, WORKER), "/tasks/1/task_id")
        self.assertEqual(self.task(lease["task_id"])["status"], "running")


class Signs(WorkerCase):
    def test_progress_is_seen_at_once_and_never_goes_back(self):
        kind = self.kind()
        made = self.server.make_task(task_type=kind)
        lease = self.one(kind)
        self.assertEqual(self.say("progress", lease, percent=40, message="half way").json(), {"percent": 40, "cancelled": False})
        self.assertEqual(self.say("progress", lease, percent=10).json(), {"percent": 40, "cancelled": False})
        task = self.task(made)
        self.assertEqual((task["progress"], task["message"]), (40, "half way"))

    def log_of(self, task_id):
        answer = self.server.get(f"/api/v1/tasks/{task_id}/log")
        self.assertEqual(answer.status, 200, answer)
        return [(line["attempt"], line["text"]) for line in answer.json()["items"]]

    def test_lines_for_the_tasks_log_come_with_every_report_in_their_order(self):
        kind = self.kind()
        made = self.server.make_task(task_type=kind)
        lease = self.one(kind)
        self.beat([lease], log=["one", "two"])
        self.assertEqual(self.say("heartbeat", lease, log=["three"]).status, 200)
        self.assertEqual(self.say("progress", lease, percent=5, log=["four"]).status, 200)
        self.assertEqual(self.say("fail", lease, error="no", retry_in_seconds=0, log=["five"]).status, 200)
        again = self.one(kind)
        ends = {"worker": "w1", "tasks": [{"task_id": made, "attempt": again["attempt"], "log": ["six", "é" * 600]}]}
        self.assertEqual(self.server.post("/api/v1/worker/complete", ends, WORKER).json(), {"refused": []})
        self.assertEqual(self.log_of(made), [(1, "one"), (1, "two"), (1, "three"), (1, "four"), (1, "five"), (2, "six"), (2, "é" * 500)])
        self.assertEqual(self.say("complete", again, log=["too late"]).json(), {"status": "completed"})
        self.assertEqual(len(self.log_of(made)), 7)

    def test_the_last_lines_are_kept_and_a_stale_attempts_are_not(self):
        kind = self.kind()
        made = self.server.make_task(task_type=kind)
        lease = self.one(kind)
        for start in (0, 200):
            self.assertEqual(self.say("heartbeat", lease, log=[str(n) for n in range(start, start + 200)]).status, 200)
        self.assertEqual(self.say("heartbeat", {**lease, "attempt": 2}, log=["stale"]).status, 409)
        self.beat([lease], worker="another", log=["foreign"])
        self.say("complete", lease, log=["last"])
        self.assertEqual(self.log_of(made), [(1, str(n)) for n in range(201, 400)] + [(1, "last")])

    def test_a_cancel_is_told_with_the_next_sign_and_the_next_end_is_cancelled(self):
        kind = self.kind()
        made = [self.server.make_task(task_type=kind) for _ in range(2)]
        leases = self.lease(kind, tasks_max=2)
        self.assertEqual(self.server.post(f"/api/v1/tasks/{made[0]}/cancel").status, 200)
        self.assertEqual(self.beat(leases), {"cancelled": [made[0]], "lost": []})
        self.assertTrue(self.say("progress", leases[0], percent=1).json()["cancelled"])
        self.assertTrue(self.say("heartbeat", leases[0]).json()["cancelled"])
        self.assertEqual(self.say("fail", leases[0], error="stopped").json(), {"status": "cancelled"})
        self.assertEqual(self.task(made[0])["status"], "cancelled")

    def test_a_cancelled_waiting_task_is_given_to_nobody(self):
        kind = self.kind()
        made = self.server.make_task(task_type=kind)
        self.server.post(f"/api/v1/tasks/{made}/cancel")
        self.assertEqual(self.lease(kind, wait_seconds=0), [])

    def test_a_silent_workers_tasks_go_to_another_and_its_late_result_is_refused(self):
        kind = self.kind()
        made = self.server.make_task(task_type=kind)
        silent = self.one(kind, lease_seconds=1)
        taken = self.one(kind, worker="w2", wait_seconds=60)
        self.assertEqual((taken["task_id"], taken["attempt"], taken["kills"]), (made, 2, 1))
        self.assert_problem(self.say("complete", silent, result="late"), 404)
        self.assertEqual(self.beat([silent])["lost"], [made])
        self.assertEqual(self.say("complete", taken, worker="w2", result="in time").status, 200)
        self.assertEqual(self.task(made)["result"], "in time")

    def test_a_task_that_was_not_begun_bears_no_blame_for_its_worker(self):
        kind = self.kind()
        self.server.make_task(task_type=kind)
        lease = self.one(kind, lease_seconds=1, wait_seconds=60)
        while self.beat([lease], waiting=True)["lost"]:  # a machine so slow that the second was over
            lease = self.one(kind, lease_seconds=1, wait_seconds=60)
        again = self.one(kind, worker="w2", wait_seconds=60)
        self.assertEqual((again["attempt"], again["kills"]), (lease["attempt"], lease["kills"]))

    def test_a_stuck_worker_loses_its_task_to_the_timeout_for_all_its_heartbeats(self):
        kind = self.kind(timeout_seconds=1, max_attempts=1)
        made = self.server.make_task(task_type=kind)
        lease = self.one(kind)
        while not self.beat([lease])["lost"]:
            pass
        task = self.task(made, wait=60)
        self.assertEqual((task["status"], task["error"]), ("failed", "timeout: the attempt took longer than 1000 ms"))

    def test_workers_are_listed_with_what_they_did(self):
        kind = self.kind()
        for _ in range(2):
            self.server.make_task(task_type=kind)
        leases = self.lease(kind, worker="listed", tasks_max=2, client="test/1")
        self.say("complete", leases[0], worker="listed")
        worker = [item for item in self.server.get("/api/v1/workers?limit=200").json()["items"] if item["worker"] == "listed"][0]
        self.assertEqual((worker["caller"], worker["client"], worker["kinds"], worker["queues"]), (WORKER.email, "test/1", [kind], ["default"]))
        self.assertEqual((worker["running"], worker["leased"], worker["completed"], worker["lost"]), (1, 2, 1, 0))
        page = self.server.get("/api/v1/workers?limit=1").json()
        self.assertEqual(len(page["items"]), 1)

    def test_only_workers_and_administrators_serve(self):
        for caller in (BROKER, OWNER, STAFF):
            self.lease("whatever", caller=caller, status=403)
        self.assertEqual(self.server.get("/api/v1/rooms/absent", WORKER).status, 404)
        self.assertEqual(self.server.get("/api/v1/workers", WORKER).status, 403)
        self.lease(self.kind(), caller=ADMIN, wait_seconds=0)


class Restarts(WorkerCase):
    def setUp(self):
        self.own = Server()
        self.addCleanup(self.own.close)
        self.own.start()

    def lease_two(self):
        for _ in range(2):
            self.own.post("/api/v1/kinds", {"kinds": [{"name": "k"}]}, WORKER)
            self.own.make_task(task_type="k")
        return self.lease("k", server=self.own, tasks_max=2)

    def test_a_restart_or_a_kill_of_the_server_ends_no_lease(self):
        first, second = self.lease_two()
        self.own.restart()
        self.assertEqual(self.lease("k", server=self.own, worker="w2", wait_seconds=0), [])
        self.assertEqual(self.beat([first, second], server=self.own), {"cancelled": [], "lost": []})
        self.assertEqual(self.say("complete", first, server=self.own).status, 200)
        self.own.kill()
        self.own.start()
        self.assertEqual(self.say("complete", second, server=self.own, result=2).status, 200)
        task = self.task(second["task_id"], server=self.own)
        self.assertEqual((task["status"], task["attempt"], task["result"]), ("completed", 1, 2))

    def test_a_cancel_before_a_kill_is_told_after_it(self):
        first, second = self.lease_two()
        self.own.post(f"/api/v1/tasks/{first['task_id']}/cancel")
        self.own.kill()
        self.own.start()
        self.assertEqual(self.beat([first, second], server=self.own), {"cancelled": [first["task_id"]], "lost": []})

    def test_a_worker_that_died_with_the_server_is_missed_after_its_lease(self):
        self.own.post("/api/v1/kinds", {"kinds": [{"name": "k"}]}, WORKER)
        made = self.own.make_task(task_type="k")
        self.lease("k", server=self.own, lease_seconds=1)
        self.own.kill()
        self.own.start()
        again = self.lease("k", server=self.own, worker="w2", wait_seconds=60)
        self.assertEqual([(lease["task_id"], lease["attempt"], lease["kills"]) for lease in again], [(made, 2, 1)])

    def test_open_leases_do_not_hold_up_a_stop(self):
        got = []
        waiting = threading.Thread(target=lambda: got.append(self.lease("k", server=self.own, wait_seconds=60)))
        waiting.start()
        while not any(item["waiting"] for item in self.own.get("/api/v1/workers").json()["items"]):
            pass
        self.assertEqual(self.own.stop(), 0)
        waiting.join()
        self.assertEqual(got, [[]])  # answered, not cut off
        self.own.start()


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""Every endpoint of the running server × every role × own, foreign and absent objects (R10–R12).

The endpoints come from the server's own /api/v1/openapi.json; each must have a row in ROWS, so a new endpoint without one fails the test.
"""
import collections
import itertools
import json
import unittest

from galley_server import ADMIN, BROKER, CHARTERER, OWNER, STAFF, STRANGER, VIEWER, Caller, ServerCase, room_body, token_of

OK = "2xx"
OFF = Caller("switched-off@elsewhere.example", "admin", "Switched Off")
# In the order of the columns of every row below.
CALLERS = (OWNER, BROKER, CHARTERER, VIEWER, STRANGER, STAFF, ADMIN)
# Endpoints that need no token.
PUBLIC = {("GET", "/async-monitoring/health/"), ("GET", "/async-monitoring/health"),
          ("GET", "/health/live"), ("GET", "/health/ready"), ("GET", "/api/v1/openapi.json"), ("GET", "/docs")}

# own: what each of CALLERS gets for an object of their own room (or the task that BROKER made); foreign: for one of a room that none of them
# but ADMIN may see; absent: for one that is not there. None: the endpoint names no object. body: what makes the request a good one.
Row = collections.namedtuple("Row", "own foreign absent body", defaults=(None, None, None))

MEMBERS_READ = (OK, OK, OK, OK, 404, 404, OK)
NOBODYS = (404, 404, 404, 404, 404, 404, OK)
ABSENT = (404,) * 7
ADMIN_ONLY = Row((403,) * 6 + (OK,))
EVERYONE = Row((OK,) * 7)


def in_room(own, body=None, foreign=NOBODYS, absent=ABSENT):
    return Row(own, foreign, absent, body)


def of_task(body=None, found=OK):
    """A task or schedule that BROKER made: its maker's and the administrator's, and nothing to all others."""
    return Row((404, found, 404, 404, 404, 404, found), (404,) * 6 + (found,), ABSENT, body)


def of_worker(body):
    return Row((403,) * 6 + (409,), None, (403,) * 6 + (404,), {"worker": "w", "attempt": 1, **body})


PUT_MAKES = {("PUT", "/api/v1/rooms/{room_id}"), ("PUT", "/api/v1/schedules/{schedule}")}
SCHEDULE = {"cron": "@yearly", "task": {"task_type": "echo"}}
NAMES = (f"made-{number}" for number in itertools.count())
OWNER_ONLY = (OK, 403, 403, 403, 404, 404, OK)
WRITERS = (OK, OK, OK, 403, 404, 404, OK)
NO_MEMBER = (403, 403, 403, 403, 404, 404, OK)



def both(method, path, row):
    """A path of older clients, with and without the trailing slash."""
    return {(method, path + "/"): row, (method, path): row}


def status_rows(prefix):
    """The rows of R96, which stand under two prefixes."""
    return {**both("GET", prefix + "/tasks/status", EVERYONE), **both("GET", prefix + "/workers/status", ADMIN_ONLY),
            **both("GET", prefix + "/queues/status", ADMIN_ONLY), **both("GET", prefix + "/metrics/summary", ADMIN_ONLY),
            **both("GET", prefix + "/cache/stats", ADMIN_ONLY), **both("POST", prefix + "/cache/invalidate", ADMIN_ONLY)}


ROWS = {
    **status_rows("/api/v1/celery"),
    **status_rows("/api/v1/monitoring"),
    **both("GET", "/api/tasks/status", EVERYONE),
    **both("GET", "/async-monitoring/tasks/{task_id}/status", of_task()),
    **both("POST", "/async-monitoring/tasks/bulk-status", Row((OK,) * 7, None, None, lambda ids: {"task_ids": [ids["task_id"]]})),
    **both("POST", "/async-monitoring/tasks/{task_id}/cancel", of_task(found=409)),
    **both("GET", "/async-monitoring/admin/monitoring", ADMIN_ONLY),
    **both("POST", "/async-monitoring/admin/cleanup", ADMIN_ONLY),
    ("GET", "/metrics"): ADMIN_ONLY,
    ("GET", "/api/cache/stats"): ADMIN_ONLY,
    ("GET", "/api/cache/health"): ADMIN_ONLY,
    ("POST", "/api/v1/cache/invalidate"): Row((403,) * 6 + (OK,), None, None, {"room_id": "absent"}),
    ("POST", "/api/v1/cache/clear"): Row((403,) * 6 + (OK,), None, None, {"older_than_hours": 1000}),
    ("POST", "/api/v1/cache/verify"): ADMIN_ONLY,
    ("GET", "/api/v1/cache/verify"): ADMIN_ONLY,
    ("GET", "/api/v1/snapshots/metrics/summary"): ADMIN_ONLY,
    ("POST", "/api/v1/snapshots/metrics/export"): ADMIN_ONLY,
    ("DELETE", "/api/v1/snapshots/metrics"): ADMIN_ONLY,
    ("GET", "/api/v1/audit"): ADMIN_ONLY,
    ("GET", "/api/v1/audit/verify"): ADMIN_ONLY,
    ("GET", "/api/v1/accounts"): ADMIN_ONLY,
    ("GET", "/api/v1/accounts/{email}"): Row((403,) * 6 + (OK,), None, (403,) * 6 + (404,)),
    ("PUT", "/api/v1/accounts/{email}"): Row((403,) * 6 + (OK,), None, None, {"name": "Somebody"}),
    ("PATCH", "/api/v1/accounts/{email}"): Row((403,) * 6 + (OK,), None, None, {"name": "Somebody"}),
    ("GET", "/api/v1/rooms"): EVERYONE,
    ("GET", "/api/v1/rooms/{room_id}"): in_room(MEMBERS_READ),
    ("PUT", "/api/v1/rooms/{room_id}"): in_room(OWNER_ONLY, room_body, absent=(403, 403, 403, 403, 403, OK, OK)),
    ("DELETE", "/api/v1/rooms/{room_id}"): in_room(NO_MEMBER),
    ("GET", "/api/v1/rooms/{room_id}/members"): in_room(MEMBERS_READ),
    ("PUT", "/api/v1/rooms/{room_id}/members/{email}"): in_room(OWNER_ONLY, {"role": "viewer"}),
    ("DELETE", "/api/v1/rooms/{room_id}/members/{email}"): in_room(OWNER_ONLY),
    ("GET", "/api/v1/rooms/{room_id}/activity"): in_room(MEMBERS_READ),
    ("POST", "/api/v1/rooms/{room_id}/activity"): in_room(WRITERS, {"text": "noted"}),
    ("GET", "/api/v1/rooms/{room_id}/snapshots"): in_room(MEMBERS_READ),
    ("POST", "/api/v1/rooms/{room_id}/snapshots"): in_room(WRITERS, {"title": "x"}),
    ("GET", "/api/v1/rooms/{room_id}/snapshots/{snapshot_id}"): in_room(MEMBERS_READ),
    ("GET", "/api/v1/rooms/{room_id}/snapshots/{snapshot_id}/download"): in_room(MEMBERS_READ),
    # An absent snapshot of a room that is seen is not there for members; who may not delete at all learns that first.
    ("DELETE", "/api/v1/rooms/{room_id}/snapshots/{snapshot_id}"): in_room(NO_MEMBER),
    ("POST", "/api/v1/documents"): Row((OK,) * 7, None, None, {"html": "<p>matrix"}),
    ("GET", "/api/v1/documents/{hash}"): of_task(),
    ("GET", "/api/v1/documents/{hash}/report"): of_task(),
    ("DELETE", "/api/v1/documents/{hash}"): of_task(),
    ("GET", "/api/v1/tasks"): EVERYONE,
    ("POST", "/api/v1/tasks"): Row((OK,) * 7, None, None, {"task_type": "echo"}),
    ("POST", "/api/v1/tasks/batch"): Row((OK,) * 7, None, None, {"tasks": [{"task_type": "echo"}]}),
    ("POST", "/api/v1/tasks/bulk-status"): Row((OK,) * 7, None, None, lambda ids: {"task_ids": [ids["task_id"]]}),
    ("GET", "/api/v1/tasks/{task_id}"): of_task(),
    ("GET", "/api/v1/snapshots/tasks/{task_id}"): of_task(),
    ("GET", "/api/v1/tasks/events"): EVERYONE,
    ("GET", "/api/v1/tasks/{task_id}/events"): of_task(),
    ("GET", "/async-monitoring/tasks/{task_id}/stream/"): of_task(),
    ("GET", "/async-monitoring/tasks/{task_id}/stream"): of_task(),
    ("POST", "/api/v1/tasks/{task_id}/cancel"): of_task(found=409),  # finished: level 5
    ("POST", "/api/v1/tasks/{task_id}/retry"): of_task(found=409),
    ("POST", "/api/v1/tasks/{task_id}/close"): of_task(found=409),
    ("GET", "/api/v1/tasks/{task_id}/log"): of_task(),
    ("GET", "/api/v1/tasks/{task_id}/attempts"): of_task(),
    ("POST", "/api/v1/tasks/bulk"): Row((OK,) * 7, None, None, {"action": "cancel", "filter": {"tag": "absent"}}),
    ("GET", "/api/v1/queues"): ADMIN_ONLY,
    ("GET", "/api/v1/queues/{queue}"): Row((403,) * 6 + (OK,), None, (403,) * 6 + (404,)),
    ("PUT", "/api/v1/queues/{queue}"): Row((403,) * 6 + (OK,), None, None, {"running_max": 3}),
    ("POST", "/api/v1/queues/{queue}/pause"): ADMIN_ONLY,
    ("POST", "/api/v1/queues/{queue}/resume"): ADMIN_ONLY,
    ("POST", "/api/v1/queues/{queue}/drain"): ADMIN_ONLY,
    ("GET", "/api/v1/kinds"): EVERYONE,
    ("POST", "/api/v1/kinds"): Row((403,) * 6 + (OK,), None, None, {"kinds": [{"name": "matrix"}]}),
    ("DELETE", "/api/v1/kinds/{kind}"): Row((403,) * 6 + (404,)),
    ("GET", "/api/v1/workers"): ADMIN_ONLY,
    ("POST", "/api/v1/worker/lease"): Row((403,) * 6 + (OK,), None, None, {"worker": "w", "kinds": ["matrix"]}),
    ("POST", "/api/v1/worker/heartbeat"): Row((403,) * 6 + (OK,), None, None, {"worker": "w", "tasks": []}),
    ("POST", "/api/v1/worker/complete"): Row((403,) * 6 + (OK,), None, None, {"worker": "w", "tasks": []}),
    ("POST", "/api/v1/worker/release"): Row((403,) * 6 + (OK,), None, None, {"worker": "w", "tasks": []}),
    # Nothing that these callers made is leased to anybody: what is over is a conflict, and only who may serve tasks learns that.
    ("POST", "/api/v1/worker/tasks/{task_id}/heartbeat"): of_worker({}),
    ("POST", "/api/v1/worker/tasks/{task_id}/progress"): of_worker({"percent": 1}),
    ("POST", "/api/v1/worker/tasks/{task_id}/complete"): of_worker({}),
    ("POST", "/api/v1/worker/tasks/{task_id}/fail"): of_worker({"error": "x"}),
    ("POST", "/api/v1/worker/tasks/{task_id}/snooze"): of_worker({"delay_seconds": 1}),
    ("POST", "/api/v1/worker/tasks/{task_id}/release"): of_worker({}),
    ("GET", "/api/v1/schedules"): EVERYONE,
    ("POST", "/api/v1/schedules"): Row((OK,) * 7, None, None, lambda ids: {"name": next(NAMES), **SCHEDULE}),
    ("POST", "/api/v1/schedules/batch"): Row((OK,) * 7, None, None, lambda ids: {"schedules": [{"name": next(NAMES), **SCHEDULE}]}),
    ("GET", "/api/v1/schedules/stats"): EVERYONE,
    ("POST", "/api/v1/schedules/validate"): Row((OK,) * 7, None, None, {"cron": "@daily"}),
    ("POST", "/api/v1/schedules/next"): Row((OK,) * 7, None, None, {"cron": "@daily"}),
    ("POST", "/api/v1/schedules/describe"): Row((OK,) * 7, None, None, {"cron": "@daily"}),
    ("GET", "/api/v1/schedules/{schedule}"): of_task(),
    ("PUT", "/api/v1/schedules/{schedule}"): of_task(SCHEDULE)._replace(absent=(OK,) * 7),  # makes it
    ("DELETE", "/api/v1/schedules/{schedule}"): of_task(),
    ("POST", "/api/v1/schedules/{schedule}/pause"): of_task(),
    ("POST", "/api/v1/schedules/{schedule}/resume"): of_task(),
    ("POST", "/api/v1/schedules/{schedule}/run"): of_task(),
    ("GET", "/api/v1/schedules/{schedule}/next"): of_task(),
    ("GET", "/api/v1/schedules/{schedule}/runs"): of_task(),
}


class Matrix(ServerCase):
    def setUp(self):
        description = self.server.get("/api/v1/openapi.json", None)
        self.assertEqual(description.status, 200, description)
        self.endpoints = [(method.upper(), path) for path, item in description.json()["paths"].items() for method in item
                          if method in ("get", "put", "post", "patch", "delete")]
        self.assertEqual(self.server.put(f"/api/v1/accounts/{OFF.email}", {"active": False}).status // 100, 2)

    def objects(self, members):
        """A room with a finished snapshot and the ids that paths need; `members`: whether CALLERS belong to it."""
        room = f"matrix-{next(self.numbers)}"
        if members:
            self.server.make_room(room)
            maker = BROKER
        else:
            self.assertEqual(self.server.put(f"/api/v1/rooms/{room}", room_body(room)).status, 201)
            self.server.put(f"/api/v1/rooms/{room}/members/somebody@far.example", {"role": "broker"})
            maker = Caller("somebody@far.example", "user", "")
        # The administrator who made the room is no member: what they may, they may as administrator.
        self.server.delete(f"/api/v1/rooms/{room}/members/{ADMIN.email}")
        snapshot = self.server.finished_snapshot(room, maker)
        email = f"guest-{room}@elsewhere.example"
        self.server.put(f"/api/v1/rooms/{room}/members/{email}", {"role": "viewer"})
        self.server.put(f"/api/v1/accounts/{email}", {"name": "Guest"})
        self.assertEqual(self.server.put("/api/v1/queues/matrix", {"running_max": 3}).status, 200)
        schedule = f"schedule-{next(self.numbers)}"
        self.assertEqual(self.server.put(f"/api/v1/schedules/{schedule}", SCHEDULE, maker).status, 201)
        document = self.server.post("/api/v1/documents?wait=60", {"html": f"<p>{schedule}"}, maker)
        self.assertEqual(document.status, 201, document)
        return {"hash": document.json()["result"]["content_hash"],
                "room_id": room, "snapshot_id": snapshot["id"], "task_id": snapshot["task_id"], "email": email, "schedule": schedule,
                "queue": "matrix", "kind": "matrix-absent"}

    @staticmethod
    def absent_objects():
        return {"hash": "0" * 64, "room_id": "absent", "snapshot_id": "snap-00000000000000000000000000000000", "task_id": "absent",
                "email": "absent@elsewhere.example", "schedule": "absent", "queue": "absent", "kind": "matrix-absent"}

    @staticmethod
    def body_of(row, ids):
        if row.body is room_body:
            return room_body(ids["room_id"])
        return row.body(ids) if callable(row.body) else row.body

    def check(self, method, pattern, row, which, wanted):
        """Asks as each caller; what changes something gets an object of its own each time."""
        changes = method in ("DELETE", "PUT") or which == "absent"
        ids = None
        for caller, status in zip(CALLERS, wanted):
            if which == "absent":
                ids = self.absent_objects()
                if method == "PUT":
                    ids["room_id"] = ids["schedule"] = f"absent-{next(self.numbers)}"
            elif ids is None or changes:
                ids = self.objects(members=which == "own")
            answer = self.server.request(method, pattern.format(**ids), caller, self.body_of(row, ids))
            with self.subTest(f"{method} {pattern} of {which} object as {caller.email}"):
                self.assertEqual(OK if answer.status // 100 == 2 else answer.status, status, answer)
                if answer.status >= 400:
                    self.assertEqual(answer.headers["Content-Type"], "application/problem+json")

    def test_every_endpoint_has_a_row_and_every_row_an_endpoint(self):
        described = set(self.endpoints)
        rows = set(ROWS) | PUBLIC
        self.assertEqual(described - rows, set(), "say in ROWS who may do what")
        self.assertEqual(rows - described, set(), "no such endpoint")

    def test_public_endpoints_ask_for_nothing(self):
        for method, path in PUBLIC:
            for token in (None, "x", token_of(OFF)):
                self.assertEqual(self.server.request(method, path, None, token=token).status, 200, path)

    def test_nothing_else_is_done_without_a_valid_token(self):
        ids = self.absent_objects()
        forged = token_of(ADMIN, exp=1)
        for method, pattern in self.endpoints:
            if (method, pattern) in PUBLIC:
                continue
            for token, status in ((None, 401), ("a.b.c", 401), (forged, 401), (token_of(OFF), 403)):
                answer = self.server.request(method, pattern.format(**ids), None, b"{", token=token)
                with self.subTest(f"{method} {pattern}", token=token):
                    self.assert_problem(answer, status)
                    self.assertEqual(status == 401, "WWW-Authenticate" in answer.headers)

    def test_own_objects(self):
        for (method, pattern), row in ROWS.items():
            self.check(method, pattern, row, "own", row.own)

    def test_foreign_objects(self):
        for (method, pattern), row in ROWS.items():
            if row.foreign:
                self.check(method, pattern, row, "foreign", row.foreign)

    def test_absent_objects(self):
        for (method, pattern), row in ROWS.items():
            if row.absent:
                self.check(method, pattern, row, "absent", row.absent)

    def test_who_may_not_know_of_an_object_cannot_tell_it_from_nothing(self):
        foreign, absent = self.objects(members=False), self.absent_objects()
        for (method, pattern), row in ROWS.items():
            if not row.foreign or (method, pattern) in PUT_MAKES:
                continue
            for caller in (STRANGER, STAFF, VIEWER):
                answers = [self.server.request(method, pattern.format(**ids), caller, self.body_of(row, ids)) for ids in (foreign, absent)]
                with self.subTest(f"{method} {pattern}", caller=caller.email):
                    self.assertEqual([answer.status for answer in answers], [404, 404])
                    details = [json.loads(answer.body)["detail"] for answer in answers]
                    self.assertEqual(details[0], details[1])

    def test_another_rooms_snapshot_is_not_found_through_an_own_room(self):
        own, foreign = self.objects(members=True), self.objects(members=False)
        for (method, pattern), row in ROWS.items():
            if "{snapshot_id}" not in pattern or method != "GET":
                continue
            path = pattern.format(room_id=own["room_id"], snapshot_id=foreign["snapshot_id"])
            for caller in CALLERS:
                self.assertEqual(self.server.request(method, path, caller).status, 404, (method, path, caller))

    def test_a_bulk_question_tells_nothing_of_foreign_tasks(self):
        foreign, absent = self.objects(members=False)["task_id"], "absent"
        for caller in (OWNER, STRANGER, STAFF):
            answers = [self.server.post("/api/v1/tasks/bulk-status", {"task_ids": [task]}, caller) for task in (foreign, absent)]
            texts = [answer.body.decode().replace(task, "TASK") for answer, task in zip(answers, (foreign, absent))]
            self.assertEqual(texts[0], texts[1])


if __name__ == "__main__":
    unittest.main()

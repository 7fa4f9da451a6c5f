#!/usr/bin/python3
"""Conditional requests on every answer that may be kept, and optimistic locking of rooms (R6)."""
import email.utils
import unittest

from galley_server import ADMIN, BROKER, OWNER, ServerCase, in_parallel, room_body

SECOND = 1


class Reading(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.make_room("r", documents=30)
        snapshot = cls.server.finished_snapshot("r")
        task = cls.server.make_task(input={"text": "x" * 3000})
        cls.server.get(f"/api/v1/tasks/{task}?wait=60", BROKER)
        one = f"/api/v1/rooms/r/snapshots/{snapshot['id']}"
        # Everything that is read and stays the same while nobody changes it.
        cls.kept = ["/api/v1/rooms", "/api/v1/rooms?limit=1", "/api/v1/rooms/r", "/api/v1/rooms/r/members",
                    "/api/v1/rooms/r/activity", "/api/v1/rooms/r/snapshots", one, one + "?wait=1", one + "/download",
                    "/api/v1/tasks", f"/api/v1/tasks/{task}", f"/api/v1/tasks/{task}?wait=5",
                    f"/api/v1/snapshots/tasks/{snapshot['task_id']}"]
        cls.fresh = ["/health/live", "/health/ready", "/metrics", "/api/v1/snapshots/metrics/summary"]
        cls.snapshot = one

    def get(self, path, method="GET", **fields):
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        return self.server.request(method, path, headers=headers)

    def test_each_has_a_strong_tag_of_its_own_and_may_be_kept_by_its_reader_only(self):
        tags = {}
        for path in self.kept:
            with self.subTest(path):
                answer = self.get(path)
                self.assertEqual(answer.status, 200)
                self.assertRegex(answer.headers["ETag"], r'^"[-\w]{22,64}"$')
                self.assertEqual(answer.headers["Cache-Control"], "private, no-cache")
                tags.setdefault(answer.headers["ETag"], set()).add(answer.body)
        self.assertTrue(all(len(bodies) == 1 for bodies in tags.values()))

    def test_what_the_client_has_is_not_sent_again(self):
        for path in self.kept:
            for accept in ("identity", "gzip", "br", "zstd"):
                with self.subTest(path, accept=accept):
                    tag = self.get(path, Accept_Encoding=accept).headers["ETag"]
                    for value in (tag, "W/" + tag, f'"x", {tag}', "*"):
                        for method in ("GET", "HEAD"):
                            again = self.get(path, method, Accept_Encoding=accept, If_None_Match=value)
                            self.assertEqual((again.status, again.body), (304, b""), value)
                            self.assertEqual((again.headers["ETag"], again.headers["Cache-Control"]), (tag, "private, no-cache"))
                            self.assertIsNone(again.headers["Content-Length"])
                            self.assertIsNone(again.headers["Content-Encoding"])

    def test_another_state_is_sent_whole(self):
        for path in self.kept:
            with self.subTest(path):
                self.assertEqual(self.get(path, If_None_Match='"another"').status, 200)
                self.assertEqual(self.get(path, If_None_Match="nonsense").status, 200)
                self.assertEqual(self.get(path, If_Match='"another"').status, 412)
                self.assertEqual(self.get(path, If_Match=self.get(path).headers["ETag"]).status, 200)

    def test_the_description_may_be_kept_by_anyone(self):
        for accept in ("identity", "gzip", "zstd"):
            answer = self.server.get("/api/v1/openapi.json", caller=None, headers={"Accept-Encoding": accept})
            self.assertEqual((answer.status, answer.headers["Cache-Control"]), (200, "no-cache"))
            again = self.server.get("/api/v1/openapi.json", caller=None,
                                    headers={"Accept-Encoding": accept, "If-None-Match": answer.headers["ETag"]})
            self.assertEqual((again.status, again.body), (304, b""))
            self.assertEqual(answer.headers["ETag"].endswith(f'-{accept}"'), accept != "identity")

    def test_a_tag_names_the_coding_it_was_sent_in(self):
        plain = self.get("/api/v1/rooms/r")
        coded = self.get("/api/v1/rooms/r", Accept_Encoding="gzip")
        self.assertEqual(coded.headers["ETag"], plain.headers["ETag"][:-1] + '-gzip"')
        self.assertEqual(self.get("/api/v1/rooms/r", If_None_Match=coded.headers["ETag"]).status, 200)

    def test_a_change_changes_the_tag(self):
        room = self.room()
        paths = [f"/api/v1/rooms/{room}", f"/api/v1/rooms/{room}/activity", "/api/v1/rooms"]
        before = {path: self.get(path).headers["ETag"] for path in paths}
        self.assertEqual(self.server.post(f"/api/v1/rooms/{room}/activity", {"text": "Pilot on board"}, BROKER).status, 201)
        for path in paths:
            answer = self.get(path, If_None_Match=before[path])
            self.assertEqual(answer.status, 200, path)
            self.assertNotEqual(answer.headers["ETag"], before[path])

    def test_what_is_new_each_time_is_not_stored(self):
        for path in self.fresh:
            answer = self.get(path, If_None_Match="*")
            self.assertEqual((answer.status, answer.headers["Cache-Control"], answer.headers["ETag"]), (200, "no-store", None), path)

    def test_errors_are_not_stored(self):
        for path, status in (("/api/v1/rooms/none", 404), ("/nothing", 404), ("/api/v1/rooms?limit=0", 400)):
            answer = self.get(path, If_None_Match="*")
            self.assertEqual((answer.status, answer.headers["Cache-Control"], answer.headers["ETag"]), (status, "no-store", None), path)

    def test_by_date_where_one_is_known(self):
        for path in (self.snapshot, self.snapshot + "/download"):
            date = self.get(path).headers["Last-Modified"]
            moment = email.utils.parsedate_to_datetime(date).timestamp()
            earlier, later = (email.utils.formatdate(moment + step, usegmt=True) for step in (-SECOND, SECOND))
            for since, status in ((date, 304), (later, 304), (earlier, 200), ("yesterday", 200)):
                self.assertEqual(self.get(path, If_Modified_Since=since).status, status, (path, since))
            for since, status in ((date, 200), (later, 200), (earlier, 412), ("yesterday", 200)):
                self.assertEqual(self.get(path, If_Unmodified_Since=since).status, status, (path, since))
            # A tag says more than a date.
            self.assertEqual(self.get(path, If_Modified_Since=later, If_None_Match='"x"').status, 200)

    def test_a_room_that_has_just_changed_has_no_date_yet(self):
        self.assertIsNone(self.get(f"/api/v1/rooms/{self.room()}").headers["Last-Modified"])


class Writing(ServerCase):
    def put(self, room, title, caller=OWNER, method="PUT", **fields):
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        body = room_body(room, title=title) if method == "PUT" else None
        return self.server.request(method, f"/api/v1/rooms/{room}", caller, body, headers=headers)

    def tag(self, room, **headers):
        return self.server.get(f"/api/v1/rooms/{room}", headers=headers).headers["ETag"]

    def title(self, room):
        return self.server.get(f"/api/v1/rooms/{room}").json()["room"]["title"]

    def test_only_the_state_that_was_read_is_replaced(self):
        room = self.room()
        old = self.tag(room)
        self.assertEqual(self.put(room, "First", If_Match=old).status, 200)
        self.assert_problem(self.put(room, "Second", If_Match=old), 412)
        self.assertEqual(self.title(room), "First")
        self.assertEqual(self.put(room, "Third", If_Match=self.tag(room)).status, 200)

    def test_the_tag_of_any_coding_names_the_state(self):
        room = self.room()
        for accept in ("gzip", "br", "zstd"):
            tag = self.tag(room, **{"Accept-Encoding": accept + ", identity;q=0"})
            self.assertIn("-" + accept, tag)
            self.assertEqual(self.put(room, "By " + accept, If_Match=f'"other", {tag}').status, 200)

    def test_of_many_that_read_the_same_state_one_writes(self):
        room = self.room()
        tag = self.tag(room)
        statuses = in_parallel(8, lambda i: self.put(room, f"Writer {i}", If_Match=tag).status)
        self.assertEqual(sorted(statuses), [200] + [412] * 7)

    def test_create_only_and_replace_only(self):
        self.assert_problem(self.put("only.new", "A", ADMIN, If_Match="*"), 412)
        self.assertEqual(self.server.get("/api/v1/rooms/only.new").status, 404)
        self.assertEqual(self.put("only.new", "A", ADMIN, If_None_Match="*").status, 201)
        self.assert_problem(self.put("only.new", "B", ADMIN, If_None_Match="*"), 412)
        self.assertEqual(self.put("only.new", "C", ADMIN, If_Match="*").status, 200)
        self.assertEqual(self.title("only.new"), "C")

    def test_by_date(self):
        room = self.room()
        past = email.utils.formatdate(1_000_000_000, usegmt=True)
        future = email.utils.formatdate(4_000_000_000, usegmt=True)
        self.assert_problem(self.put(room, "A", If_Unmodified_Since=past), 412)
        self.assertEqual(self.put(room, "B", If_Unmodified_Since=future).status, 200)

    def test_deletion_has_the_same_conditions(self):
        room = self.room()
        old = self.tag(room)
        self.put(room, "Changed")
        for caller in (OWNER, ADMIN):
            answer = self.put(room, "", caller, "DELETE", If_Match=old)
            self.assertIn(answer.status, (403, 404, 412))
        self.assertEqual(self.server.delete(f"/api/v1/rooms/{room}", headers={"If-Match": old}).status, 412)
        self.assertEqual(self.server.delete(f"/api/v1/rooms/{room}", headers={"If-Match": self.tag(room)}).status, 204)

    def test_rights_come_before_conditions(self):
        room = self.room()
        self.assertEqual(self.put(room, "A", BROKER, If_Match='"x"').status, 403)


if __name__ == "__main__":
    unittest.main()

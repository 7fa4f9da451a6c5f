#!/usr/bin/python3
"""Lists (R4): pages, cursors, filters, and what changes while somebody reads."""
import unittest

from galley_server import ADMIN, BROKER, CHARTERER, OWNER, STAFF, STRANGER, VIEWER, ServerCase, room_body


class Lists(ServerCase):
    def pages(self, path, caller=ADMIN):
        """Every page of a list, by its links."""
        while path:
            answer = self.server.get(path, caller)
            self.assertEqual(answer.status, 200, answer)
            yield answer.json()["items"]
            path = answer.json()["next"]

    def ids(self, path, key, caller=ADMIN):
        return [item[key] for page in self.pages(path, caller) for item in page]

    def own_rooms(self, count):
        """Rooms that STAFF made: a list that no other test adds to."""
        names = [f"own.{next(self.numbers)}" for _ in range(count)]
        for name in names:
            self.assertEqual(self.server.put(f"/api/v1/rooms/{name}", room_body(name), STAFF).status, 201)
        return names

    def test_rooms_come_newest_first_page_by_page(self):
        names = self.own_rooms(5)
        self.assertEqual(self.ids("/api/v1/rooms?limit=2", "room_id", STAFF)[:5], names[::-1])

    def test_what_is_made_meanwhile_shifts_nothing(self):
        names = self.own_rooms(4)
        first = self.server.get("/api/v1/rooms?limit=2", STAFF).json()
        self.own_rooms(3)
        second = self.server.get(first["next"], STAFF).json()
        self.assertEqual([room["room_id"] for room in first["items"] + second["items"]], names[::-1])

    def test_what_is_deleted_meanwhile_shifts_nothing(self):
        names = self.own_rooms(4)
        first = self.server.get("/api/v1/rooms?limit=2", STAFF).json()
        self.server.delete(f"/api/v1/rooms/{names[2]}")
        second = self.server.get(first["next"], STAFF).json()
        self.assertEqual([room["room_id"] for room in second["items"]], [names[1], names[0]])

    def test_rooms_by_role_and_by_last_change(self):
        room = self.room()
        self.assertIn(room, self.ids("/api/v1/rooms?role=viewer", "room_id", VIEWER))
        self.assertNotIn(room, self.ids("/api/v1/rooms?role=owner", "room_id", VIEWER))
        updated = next(item["updated_at"] for page in self.pages("/api/v1/rooms", VIEWER) for item in page if item["room_id"] == room)
        self.assertNotIn(room, self.ids(f"/api/v1/rooms?updated_after={updated}", "room_id", VIEWER))
        self.assertIn(room, self.ids("/api/v1/rooms?updated_after=2020-01-01T00:00:00Z", "room_id", VIEWER))

    def test_snapshots_by_state_and_creator(self):
        room = self.room()
        done = self.server.finished_snapshot(room, BROKER)["id"]
        other = self.server.finished_snapshot(room, CHARTERER)["id"]
        path = f"/api/v1/rooms/{room}/snapshots"
        self.assertEqual(self.ids(path, "id"), [other, done])
        self.assertEqual(self.ids(f"{path}?created_by={BROKER.email}", "id"), [done])
        self.assertEqual(self.ids(f"{path}?status=completed&limit=1", "id"), [other, done])
        self.assertEqual(self.ids(f"{path}?status=failed", "id"), [])

    def test_tasks_by_kind_queue_creator_and_time(self):
        first = self.server.make_task(OWNER, queue="lists")
        second = self.server.make_task(OWNER, queue="lists", delay_seconds=1000)
        self.assertEqual(self.ids("/api/v1/tasks?queue=lists", "task_id", OWNER), [second, first])
        self.assertEqual(self.ids("/api/v1/tasks?queue=lists&status=scheduled", "task_id", OWNER), [second])
        self.assertEqual(self.ids("/api/v1/tasks?queue=lists&task_type=generate_pdf", "task_id"), [])
        self.assertEqual(self.ids(f"/api/v1/tasks?queue=lists&created_by={OWNER.email}", "task_id"), [second, first])
        self.assertEqual(self.ids(f"/api/v1/tasks?queue=lists&created_by={OWNER.email}", "task_id", STRANGER), [])
        made = self.server.get(f"/api/v1/tasks/{second}", OWNER).json()["created_at"]
        self.assertIn(second, self.ids(f"/api/v1/tasks?queue=lists&created_after={made}", "task_id"))
        self.assertNotIn(second, self.ids(f"/api/v1/tasks?queue=lists&created_before={made}", "task_id"))

    def test_members_and_activity_page_by_page(self):
        room = self.room(activity=5)
        members = self.ids(f"/api/v1/rooms/{room}/members?limit=2", "email")
        self.assertEqual(members, sorted(members))
        self.assertEqual(len(members), 5)
        self.assertEqual(self.ids(f"/api/v1/rooms/{room}/activity?limit=2", "id"), [f"act{i}" for i in range(5)])

    def test_a_changed_cursor_is_refused(self):
        self.own_rooms(2)
        link = self.server.get("/api/v1/rooms?limit=1", STAFF).json()["next"]
        cursor = link.partition("cursor=")[2].partition("&")[0]
        for i, letter in enumerate(cursor):
            changed = cursor[:i] + ("A" if letter != "A" else "B") + cursor[i + 1:]
            self.assert_problem(self.server.get(f"/api/v1/rooms?limit=1&cursor={changed}", STAFF), 400, "cursor")

    def test_a_cursor_of_another_list_or_other_filters_is_refused(self):
        self.own_rooms(2)
        cursor = self.server.get("/api/v1/rooms?limit=1", STAFF).json()["next"].partition("cursor=")[2].partition("&")[0]
        for path in (f"/api/v1/tasks?cursor={cursor}", f"/api/v1/rooms?role=owner&cursor={cursor}"):
            self.assert_problem(self.server.get(path, STAFF), 400, "cursor")
        self.assertEqual(self.server.get(f"/api/v1/rooms?cursor={cursor}&limit=7", STAFF).status, 200)

    def test_a_cursor_shows_nothing_that_its_reader_may_not_see(self):
        self.room()
        link = self.server.get("/api/v1/rooms?limit=1").json()["next"]
        self.assertEqual(self.server.get(link, STRANGER).json(), {"items": [], "next": None})


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""Rooms, their members and their activity (R20)."""
import json
import re
import unittest

from galley_server import ADMIN, BROKER, OWNER, ROOM_ROLES, ROOT, STAFF, VIEWER, ServerCase, in_parallel, room_body

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Room(ServerCase):
    def test_a_room_comes_back_as_it_was_put(self):
        room = self.room()
        stored = self.server.get(f"/api/v1/rooms/{room}", VIEWER).json()
        wanted = room_body(room)
        entries = sorted(stored.pop("activity"), key=lambda entry: entry["id"])
        self.assertEqual(entries, wanted.pop("activity"))
        self.assertEqual(stored, wanted)

    def test_the_demo_room_comes_back_as_it_was_put(self):
        body = json.loads((ROOT / "assets" / "demo" / "room.json").read_text(encoding="utf-8"))
        body["room"]["id"] = "whole"
        self.assertEqual(self.server.put("/api/v1/rooms/whole", body).status, 201)
        stored = self.server.get("/api/v1/rooms/whole").json()
        self.assertEqual(stored, body)

    def test_put_says_whether_it_made_the_room(self):
        answer = self.server.put("/api/v1/rooms/put-twice", room_body("put-twice"))
        self.assertEqual((answer.status, answer.json()), (201, {"room_id": "put-twice", "created": True}))
        answer = self.server.put("/api/v1/rooms/put-twice", room_body("put-twice", title="New"))
        self.assertEqual((answer.status, answer.json()), (200, {"room_id": "put-twice", "created": False}))
        self.assertEqual(self.server.get("/api/v1/rooms/put-twice").json()["room"]["title"], "New")

    def test_a_put_replaces_the_whole(self):
        room = self.room()
        smaller = {"room": {"reference": "R", "title": "T"}}
        self.assertEqual(self.server.put(f"/api/v1/rooms/{room}", smaller, OWNER).status, 200)
        stored = self.server.get(f"/api/v1/rooms/{room}").json()
        self.assertEqual(stored["room"], smaller["room"])
        self.assertNotIn("documents", stored)
        self.assertEqual(stored.get("activity", []), [])

    def test_a_put_keeps_the_members(self):
        room = self.room()
        self.server.put(f"/api/v1/rooms/{room}", room_body(room, title="New"), OWNER)
        self.assertEqual(self.server.get(f"/api/v1/rooms/{room}", VIEWER).status, 200)

    def test_every_script_survives(self):
        title = "Überführung – 原油 – нефть – نفط – 🚢 \\ \" / \u2028 \u0000".replace("\u0000", "")
        room = self.room(title=title)
        self.assertEqual(self.server.get(f"/api/v1/rooms/{room}").json()["room"]["title"], title)

    def test_a_room_id_has_an_alphabet_and_a_length(self):
        for room in ("a", "A.b_c-9", "x" * 64):
            self.assertEqual(self.server.put(f"/api/v1/rooms/{room}", {"room": {"reference": "R", "title": "T"}}).status, 201)
        for room in ("x" * 65, "a%20b", "%C3%A9", "a%00b", "a:b", "a,b"):
            answer = self.server.put(f"/api/v1/rooms/{room}", {"room": {"reference": "R", "title": "T"}})
            self.assert_problem(answer, 400)

    def test_the_list_is_newest_first_and_paged(self):
        server = self.own_server()
        for i in range(5):
            server.put(f"/api/v1/rooms/r{i}", room_body(f"r{i}", title=f"Room {i}"))
        path, seen = "/api/v1/rooms?limit=2", []
        while path:
            page = server.get(path).json()
            seen += page["items"]
            path = page["next"]
        self.assertEqual([item["room_id"] for item in seen], ["r4", "r3", "r2", "r1", "r0"])
        for item in seen:
            self.assertEqual(item.keys(), {"room_id", "title", "version", "created_at", "updated_at"})
            self.assertRegex(item["updated_at"], f"^{TIME.pattern}$")

    def test_each_change_counts_a_version(self):
        room = self.room()

        def version():
            items = self.server.get("/api/v1/rooms?limit=200").json()["items"]
            return next(item["version"] for item in items if item["room_id"] == room)

        first = version()
        self.server.put(f"/api/v1/rooms/{room}", room_body(room))
        self.assertEqual(version(), first + 1)
        self.server.post(f"/api/v1/rooms/{room}/activity", {"text": "x"})
        self.assertEqual(version(), first + 2)

    def test_a_deleted_room_is_gone_with_all_that_was_in_it(self):
        room = self.room()
        answer = self.server.delete(f"/api/v1/rooms/{room}")
        self.assertEqual((answer.status, answer.body), (204, b""))
        for path in ("", "/members", "/activity", "/snapshots"):
            self.assert_problem(self.server.get(f"/api/v1/rooms/{room}{path}"), 404)
        self.assert_problem(self.server.delete(f"/api/v1/rooms/{room}"), 404)

    def test_a_room_made_anew_does_not_know_its_old_members(self):
        room = self.room()
        self.server.delete(f"/api/v1/rooms/{room}")
        self.server.put(f"/api/v1/rooms/{room}", room_body(room), STAFF)
        self.assert_problem(self.server.get(f"/api/v1/rooms/{room}", OWNER), 404)


class BadRoom(ServerCase):
    def refused(self, body, *pointers):
        answer = self.server.put("/api/v1/rooms/bad", body)
        self.assert_problem(answer, 400)
        self.assertEqual(set(answer.pointers()), set(pointers))
        self.assert_problem(self.server.get("/api/v1/rooms/bad"), 404)

    def test_what_is_required(self):
        self.refused({}, "/room")
        self.refused({"room": {}}, "/room/reference", "/room/title")
        self.refused({"room": {"reference": "R", "title": "T"}, "documents": [{}]},
                     "/documents/0/id", "/documents/0/type_code", "/documents/0/type_name", "/documents/0/status")

    def test_what_is_unknown(self):
        self.refused({"room": {"reference": "R", "title": "T", "colour": "red"}, "extra": 1}, "/room/colour", "/extra")

    def test_what_has_the_wrong_type(self):
        body = room_body("bad")
        body["room"]["title"] = ["T"]
        body["parties"] = {}
        body["vessels"][0]["deadweight"] = "heavy"
        body["documents"][1]["version"] = 1.5
        body["activity"][0]["timestamp"] = "yesterday"
        body["summary"]["blockers"] = ["ok", 7]
        self.refused(body, "/room/title", "/parties", "/vessels/0/deadweight", "/documents/1/version",
                     "/activity/0/timestamp", "/summary/blockers/1")

    def test_null_only_where_it_is_allowed(self):
        self.refused({"room": {"reference": "R", "title": None}}, "/room/title")
        body = {"room": {"reference": "R", "title": "T", "cargo": None, "sts_eta": None}, "summary": None}
        self.assertEqual(self.server.put("/api/v1/rooms/nulls", body).status, 201)

    def test_an_id_that_is_not_the_path_s(self):
        self.refused(room_body("other"), "/room/id")

    def test_too_long_a_text_and_too_long_a_list(self):
        self.refused(room_body("bad", title="x" * 20_001), "/room/title")
        self.refused(room_body("bad", documents=10_001), "/documents")

    def test_faults_are_bounded(self):
        body = {"room": {"reference": "R", "title": "T"}, **{f"unknown{i}": i for i in range(5000)}}
        answer = self.server.put("/api/v1/rooms/bad", body)
        self.assert_problem(answer, 400)
        self.assertLessEqual(len(answer.pointers()), 100)


class Members(ServerCase):
    def members(self, room, caller=OWNER):
        items = self.server.get(f"/api/v1/rooms/{room}/members", caller).json()["items"]
        return {item["email"]: item["role"] for item in items}

    def test_members_have_roles(self):
        wanted = {caller.email: role for role, caller in ROOM_ROLES.items()}
        wanted[ADMIN.email] = "owner"  # who made the room
        self.assertEqual(self.members(self.room()), wanted)

    def test_an_owner_manages_members(self):
        room = self.room()
        path = f"/api/v1/rooms/{room}/members/new%40example.org"
        answer = self.server.put(path, {"role": "charterer"}, OWNER)
        self.assertEqual((answer.status, answer.json()), (200, {"email": "new@example.org", "role": "charterer"}))
        self.server.put(path, {"role": "viewer"}, OWNER)
        self.assertEqual(self.members(room)["new@example.org"], "viewer")
        self.assertEqual(self.server.delete(path, OWNER).status, 204)
        self.assertNotIn("new@example.org", self.members(room))
        self.assert_problem(self.server.delete(path, OWNER), 404)

    def test_bad_members(self):
        room = self.room()
        for email, body, pointers in (("a@b", {}, ["/role"]), ("a@b", {"role": "captain"}, ["/role"]),
                                      ("a@b", {"role": 1}, ["/role"]), ("a@b", {"role": ""}, ["/role"]),
                                      ("a@b", {"role": "viewer", "name": "x"}, ["/name"]),
                                      ("nobody", {"role": "viewer"}, [])):
            with self.subTest(email=email, body=body):
                answer = self.server.put(f"/api/v1/rooms/{room}/members/{email}", body)
                self.assert_problem(answer, 400)
                self.assertEqual(answer.pointers(), pointers)
        self.assert_problem(self.server.put("/api/v1/rooms/none/members/a@b", {"role": "viewer"}), 404)


class Activity(ServerCase):
    def entries(self, room, query=""):
        return self.server.get(f"/api/v1/rooms/{room}/activity{query}", VIEWER).json()["items"]

    def test_an_entry_is_filled_in(self):
        room = self.room()
        answer = self.server.post(f"/api/v1/rooms/{room}/activity", {"text": "Mooring masters on board"}, BROKER)
        self.assertEqual(answer.status, 201)
        entry = answer.json()
        self.assertRegex(entry["timestamp"], f"^{TIME.pattern}$")
        self.assertEqual((entry["actor"], entry["text"], entry["ip"]), (BROKER.name, "Mooring masters on board", "127.0.0.1"))
        self.assertTrue(entry["id"])
        self.assertEqual(self.entries(room)[0], entry)

    def test_what_was_given_stays(self):
        room = self.room()
        given = {"id": "mine", "timestamp": "2026-02-03T04:05:06Z", "actor": "Pilot", "action": "note", "text": "t", "ip": "::1"}
        self.assertEqual(self.server.post(f"/api/v1/rooms/{room}/activity", given).json(), given)

    def test_newest_first_up_to_the_limit(self):
        room = self.room(activity=0)
        for i in range(5):
            self.server.post(f"/api/v1/rooms/{room}/activity", {"text": f"Entry {i}"})
        self.assertEqual([entry["text"] for entry in self.entries(room, "?limit=3")], ["Entry 4", "Entry 3", "Entry 2"])

    def test_bad_entries(self):
        path = f"/api/v1/rooms/{self.room()}/activity"
        for body, pointer in (({}, "/text"), ({"text": 1}, "/text"), ({"text": "x", "timestamp": "now"}, "/timestamp"),
                              ({"text": "x", "mood": "good"}, "/mood"), ({"text": None}, "/text"), ([], "")):
            with self.subTest(body=body):
                answer = self.server.post(path, body)
                self.assert_problem(answer, 400)
                self.assertIn(pointer, answer.pointers())

    def test_entries_that_come_together_are_all_kept(self):
        room = self.room(activity=0)
        in_parallel(20, lambda i: self.server.post(f"/api/v1/rooms/{room}/activity", {"text": f"Entry {i}"}))
        self.assertEqual({entry["text"] for entry in self.entries(room)}, {f"Entry {i}" for i in range(20)})


if __name__ == "__main__":
    unittest.main()

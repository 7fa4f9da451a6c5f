#!/usr/bin/python3
"""Who may do what (R10–R12): the five levels of R11, each by itself, then every role at every endpoint."""
import time
import unittest

from galley_server import (ADMIN, BROKER, CHARTERER, OWNER, ROOM_ROLES, SECRET, STAFF, STRANGER, VIEWER, ServerCase, base64url,
                           room_body, signed_token, token_of)

HEADER = {"alg": "HS256", "typ": "JWT"}


class Level1Token(ServerCase):
    def assert_refused(self, headers):
        answer = self.server.get("/api/v1/rooms", caller=None, headers=headers)
        self.assert_problem(answer, 401)
        self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))

    def assert_token_refused(self, token):
        self.assert_refused({"Authorization": "Bearer " + token})

    def claims(self, **changed):
        claims = {"sub": OWNER.email, "role": "admin", "exp": int(time.time()) + 3600}
        claims.update(changed)
        return {name: value for name, value in claims.items() if value is not None}

    def test_a_good_token_is_let_in(self):
        answer = self.server.get("/api/v1/rooms", token=signed_token(HEADER, self.claims()))
        self.assertEqual(answer.status, 200, answer)

    def test_no_token(self):
        self.assert_refused({})

    def test_another_scheme(self):
        self.assert_refused({"Authorization": "Basic " + token_of(ADMIN)})

    def test_an_empty_token(self):
        self.assert_refused({"Authorization": "Bearer"})

    def test_not_a_token(self):
        for token in ("x", "a.b", "a.b.c", "a.b.c.d", "..", "%%%.%%%.%%%", "é.é.é".encode().decode("latin-1")):
            with self.subTest(token):
                self.assert_token_refused(token)

    def test_expired(self):
        self.assert_token_refused(signed_token(HEADER, self.claims(exp=int(time.time()) - 120)))

    def test_not_valid_yet(self):
        self.assert_token_refused(signed_token(HEADER, self.claims(nbf=int(time.time()) + 600)))

    def test_without_an_end(self):
        self.assert_token_refused(signed_token(HEADER, self.claims(exp=None)))

    def test_signed_with_another_key(self):
        self.assert_token_refused(signed_token(HEADER, self.claims(), SECRET + "!"))

    def test_changed_after_signing(self):
        header, _, signature = signed_token(HEADER, self.claims(role="user")).split(".")
        forged = signed_token(HEADER, self.claims(role="admin")).split(".")[1]
        self.assert_token_refused(f"{header}.{forged}.{signature}")

    def test_every_changed_byte_of_the_signature(self):
        head, signature = signed_token(HEADER, self.claims()).rsplit(".", 1)
        for i in range(0, len(signature) - 1):  # the last character holds bits that decode to nothing
            other = "A" if signature[i] != "A" else "B"
            self.assert_token_refused(head + "." + signature[:i] + other + signature[i + 1:])

    def test_algorithm_none_in_every_spelling(self):
        for name in ("none", "None", "NONE", ""):
            head = signed_token({"alg": name, "typ": "JWT"}, self.claims()).rsplit(".", 1)[0]
            self.assert_token_refused(head + ".")
            self.assert_token_refused(signed_token({"alg": name}, self.claims()))

    def test_the_token_does_not_choose_the_algorithm(self):
        for name in ("HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256"):
            self.assert_token_refused(signed_token({"alg": name}, self.claims()))

    def test_the_token_does_not_bring_its_key(self):
        for name in ("jwk", "jku", "x5u", "x5c", "crit"):
            self.assert_token_refused(signed_token({**HEADER, name: ["x"]}, self.claims()))

    def test_claims_of_the_wrong_kind(self):
        for changed in ({"sub": None}, {"sub": 7}, {"sub": ""}, {"role": "root"}, {"role": 1}, {"exp": "tomorrow"},
                        {"name": "a\nb"}, {"nbf": "now"}):
            with self.subTest(changed):
                self.assert_token_refused(signed_token(HEADER, self.claims(**changed)))

    def test_claims_that_are_no_object(self):
        self.assert_token_refused(signed_token(HEADER, [1, 2]))
        self.assert_token_refused(base64url(b'{"alg":"HS256"}') + "." + base64url(b"\xff\xfe") + ".AAAA")

    def test_the_token_is_looked_at_before_the_room_and_the_body(self):
        answer = self.server.post("/api/v1/rooms/nowhere/snapshots", b"{", caller=None)
        self.assert_problem(answer, 401)


class Level2Account(ServerCase):
    def test_an_account_that_was_switched_off_is_refused_and_back_when_switched_on(self):
        room = self.room()
        path = f"/api/v1/rooms/{room}/snapshots"
        self.assertEqual(self.server.get(path, BROKER).status, 200)
        self.server.stop()
        self.server.change_database("INSERT INTO account (email, role, name, active, created_at) VALUES (?, 'user', '', 0, 0)",
                                    (BROKER.email,))
        self.server.start()
        self.assert_problem(self.server.get(path, BROKER), 403, "switched off")
        self.assert_problem(self.server.post("/api/v1/tasks", {"task_type": "echo"}, BROKER), 403)
        self.assertEqual(self.server.get(path, CHARTERER).status, 200)
        self.server.stop()
        self.assertEqual(self.server.change_database("UPDATE account SET active = 1 WHERE email = ?", (BROKER.email,)), 1)
        self.server.start()
        self.assertEqual(self.server.get(path, BROKER).status, 200)

    def test_a_bad_token_of_a_switched_off_account_is_a_bad_token(self):
        self.server.stop()
        self.server.change_database("INSERT INTO account (email, role, name, active, created_at) VALUES (?, 'user', '', 0, 0)",
                                    (STRANGER.email,))
        self.server.start()
        self.assert_problem(self.server.get("/api/v1/rooms", token=token_of(STRANGER, exp=1)), 401)
        self.assert_problem(self.server.get("/api/v1/rooms", STRANGER), 403)


class Level3Membership(ServerCase):
    def test_a_stranger_cannot_tell_a_foreign_room_from_none(self):
        room = self.room()
        for path in ("", "/members", "/activity", "/snapshots"):
            foreign = self.server.get(f"/api/v1/rooms/{room}{path}", STRANGER)
            missing = self.server.get(f"/api/v1/rooms/no-room{path}", STRANGER)
            self.assert_problem(foreign, 404)
            self.assert_problem(missing, 404)
            self.assertEqual(foreign.json()["detail"], missing.json()["detail"])

    def test_staff_are_no_members(self):
        self.assert_problem(self.server.get(f"/api/v1/rooms/{self.room()}", STAFF), 404)

    def test_an_administrator_needs_no_membership(self):
        self.assertEqual(self.server.get(f"/api/v1/rooms/{self.room()}", ADMIN).status, 200)

    def test_a_removed_member_is_a_stranger_at_once(self):
        room = self.room()
        self.assertEqual(self.server.get(f"/api/v1/rooms/{room}", VIEWER).status, 200)
        self.assertEqual(self.server.delete(f"/api/v1/rooms/{room}/members/{VIEWER.email}").status, 204)
        self.assert_problem(self.server.get(f"/api/v1/rooms/{room}", VIEWER), 404)

    def test_membership_goes_before_the_body(self):
        answer = self.server.post(f"/api/v1/rooms/{self.room()}/snapshots", b"{", STRANGER)
        self.assert_problem(answer, 404)


class Level4RoomRole(ServerCase):
    def test_a_viewer_may_not_create_a_snapshot(self):
        answer = self.server.post(f"/api/v1/rooms/{self.room()}/snapshots", {"title": "x"}, VIEWER)
        self.assert_problem(answer, 403)

    def test_broker_owner_charterer_and_administrator_create_snapshots(self):
        room = self.room()
        for caller in (BROKER, OWNER, CHARTERER, ADMIN):
            answer = self.server.post(f"/api/v1/rooms/{room}/snapshots", {"title": "x"}, caller)
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual(answer.json()["created_by"], caller.email)

    def test_only_an_administrator_deletes_a_snapshot(self):
        room = self.room()
        snapshot = self.server.finished_snapshot(room)
        path = f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}"
        for caller in (OWNER, BROKER, CHARTERER, VIEWER):
            self.assert_problem(self.server.delete(path, caller), 403)
        self.assert_problem(self.server.delete(path, STRANGER), 404)
        self.assertEqual(self.server.get(path, VIEWER).status, 200)
        self.assertEqual(self.server.delete(path, ADMIN).status, 204)
        self.assert_problem(self.server.get(path, ADMIN), 404)

    def test_a_changed_role_counts_at_once(self):
        room = self.room()
        members = f"/api/v1/rooms/{room}/members/{VIEWER.email}"
        self.assertEqual(self.server.put(members, {"role": "broker"}).status, 200)
        self.server.make_snapshot(room, VIEWER)
        self.assertEqual(self.server.put(members, {"role": "viewer"}).status, 200)
        self.assert_problem(self.server.post(f"/api/v1/rooms/{room}/snapshots", {"title": "x"}, VIEWER), 403)

    def test_a_role_in_one_room_says_nothing_about_another(self):
        own, other = self.room(), self.room()
        self.server.delete(f"/api/v1/rooms/{other}/members/{BROKER.email}")
        snapshot = self.server.finished_snapshot(other, OWNER)
        for path in (f"/api/v1/rooms/{other}/snapshots/{snapshot['id']}", f"/api/v1/rooms/{own}/snapshots/{snapshot['id']}",
                     f"/api/v1/rooms/{own}/snapshots/{snapshot['id']}/download"):
            self.assert_problem(self.server.get(path, BROKER), 404)
        self.assert_problem(self.server.delete(f"/api/v1/rooms/{own}/snapshots/{snapshot['id']}", ADMIN), 404)


class Level5State(ServerCase):
    def put_state(self, room, snapshot, state, error=None):
        """Puts a snapshot into a state that passes too quickly to be met, or does not come by itself."""
        self.server.stop()
        changed = self.server.change_database(
            "UPDATE snapshot SET state = ?, error = ?, content_hash = NULL WHERE room_id = ?", (state, error, room))
        self.assertEqual(changed, 1)
        self.server.start()
        return f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}"

    def test_a_download_while_generating_is_a_conflict(self):
        room = self.room()
        path = self.put_state(room, self.server.finished_snapshot(room), 0)
        self.assertEqual(self.server.get(path, BROKER).json()["status"], "generating")
        self.assert_problem(self.server.get(path + "/download", BROKER), 409, "generated")

    def test_a_download_of_a_failed_snapshot_gives_its_error(self):
        room = self.room()
        path = self.put_state(room, self.server.finished_snapshot(room), 2, "the page is too wide")
        self.assertEqual(self.server.get(path, BROKER).json()["error"], "the page is too wide")
        self.assert_problem(self.server.get(path + "/download", BROKER), 409, "the page is too wide")

    def test_the_state_is_told_to_members_only(self):
        room = self.room()
        path = self.put_state(room, self.server.finished_snapshot(room), 0)
        self.assert_problem(self.server.get(path + "/download", STRANGER), 404)


def role_rows(room, snapshot, task):
    """(method, path, body, expected status by caller). 'ok' is any 2xx."""
    base = f"/api/v1/rooms/{room}"
    one = f"{base}/snapshots/{snapshot}"
    member = f"{base}/members/new@example.org"

    def row(method, path, body, owner, broker, charterer, viewer, stranger, staff, admin):
        return method, path, body, {OWNER: owner, BROKER: broker, CHARTERER: charterer, VIEWER: viewer,
                                    STRANGER: stranger, STAFF: staff, ADMIN: admin}

    entry = {"text": "noted"}
    return [
        row("GET", base, None, "ok", "ok", "ok", "ok", 404, 404, "ok"),
        row("GET", base + "/members", None, "ok", "ok", "ok", "ok", 404, 404, "ok"),
        row("GET", base + "/activity", None, "ok", "ok", "ok", "ok", 404, 404, "ok"),
        row("GET", base + "/snapshots", None, "ok", "ok", "ok", "ok", 404, 404, "ok"),
        row("GET", one, None, "ok", "ok", "ok", "ok", 404, 404, "ok"),
        row("GET", one + "/download", None, "ok", "ok", "ok", "ok", 404, 404, "ok"),
        row("HEAD", one + "/download", None, "ok", "ok", "ok", "ok", 404, 404, "ok"),
        row("PUT", base, room_body(room), "ok", 403, 403, 403, 404, 404, "ok"),
        row("PUT", member, {"role": "viewer"}, "ok", 403, 403, 403, 404, 404, "ok"),
        row("POST", base + "/activity", entry, "ok", "ok", "ok", 403, 404, 404, "ok"),
        row("POST", base + "/snapshots", {"title": "x"}, "ok", "ok", "ok", 403, 404, 404, "ok"),
        # BROKER made the task: visible to BROKER and the administrator.
        row("GET", f"/api/v1/tasks/{task}", None, 404, "ok", 404, 404, 404, 404, "ok"),
        row("GET", f"/api/v1/snapshots/tasks/{task}", None, 404, "ok", 404, 404, 404, 404, "ok"),
        row("POST", f"/api/v1/tasks/{task}/cancel", None, 404, 409, 404, 404, 404, 404, 409),
        row("POST", f"/api/v1/tasks/{task}/retry", None, 404, 409, 404, 404, 404, 404, 409),
        row("GET", "/api/v1/rooms", None, *["ok"] * 7),
        row("GET", "/api/v1/tasks", None, *["ok"] * 7),
        row("POST", "/api/v1/tasks", {"task_type": "echo"}, *["ok"] * 7),
        row("GET", "/api/v1/snapshots/metrics/summary", None, *[403] * 6, "ok"),
        row("POST", "/api/v1/snapshots/metrics/export", None, *[403] * 6, "ok"),
        row("DELETE", "/api/v1/snapshots/metrics", None, *[403] * 6, "ok"),
        row("GET", "/api/cache/stats", None, *[403] * 6, "ok"),
        row("GET", "/metrics", None, *[403] * 6, "ok"),
        # What destroys comes last; the administrator of each row does it.
        row("DELETE", member, None, 204, 403, 403, 403, 404, 404, 404),
        row("DELETE", one, None, 403, 403, 403, 403, 404, 404, 204),
        row("DELETE", base, None, 403, 403, 403, 403, 404, 404, 204),
    ]


class EveryRoleAtEveryEndpoint(ServerCase):
    def test_every_role_at_every_endpoint(self):
        room = self.room()
        snapshot = self.server.finished_snapshot(room, BROKER)
        task = snapshot["task_id"]
        for method, path, body, expected in role_rows(room, snapshot["id"], task):
            for caller, wanted in expected.items():
                with self.subTest(method=method, path=path, caller=caller.email):
                    status = self.server.request(method, path, caller, body).status
                    if wanted == "ok":
                        self.assertIn(status, range(200, 300))
                    else:
                        self.assertEqual(status, wanted)
            self.assertEqual(self.server.request(method, path, None, body).status, 401, path)

    def test_a_room_is_created_by_staff_or_administrator(self):
        for caller, wanted in ((STRANGER, 403), (OWNER, 403), (STAFF, 201), (ADMIN, 201)):
            room = f"new-{caller.role}"
            self.assertEqual(self.server.put(f"/api/v1/rooms/{room}", room_body(room), caller).status, wanted)

    def test_who_creates_a_room_owns_it(self):
        self.server.put("/api/v1/rooms/of-staff", room_body("of-staff"), STAFF)
        members = self.server.get("/api/v1/rooms/of-staff/members", STAFF).json()["items"]
        self.assertEqual([(member["email"], member["role"]) for member in members], [(STAFF.email, "owner")])

    def test_a_list_of_rooms_holds_the_caller_s_rooms_only(self):
        mine, other = self.room(), self.room()
        self.server.delete(f"/api/v1/rooms/{other}/members/{CHARTERER.email}")
        listed = [item["room_id"] for item in self.server.get("/api/v1/rooms?limit=200", CHARTERER).json()["items"]]
        self.assertIn(mine, listed)
        self.assertNotIn(other, listed)
        self.assertEqual(self.server.get("/api/v1/rooms", STRANGER).json()["items"], [])

    def test_a_list_of_tasks_holds_the_caller_s_tasks_only(self):
        mine, other = self.server.make_task(BROKER), self.server.make_task(CHARTERER)
        for path in ("/api/v1/tasks?limit=200", f"/api/v1/tasks?limit=200&created_by={CHARTERER.email}"):
            listed = [item["task_id"] for item in self.server.get(path, BROKER).json()["items"]]
            self.assertIn(mine, listed)
            self.assertNotIn(other, listed)
        all_tasks = [item["task_id"] for item in self.server.get("/api/v1/tasks?limit=200", ADMIN).json()["items"]]
        self.assertLessEqual({mine, other}, set(all_tasks))

    def test_a_bulk_status_leaves_out_the_tasks_of_others(self):
        mine, other = self.server.make_task(BROKER), self.server.make_task(CHARTERER)
        asked = {"task_ids": [mine, other, "no-such-task"]}
        items = self.server.post("/api/v1/tasks/bulk-status", asked, BROKER).json()["items"]
        self.assertEqual([item["task_id"] for item in items], [mine])

    def test_health_needs_no_token(self):
        for path in ("/health/live", "/health/ready"):
            self.assertEqual(self.server.get(path, caller=None).status, 200)

    def test_each_role_of_a_room_is_covered_here(self):
        self.assertEqual(set(ROOM_ROLES), {"owner", "broker", "charterer", "viewer"})


class PublicMetrics(ServerCase):
    flags = ("--metrics-public",)

    def test_metrics_need_no_token_when_configured_so(self):
        self.assertEqual(self.server.get("/metrics", caller=None).status, 200)

    def test_the_summary_still_needs_one(self):
        self.assert_problem(self.server.get("/api/v1/snapshots/metrics/summary", caller=None), 401)


if __name__ == "__main__":
    unittest.main()

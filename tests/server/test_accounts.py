#!/usr/bin/python3
"""Accounts (R11 level 2) and the audit log over HTTP: switched off and on, for the next request, durably, written down."""
import unittest

from galley_server import ADMIN, BROKER, Caller, ServerCase, in_parallel

OTHER_ADMIN = Caller("other-admin@galley.example", "admin", "Other")


class Accounts(ServerCase):
    def account(self):
        return Caller(f"user{next(self.numbers)}@b.example", "user", "")

    def path(self, caller):
        return f"/api/v1/accounts/{caller.email}"

    def allowed(self, caller, server=None):
        return (server or self.server).get("/api/v1/rooms", caller).status

    def test_switching_off_and_on_counts_for_the_next_request(self):
        user = self.account()
        self.assertEqual(self.allowed(user), 200)
        answer = self.server.put(self.path(user), {"active": False})
        self.assertEqual((answer.status, answer.json()["active"], answer.json()["email"]), (201, False, user.email), answer)
        for method, path in (("GET", "/api/v1/rooms"), ("POST", "/api/v1/tasks"), ("GET", "/api/cache/stats")):
            self.assert_problem(self.server.request(method, path, user, {}), 403, "switched off")
        self.assertEqual(self.server.request("PATCH", self.path(user), body={"active": True}).status, 200)
        self.assertEqual(self.allowed(user), 200)

    def test_it_survives_a_kill(self):
        own = self.own_server()
        self.assertEqual(own.put(self.path(BROKER), {"active": False, "name": "Bram", "role": "staff"}).status, 201)
        own.kill()
        own.start()
        self.assertEqual(self.allowed(BROKER, own), 403)
        found = own.get(self.path(BROKER)).json()
        self.assertEqual((found["active"], found["name"], found["role"]), (False, "Bram", "staff"))

    def test_a_patch_keeps_what_it_does_not_name(self):
        user = self.account()
        created = self.server.put(self.path(user), {"name": "Ann", "role": "staff"}).json()
        changed = self.server.request("PATCH", self.path(user), body={"active": False}).json()
        self.assertEqual(changed, {**created, "active": False})
        replaced = self.server.put(self.path(user), {}).json()
        self.assertEqual((replaced["name"], replaced["role"], replaced["active"]), ("", "user", True))
        self.assertEqual(replaced["created_at"], created["created_at"])

    def test_an_address_without_an_account_is_switched_off_by_a_patch(self):
        user = self.account()
        answer = self.server.request("PATCH", self.path(user), body={"active": False})
        self.assertEqual((answer.status, answer.json()["role"]), (201, "user"), answer)
        self.assertEqual(self.allowed(user), 403)

    def test_nobody_locks_themselves_out(self):
        self.assert_problem(self.server.put(self.path(ADMIN), {"active": False}), 409)
        self.server.put(self.path(ADMIN), {"name": "Administrator"})
        self.assert_problem(self.server.request("PATCH", self.path(ADMIN), body={"active": False}), 409)
        self.assertEqual(self.allowed(ADMIN), 200)
        self.assertEqual(self.server.put(self.path(OTHER_ADMIN), {"active": False}).status, 201)
        self.assertEqual(self.allowed(OTHER_ADMIN), 403)

    def test_bad_input_says_what_and_where(self):
        path = self.path(self.account())
        for body, pointer in (({"active": "no"}, "/active"), ({"role": "root"}, "/role"), ({"name": "a\nb"}, "/name"),
                              ({"name": "x" * 201}, "/name"), ({"email": "x@y.example"}, "/email")):
            for method in ("PUT", "PATCH"):
                self.server.put(self.path(BROKER), {})
                answer = self.server.request(method, self.path(BROKER), body=body)
                self.assert_problem(answer, 400)
                self.assertIn(pointer, answer.pointers())
        self.assert_problem(self.server.put("/api/v1/accounts/no-address", {}), 400)
        self.assert_problem(self.server.get(path), 404)

    def test_lists_are_paged_and_filtered(self):
        own = self.own_server()
        emails = [f"user{i:02}@b.example" for i in range(25)]
        for number, email in enumerate(emails):
            self.assertEqual(own.put(f"/api/v1/accounts/{email}", {"active": number % 5 != 0}).status, 201)
        found, path = [], "/api/v1/accounts?limit=10"
        while path:
            page = own.get(path).json()
            found += [account["email"] for account in page["items"]]
            path = page["next"]
        self.assertEqual(found, emails)
        off = own.get("/api/v1/accounts?active=false").json()["items"]
        self.assertEqual([account["email"] for account in off], emails[::5])
        for query in ("limit=0", "limit=201", "active=maybe", "cursor=x", "role=admin"):
            self.assert_problem(own.get("/api/v1/accounts?" + query), 400)

    def test_changes_are_written_to_the_audit_log(self):
        user = self.account()
        self.server.put(self.path(user), {"name": "Ann"}, headers={"X-Request-Id": "make"})
        self.server.request("PATCH", self.path(user), body={"active": False}, headers={"X-Request-Id": "off"})
        self.server.request("PATCH", self.path(user), body={"active": True}, headers={"X-Request-Id": "on"})
        entries = self.server.get(f"/api/v1/audit?object={user.email}").json()["items"]
        self.assertEqual([(entry["action"], entry["request_id"]) for entry in entries],
                         [("account_on", "on"), ("account_off", "off"), ("account_update", "make")])
        self.assertEqual({entry["who"] for entry in entries}, {ADMIN.email})

    def test_many_changes_at_once_leave_one_of_them(self):
        user = self.account()
        answers = in_parallel(8, lambda index: self.server.put(self.path(user), {"active": index % 2 == 0}).status)
        self.assertTrue(set(answers) <= {200, 201}, answers)
        active = self.server.get(self.path(user)).json()["active"]
        self.assertEqual(self.allowed(user), 200 if active else 403)


class AuditOverHttp(ServerCase):
    def audit(self, query=""):
        answer = self.server.get("/api/v1/audit" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def test_pages_lead_to_the_first_entry(self):
        self.room()
        seen, page = [], self.audit("?limit=3")
        while True:
            seen += [entry["seq"] for entry in page["items"]]
            if not page["next"]:
                break
            page = self.server.get(page["next"]).json()
        self.assertEqual(seen, list(range(len(seen), 0, -1)))

    def test_filters(self):
        room = self.room()
        self.server.get("/api/cache/stats", BROKER)
        self.server.post(f"/api/v1/rooms/{room}/snapshots", {"title": "x"}, BROKER)
        made = self.audit(f"?who={BROKER.email}&action=snapshot_create&object={room}")["items"]
        self.assertEqual(len(made), 1)
        self.assertTrue(made[0]["object"].startswith(room + "/snap-"))
        self.assertEqual(self.audit(f"?object={room}&since=2100-01-01T00:00:00Z")["items"], [])
        self.assertEqual(self.audit(f"?object={room}&until=2000-01-01T00:00:00Z")["items"], [])
        self.assertNotEqual(self.audit(f"?object={room}&since=2000-01-01T00:00:00Z&outcome=success")["items"], [])
        for query in ("?outcome=maybe", "?since=today", "?limit=0", "?nobody=x", "?cursor=abc"):
            self.assert_problem(self.server.get("/api/v1/audit" + query), 400)

    def test_verify(self):
        self.room()
        verdict = self.server.get("/api/v1/audit/verify").json()
        self.assertTrue(verdict["ok"])
        self.assertTrue(self.server.get("/api/v1/audit/verify?expect=" + verdict["head"]).json()["ok"])
        longer = f"{verdict['entries'] + 1000}:{'0' * 64}"
        self.assertFalse(self.server.get("/api/v1/audit/verify?expect=" + longer).json()["ok"])
        self.assert_problem(self.server.get("/api/v1/audit/verify?expect=x"), 400)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""Rate limits (R15): by caller and class, by client address, refused tokens; and who the client is behind a proxy."""
import signal
import unittest

from galley_server import ADMIN, BROKER, OWNER, VIEWER, ServerCase, token_of

PROXIED = ("--http-trusted-proxies", "127.0.0.1")


def forwarded(address):
    return {"X-Forwarded-For": address}


class RateLimited(ServerCase):
    def assert_limited(self, answer, per_minute):
        self.assert_problem(answer, 429, "too many requests")
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(answer.headers["RateLimit-Limit"], str(per_minute))
        self.assertEqual(answer.headers["RateLimit-Remaining"], "0")
        self.assertGreaterEqual(int(answer.headers["RateLimit-Reset"]), int(answer.headers["Retry-After"]))
        self.assertEqual(answer.headers["RateLimit-Policy"], f"{per_minute};w=60")

    def statuses(self, count, ask):
        return [ask().status for _ in range(count)]


class ByCaller(RateLimited):
    # One a minute, so that no test is too slow to meet the limit.
    flags = ("--limits-write-per-minute", "1", "--limits-write-burst", "3", "--limits-read-per-minute", "1", "--limits-read-burst", "5")

    def test_each_caller_has_a_limit_in_each_class(self):
        def make(caller):
            return lambda: self.server.post("/api/v1/tasks", {"task_type": "echo"}, caller)
        self.assertEqual(self.statuses(5, make(BROKER)), [202, 202, 202, 429, 429])
        self.assert_limited(make(BROKER)(), 1)
        self.assertEqual(self.statuses(4, make(OWNER)), [202, 202, 202, 429], "another caller")
        self.assertEqual(self.statuses(6, lambda: self.server.get("/api/v1/rooms", BROKER)), [200] * 5 + [429], "another class")
        self.assertEqual(self.server.get("/health/live", None).status, 200)

    def test_who_may_not_is_told_so_before_the_limit(self):
        for _ in range(10):
            self.assertEqual(self.server.get("/api/v1/rooms", None).status, 401)


class ByAddress(RateLimited):
    flags = (*PROXIED, "--limits-public-per-minute", "1", "--limits-public-burst", "2",
             "--limits-failed-authentications-per-minute", "1", "--limits-failed-authentications-burst", "4")

    def live(self, address):
        return self.server.get("/health/live", None, headers=forwarded(address)).status

    def guess(self, address, token="a.b.c"):
        return self.server.get("/api/v1/rooms", token=token, headers=forwarded(address))

    def test_public_endpoints_are_limited_by_address(self):
        self.assertEqual([self.live("198.51.100.1") for _ in range(4)], [200, 200, 429, 429])
        self.assertEqual(self.live("198.51.100.2"), 200)

    def test_an_ipv6_network_is_one_address(self):
        self.assertEqual([self.live(f"2001:db8:0:7::{i}") for i in range(3)], [200, 200, 429])
        self.assertEqual(self.live("2001:db8:0:8::1"), 200)

    def test_the_machine_itself_is_not_limited(self):
        self.assertEqual(self.statuses(20, lambda: self.server.get("/health/live", None)), [200] * 20)
        self.assertEqual(self.statuses(20, lambda: self.server.get("/api/v1/rooms", token="a.b.c")), [401] * 20)

    def test_refused_tokens_are_limited_and_good_ones_pass(self):
        address = "198.51.100.3"
        self.assertEqual([self.guess(address).status for _ in range(6)], [401] * 4 + [429] * 2)
        self.assert_limited(self.guess(address), 1)
        self.assertEqual(self.guess(address, token_of(BROKER)).status, 200, "nobody is locked out by a neighbour")
        self.assertEqual(self.guess("198.51.100.4").status, 401)

    def test_a_request_without_a_token_is_no_guess(self):
        for _ in range(10):
            answer = self.server.get("/api/v1/rooms", None, headers=forwarded("198.51.100.5"))
            self.assertEqual(answer.status, 401)

    def test_what_a_client_writes_into_the_field_is_not_believed(self):
        for i in range(2):
            self.assertEqual(self.live(f"10.0.0.{i}, 198.51.100.6"), 200)
        self.assertEqual(self.live("10.0.0.9, 198.51.100.6"), 429)


class WithoutProxies(RateLimited):
    flags = ("--limits-public-per-minute", "1", "--limits-public-burst", "1")

    def test_nobody_is_believed_who_is_not_trusted(self):
        for _ in range(5):
            answer = self.server.get("/health/live", None, headers=forwarded("198.51.100.1"))
            self.assertEqual(answer.status, 200)


class Audited(RateLimited):
    flags = PROXIED

    def test_the_audit_log_names_the_client_behind_the_proxy(self):
        own = self.own_server(*PROXIED)
        room = own.make_room("proxied")
        own.post(f"/api/v1/rooms/{room}/snapshots", {"title": "x"}, BROKER, headers=forwarded("198.51.100.9"))
        own.stop()
        database = own.database()
        rows = database.execute("SELECT from_address FROM audit_log WHERE action = 'snapshot_create'").fetchall()
        database.close()
        self.assertEqual(rows, [("198.51.100.9",)])


class Defaults(RateLimited):
    def test_ordinary_use_meets_no_limit(self):
        for caller in (ADMIN, BROKER):
            self.assertEqual(set(self.statuses(200, lambda: self.server.get("/api/v1/rooms", caller))), {200})

    def test_new_limits_are_taken_up_on_sighup(self):
        own = self.own_server()
        config = own.folder / "galley.toml"
        config.write_text("")
        own.stop()
        own.flags = ("--config", str(config))
        own.start()
        self.assertEqual({own.get("/api/v1/rooms", VIEWER).status for _ in range(50)}, {200})
        config.write_text("[limits]\nread_per_minute = 1\nread_burst = 1\n")
        own.process.send_signal(signal.SIGHUP)
        while "reloaded" not in own.log():
            pass
        self.assertIn(429, {own.get("/api/v1/rooms", VIEWER).status for _ in range(3)})


if __name__ == "__main__":
    unittest.main()

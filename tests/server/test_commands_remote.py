#!/usr/bin/python3
"""`galley account` and `galley cache --url`: the command line asks a running server (R85, R121)."""
import json
import unittest

from galley_server import ADMIN, BROKER, ServerCase, run_galley, token_of


class Remote(ServerCase):
    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.port}"

    def run_as(self, caller, *arguments):
        return run_galley(*arguments, "--url", self.url, GALLEY_TOKEN=token_of(caller))

    def out(self, *arguments):
        done = self.run_as(ADMIN, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        return done.stdout.decode()

    def refused(self, *arguments, caller=ADMIN, code=1):
        done = self.run_as(caller, *arguments)
        self.assertEqual((done.returncode, done.stdout), (code, b""), done)
        return done.stderr.decode()


class Accounts(Remote):
    def email(self):
        return f"user{next(self.numbers)}@b.example"

    def status_for(self, email):
        return self.server.get("/api/v1/rooms", BROKER._replace(email=email)).status

    def test_disable_and_enable_count_at_once(self):
        one, two = self.email(), self.email()
        self.assertEqual(self.out("account", "disable", one, two), f"{one} is switched off\n{two} is switched off\n")
        self.assertEqual((self.status_for(one), self.status_for(two)), (403, 403))
        self.assertEqual(json.loads(self.out("account", "enable", one, "--json"))["active"], True)
        self.assertEqual((self.status_for(one), self.status_for(two)), (200, 403))

    def test_set_and_show(self):
        email = self.email()
        made = json.loads(self.out("account", "set", email, "--role", "staff", "--name", "Ann \"Lee\"", "--json"))
        self.assertEqual((made["email"], made["role"], made["name"]), (email, "staff", "Ann \"Lee\""))
        self.out("account", "set", email, "--name", "")
        shown = json.loads(self.out("account", "show", email, "--json"))
        self.assertEqual((shown["role"], shown["name"]), ("staff", ""))
        self.assertIn(email, self.out("account", "show", email))

    def test_the_list_is_whole_and_a_table(self):
        emails = [f"list{number:03}@b.example" for number in range(205)]
        self.out("account", "disable", *emails)
        listed = [account["email"] for account in json.loads(self.out("account", "list", "--json"))]
        self.assertEqual([email for email in listed if email.startswith("list")], emails)
        lines = self.out("account", "list", "--off").splitlines()
        self.assertEqual(lines[0].split(), ["EMAIL", "ROLE", "ACTIVE", "NAME", "CREATED"])
        self.assertTrue(all(" false " in line for line in lines[1:]))

    def test_a_token_may_come_from_a_file(self):
        file = self.server.folder / "token"
        file.write_text(token_of(ADMIN) + "\n", encoding="ascii")
        done = run_galley("account", "list", "--token-file", str(file), GALLEY_URL=self.url)
        self.assertEqual(done.returncode, 0, done)

    def test_refusals_say_why(self):
        self.assertIn("404", self.refused("account", "show", "nobody@b.example"))
        self.assertIn("/role must be", self.refused("account", "set", self.email(), "--role", "king"))
        self.assertIn("forbidden: ", self.refused("account", "list", caller=BROKER))
        self.assertIn("your own account", self.refused("account", "disable", ADMIN.email))
        self.refused("account", "disable", code=2)
        done = run_galley("account", "list", "--url", self.url)
        self.assertEqual((done.returncode, b"GALLEY_TOKEN" in done.stderr), (1, True), done)
        done = run_galley("account", "list", "--url", "ftp://x", GALLEY_TOKEN="x")
        self.assertEqual((done.returncode, b"http://127.0.0.1:8000" in done.stderr), (1, True), done)

    def test_the_token_is_never_shown(self):
        secret = "x.secret-part.y"
        done = run_galley("account", "list", "--url", self.url, GALLEY_TOKEN=secret)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn(secret.encode(), done.stdout + done.stderr)


class Cache(Remote):
    def cached(self, room):
        content_hash = self.server.finished_snapshot(room)["content_hash"]
        return content_hash, self.server.data / "pdf_cache" / content_hash

    def test_stats_and_health(self):
        self.assertEqual(json.loads(self.out("cache", "stats", "--json")).keys(), self.server.get("/api/cache/stats").json().keys())
        self.assertRegex(self.out("cache", "health"), "^status +ok\n")

    def test_invalidate_one_and_a_room(self):
        room = self.room()
        content_hash, file = self.cached(room)
        self.assertEqual(self.out("cache", "invalidate", content_hash), "1 entries left the cache\n")
        self.assertFalse(file.exists())
        self.assertIn("404", self.refused("cache", "invalidate", content_hash))
        _, file = self.cached(room)
        self.assertEqual(json.loads(self.out("cache", "invalidate", "--room", room, "--json")), {"removed": 1})
        self.assertFalse(file.exists())
        self.refused("cache", "invalidate", code=2)
        self.refused("cache", "invalidate", content_hash, "--room", room, code=2)

    def test_clear_by_age_and_all(self):
        _, file = self.cached(self.room())
        self.assertEqual(self.out("cache", "clear", "--older-than-hours", "1"), "0 entries left the cache\n")
        self.assertTrue(file.exists())
        self.assertNotEqual(self.out("cache", "clear"), "0 entries left the cache\n")
        self.assertFalse(file.exists())

    def test_verify_removes_what_is_damaged(self):
        _, file = self.cached(self.room())
        file.write_bytes(file.read_bytes()[:-1] + b"!")
        self.assertIn("--repair", self.refused("cache", "verify", code=2))
        report = json.loads(self.out("cache", "verify", "--repair", "--json"))
        self.assertEqual((report["status"], report["entries_removed"]), ("completed", 1))
        self.assertFalse(file.exists())

    def test_the_folder_of_a_running_server_is_left_alone(self):
        done = run_galley("cache", "clear", "--data", str(self.server.data))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"--url", done.stderr)


if __name__ == "__main__":
    unittest.main()

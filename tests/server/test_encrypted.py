#!/usr/bin/python3
"""Payloads that are encrypted at rest (R53a), and how long tasks stay (R57)."""
import os
import unittest

from galley_server import BROKER, ServerCase


class Encrypted(ServerCase):
    def server_with_keys(self, **keys):
        folder = os.path.join(self.server.folder, "payload-keys")
        os.makedirs(folder, exist_ok=True)
        for name, text in keys.items():
            with open(os.open(os.path.join(folder, name + ".key"), os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write(text + "\n")
        return self.own_server("--payload-keys-dir", folder), folder

    def on_disk(self, server):
        found = b""
        for folder, _, names in os.walk(server.folder):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    found += file.read()
        return found

    def test_an_encrypted_task_is_answered_in_clear_and_kept_sealed(self):
        server, _ = self.server_with_keys(a="0" * 64)
        task = server.make_task(input={"iban": "TOP-SECRET-1"}, encrypted=True)
        done = server.get(f"/api/v1/tasks/{task}?wait=60").json()
        self.assertEqual((done["status"], done["encrypted"], done["result"]), ("completed", True, {"iban": "TOP-SECRET-1"}))
        self.assertNotIn(b"TOP-SECRET-1", self.on_disk(server))
        clear = server.make_task(input={"iban": "NO-SECRET-2"})
        self.assertEqual(server.get(f"/api/v1/tasks/{clear}?wait=60").json()["encrypted"], False)
        self.assertIn(b"NO-SECRET-2", self.on_disk(server))

    def test_keys_change_and_a_lost_one_is_named(self):
        server, folder = self.server_with_keys(a="0" * 64)
        waiting = server.make_task(input="early", encrypted=True, delay_seconds=3600)
        done = server.make_task(input="done", encrypted=True)
        self.assertEqual(server.get(f"/api/v1/tasks/{done}?wait=60").json()["result"], "done")
        os.rename(os.path.join(folder, "a.key"), os.path.join(folder, "b.key"))
        server.restart()
        lost = server.get(f"/api/v1/tasks/{done}").json()
        self.assertEqual((lost["status"], lost["result"]), ("completed", None))
        self.assertIn("'a'", lost["error"])
        self.assertEqual(server.get(f"/api/v1/tasks/{waiting}").json()["status"], "scheduled")
        os.rename(os.path.join(folder, "b.key"), os.path.join(folder, "a.key"))
        server.restart()
        self.assertEqual(server.get(f"/api/v1/tasks/{done}").json()["result"], "done")

    def test_without_keys_it_is_refused(self):
        answer = self.server.post("/api/v1/tasks", {"task_type": "echo", "encrypted": True}, BROKER)
        self.assert_problem(answer, 400, "payload keys")
        self.assertEqual(answer.pointers(), ["/encrypted"])

    def test_a_folder_without_a_good_key_stops_the_start(self):
        for text in ("", "xyz", "0" * 63):
            folder = os.path.join(self.server.folder, f"bad-{len(text)}")
            os.makedirs(folder)
            with open(os.path.join(folder, "k.key"), "w", encoding="ascii") as file:
                file.write(text)
            with self.assertRaisesRegex(Exception, "64 hex digits"):
                self.own_server("--payload-keys-dir", folder)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""SIGHUP and SIGUSR1: settings that change at once, a broken file that changes nothing, a log that rotates (R8, R92, R120, R132)."""
import json
import os
import signal
import socket
import unittest

from galley_server import ADMIN, PATIENCE_SECONDS, SECRET, Server, run_galley, token_of


class ReloadCase(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.file = self.server.folder / "galley.toml"
        self.log_file = self.server.folder / "galley.log"
        self.server.flags = ("--config", str(self.file))

    def write(self, **settings):
        """settings: log_level="debug" stands for level in [log]."""
        lines = [f'[{table}]\n{key} = {json.dumps(value)}\n' for table, key, value in
                 ((*name.split("_", 1), value) for name, value in settings.items())]
        self.file.write_text("".join(self.merged(lines)), encoding="utf-8")

    @staticmethod
    def merged(lines):
        tables = {}
        for line in lines:
            head, setting = line.split("\n", 1)
            tables.setdefault(head, []).append(setting)
        return [head + "\n" + "".join(settings) for head, settings in tables.items()]

    def start(self, **settings):
        self.write(log_file=str(self.log_file), log_format="json", **settings)
        self.server.start()

    def entries(self, path=None):
        """The log's whole lines, each of which must be JSON."""
        text = (path or self.log_file).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def events(self, event):
        return [entry for entry in self.entries() if entry["event"] == event]

    def signal_until(self, which, event, count=1):
        """Sends the signal and looks on, with requests in between, until the log tells of it."""
        self.server.process.send_signal(which)
        for _ in range(PATIENCE_SECONDS * 1000):
            if len(self.events(event)) >= count:
                return self.events(event)[-1]
            self.server.get("/health/live", caller=None)
        raise AssertionError(f"no {event} in {self.entries()}")


class Hangup(ReloadCase):
    def test_the_log_s_level_changes_at_once_and_is_told(self):
        self.start(log_level="info")
        self.write(log_file=str(self.log_file), log_format="json", log_level="debug")
        self.signal_until(signal.SIGHUP, "reloaded")
        [change] = self.events("setting_changed")
        self.assertEqual((change["key"], change["before"], change["after"]), ("log.level", "info", "debug"))
        self.server.get("/api/v1/rooms", headers={"X-Request-Id": "seen-at-debug"})
        self.assertEqual(self.server.stop(), 0)
        self.assertIn("seen-at-debug", [entry.get("request_id") for entry in self.entries()])

    def test_what_needs_a_restart_is_told_and_left_alone(self):
        self.start(http_url_bytes_max=8192)
        self.write(log_file=str(self.log_file), log_format="json", http_url_bytes_max=256)
        self.signal_until(signal.SIGHUP, "reloaded")
        [change] = self.events("setting_needs_restart")
        self.assertEqual((change["key"], change["after"]), ("http.url_bytes_max", "256B"))
        self.assertEqual(self.server.get("/api/v1/rooms?limit=1&" + "x" * 300).status, 400)

    def test_a_broken_file_changes_nothing_and_says_where(self):
        self.start(log_level="info")
        for broken, where in (("[log]\nlevel = \"loud\"\n", ":2:1"), ("[log", ":1:"), ("", "")):
            if broken:
                self.file.write_text(broken, encoding="utf-8")
            else:
                self.file.unlink()
            refused = len(self.events("reload_refused"))
            told = self.signal_until(signal.SIGHUP, "reload_refused", refused + 1)
            self.assertIn(f"{self.file}{where}", told["where"])
        self.assertEqual(self.server.get("/health/ready").status, 200)
        self.assertEqual((self.events("reloaded"), self.events("setting_changed")), ([], []))

    def test_requests_go_on_while_it_is_reloaded_again_and_again(self):
        self.start()
        for round_number in range(1, 20):
            self.signal_until(signal.SIGHUP, "reloaded", round_number)
            self.assertEqual(self.server.get("/api/v1/rooms").status, 200)
        self.assertEqual(self.server.stop(), 0)

    def test_the_service_manager_is_told_each_state(self):
        address = str(self.server.folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(address)
            manager.settimeout(PATIENCE_SECONDS)
            self.server.env["NOTIFY_SOCKET"] = address
            self.start()
            self.assertEqual(manager.recv(100), b"READY=1")
            self.server.process.send_signal(signal.SIGHUP)
            self.assertEqual([manager.recv(100), manager.recv(100)], [b"RELOADING=1", b"READY=1"])
            self.server.stop()
            self.assertEqual(manager.recv(100), b"STOPPING=1")


class Rotation(ReloadCase):
    def test_a_renamed_log_is_let_go_on_either_signal(self):
        self.start()
        for number, (which, event) in enumerate(((signal.SIGUSR1, "log_reopened"), (signal.SIGHUP, "reloaded"))):
            old = self.log_file.with_suffix(f".{number}")
            self.log_file.rename(old)
            self.log_file.touch()  # so that there is something to look into until it is opened
            self.signal_until(which, event)
            self.assertTrue(self.entries(old))
            self.assertNotIn(event, [entry["event"] for entry in self.entries(old)])

    def test_a_log_file_that_cannot_be_opened_keeps_the_old_one(self):
        self.start()
        self.write(log_format="json", log_file=str(self.log_file / "below" / "a-file"))
        incomplete = self.signal_until(signal.SIGHUP, "reload_incomplete")
        self.assertIn("unavailable", incomplete["reason"])
        self.assertEqual(self.server.get("/health/ready").status, 200)

    def test_a_server_whose_log_cannot_be_opened_does_not_start(self):
        done = run_galley("serve", "--data", str(self.server.data), "--log-file", "/dev/null/no/file")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"/dev/null/no/file", done.stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_full_disk_under_the_log_does_not_stop_the_server(self):
        self.server.flags = ("--log-file", "/dev/full", "--log-level", "debug")
        self.server.start()
        self.assertEqual(self.server.get("/api/v1/rooms").status, 200)
        self.assertEqual(self.server.stop(), 0)


class Content(ReloadCase):
    def test_hostile_requests_leave_valid_lines_of_bounded_length_and_no_secret(self):
        self.start(log_level="debug")
        token = token_of(ADMIN)
        self.server.get("/api/v1/rooms/" + "%1b%0a%ff%22" * 300, token=token)
        self.server.get("/api/v1/rooms", token=token + "x")
        self.server.get("/nowhere?token=" + token)
        self.server.raw(b"GET /\x1b[31m\xff HTTP/1.1\r\nHost: x\r\n\r\n")
        self.server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token.encode() + b"\r\nX-Request-Id: \xff\"\r\n\r\n")
        self.assertEqual(self.server.stop(), 0)
        text = self.log_file.read_bytes()
        self.assertGreater(len(self.entries()), 3)
        self.assertLessEqual(max(map(len, text.split(b"\n"))), 16 * 1024 + 64)
        self.assertFalse([byte for byte in text if byte < 0x20 and byte != 0x0a])
        for secret in (SECRET, token, token.rsplit(".", 1)[1]):
            self.assertNotIn(secret.encode(), text)


if __name__ == "__main__":
    unittest.main()

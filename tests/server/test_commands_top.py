#!/usr/bin/python3
"""`galley top` as text, as JSON, and on a terminal: a pseudo terminal that is resized, left by q, by a signal, and given back whole."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import unittest

from galley_server import ADMIN, BINARY, BROKER, PATIENCE_SECONDS, ServerCase, environment, run_galley, token_of

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


class Screen:
    """What a terminal would show: enough of one for what `galley top` writes."""

    def __init__(self, rows):
        self.lines = [""] * rows
        self.raw = ""

    def feed(self, text):
        self.raw += text
        frame = self.raw.rsplit("\x1b[H", 1)[-1]
        if frame.endswith("\x1b[J"):
            self.lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", line) for line in frame.split("\n")]


class TopCase(ServerCase):
    def arguments(self, *more):
        return ["top", "--url", f"http://127.0.0.1:{self.server.port}", *more]

    def run_top(self, *more, caller=ADMIN):
        return run_galley(*self.arguments(*more), GALLEY_TOKEN=token_of(caller))


class TextTest(TopCase):
    def test_one_frame_has_rates(self):
        self.server.make_task(queue="reports", delay_seconds=3600)
        done = self.run_top("--once", "--every", "0.1")
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        text = done.stdout.decode()
        self.assertNotIn("\x1b", text)
        self.assertRegex(text, r"requests/s [0-9.]+")
        self.assertRegex(text, r"\nreports +open +1 +0 +0")
        self.assertIn("ready", text.splitlines()[0])

    def test_json_is_one_object(self):
        self.server.make_task(queue="figures", delay_seconds=3600)
        shown = json.loads(self.run_top("--once", "--json", "--every", "0.1").stdout)
        self.assertIn({"name": "figures", "mode": "open", "scheduled": 1, "pending": 0, "running": 0}, shown["queues"])
        self.assertGreater(shown["per_second"]["requests"], 0)
        self.assertGreaterEqual(shown["tasks"]["scheduled"], 1)

    def test_without_a_terminal_frames_follow_until_a_signal(self):
        process = subprocess.Popen([BINARY, *self.arguments("--json", "--every", "0.1")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   env=environment(GALLEY_TOKEN=token_of(ADMIN)))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        first, second = (json.loads(process.stdout.readline()) for _ in range(2))
        self.assertIsNone(first["per_second"]["requests"])
        self.assertGreater(second["per_second"]["requests"], 0)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(PATIENCE_SECONDS), 0)

    def test_refusals_and_wrong_usage(self):
        done = self.run_top(caller=BROKER)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"403", done.stderr)
        self.assertEqual(self.run_top("--every", "0").returncode, 2)
        nowhere = run_galley("top", "--once", "--url", "http://127.0.0.1:1", GALLEY_TOKEN=token_of(ADMIN))
        self.assertEqual(nowhere.returncode, 1)


class TerminalTest(TopCase):
    def start(self, rows=24, columns=80, *more):
        self.master, slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, slave)
        self.slave = slave
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.screen = Screen(rows)
        self.process = subprocess.Popen([BINARY, *self.arguments("--every", "0.2", *more)], stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True, env=environment(GALLEY_TOKEN=token_of(ADMIN), TERM="xterm"))
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, is_so):
        while not is_so():
            ready, _, _ = select.select([self.master], [], [], PATIENCE_SECONDS)
            self.assertTrue(ready, f"nothing more is drawn: {self.screen.lines}")
            self.screen.feed(os.read(self.master, 65536).decode())

    def assert_given_back(self):
        self.read_until(lambda: LEAVE in self.screen.raw)
        self.assertEqual(self.process.wait(PATIENCE_SECONDS), 0)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)
        self.assertIn("\x1b[?25h", self.screen.raw)

    def test_it_draws_follows_resizes_and_leaves_by_q(self):
        for number in range(30):
            self.server.make_task(queue=f"queue{number}", delay_seconds=3600)
        self.start(24, 80)
        self.read_until(lambda: any("requests/s" in line and "requests/s -" not in line for line in self.screen.lines))
        self.assertTrue(self.screen.raw.startswith(ENTER))
        self.assertEqual(len(self.screen.lines), 24)
        self.assertTrue(all(len(line) <= 80 for line in self.screen.lines), self.screen.lines)
        self.assertRegex("\n".join(self.screen.lines), r"… \d+ more")
        self.resize(12, 40)
        os.killpg(self.process.pid, signal.SIGWINCH)  # as the kernel does for a terminal's own session
        self.read_until(lambda: len(self.screen.lines) == 12)
        self.assertTrue(all(len(line) <= 40 for line in self.screen.lines), self.screen.lines)
        os.write(self.master, b"q")
        self.assert_given_back()

    def test_a_signal_gives_the_terminal_back(self):
        self.start()
        self.read_until(lambda: "tasks" in "".join(self.screen.lines))
        self.process.send_signal(signal.SIGTERM)
        self.assert_given_back()

    def test_a_server_that_goes_away_is_shown_and_waited_for(self):
        server = self.own_server()
        port, kept = server.port, self.server
        type(self).server = server
        self.addCleanup(setattr, type(self), "server", kept)
        self.start()
        self.read_until(lambda: "tasks" in "".join(self.screen.lines))
        server.kill()
        self.read_until(lambda: any(line.startswith("error") for line in self.screen.lines))
        server.listen = f"127.0.0.1:{port}"
        server.start()
        self.read_until(lambda: not any(line.startswith("error") for line in self.screen.lines))
        os.write(self.master, b"q")
        self.assert_given_back()


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""The crash test (R130): the real process is killed at random moments under load, again and again on the same folder, and
everything that it acknowledged must be there at the end: every snapshot to its PDF, every task to its result, every entry, every deletion.

GALLEY_CHAOS_ROUNDS sets the number of rounds (25), GALLEY_CHAOS_SEED the seed (else chosen and printed). The seed fixes the choices of the test,
not the interleaving of threads and processes.
"""
import os
import random
import signal
import threading
import time
import unittest

from load import Check, Ledger, Load, check_everything, complaints_about_database, make_rooms
from galley_server import Server, run_galley

ROUNDS = int(os.environ.get("GALLEY_CHAOS_ROUNDS", "25"))
SEED = int(os.environ.get("GALLEY_CHAOS_SEED") or random.SystemRandom().randrange(1 << 32))
CLIENTS = 4
LIFE_MS_MAX = 400
START_KILL_SHARE = 0.15  # of the rounds, killed before the server says that it is ready
LAST_CHANGES = 6  # of a backup: each of them is a moment to be killed at
SUDDEN_DEATH = os.environ["GALLEY_SUDDEN_DEATH"]
SAMPLE = 5  # things of each sort that are looked at after each crash


class Crash(unittest.TestCase):
    def setUp(self):
        print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
        self.random = random.Random(SEED)
        self.ledger = Ledger()
        self.server = Server("--drain-seconds", "5")
        self.addCleanup(self.server.close)
        self.server.start()
        make_rooms(self.server)
        self.assertEqual(self.server.stop(), 0)

    def kill_while_starting(self):
        self.server.spawn()
        threading.Event().wait(self.random.uniform(0, 0.1))
        self.server.kill()
        self.ledger.count("kills while starting")

    def kill_under_load(self):
        self.server.start()
        load = Load(self.server, self.ledger, CLIENTS, self.random)
        threading.Event().wait(self.random.uniform(0, LIFE_MS_MAX) / 1000)
        self.server.kill()
        load.join()
        self.ledger.count("rounds")

    def look_at_a_sample(self):
        self.server.start()
        check = Check(self.server, self.ledger)
        for snapshot in self.sample(self.ledger.snapshots):
            check.snapshot(snapshot)
        check.tasks(self.sample(self.ledger.tasks))
        self.server.kill()

    def sample(self, things):
        return self.random.sample(sorted(things), min(SAMPLE, len(things)))

    def check_everything(self):
        self.server.start()
        check_everything(self.server, self.ledger)
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(complaints_about_database(self.server), [])

    def report(self, seconds):
        ledger = self.ledger
        figures = {"snapshots acknowledged": len(ledger.snapshots), "deletions acknowledged": len(ledger.deleted),
                   "tasks acknowledged": len(ledger.tasks), "entries acknowledged": len(ledger.entries),
                   "keys used": len(ledger.keyed), "accounts switched off": len(ledger.accounts_off),
                   "different documents": len(ledger.bytes_of), **ledger.counts}
        print("\n".join(f"{value:8} {name}" for name, value in figures.items()), f"\n{seconds:8.1f} seconds", flush=True)

    def test_what_was_acknowledged_survives_every_kill(self):
        begin = time.monotonic()
        for _ in range(ROUNDS):
            if self.random.random() < START_KILL_SHARE:
                self.kill_while_starting()
            self.kill_under_load()
            if self.random.random() < 0.3:
                self.look_at_a_sample()
            self.assertEqual(self.ledger.wrong, [])
        self.check_everything()
        self.report(time.monotonic() - begin)
        self.assertEqual(self.ledger.wrong, [])
        self.assertGreater(len(self.ledger.snapshots), ROUNDS, "too little was done under load to say anything")


class HalfBackup(unittest.TestCase):
    """`galley backup` killed before one of its changes to the disk, beside a server: what it leaves is whole or refused, and stands in nobody's way."""

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        make_rooms(self.server)
        for number in range(8):
            self.assertEqual(self.server.post("/api/v1/rooms/room-0/activity", {"text": str(number)}).status, 201)
            self.server.finished_snapshot("room-0")

    def backup(self, name, **changed):
        target = self.server.folder / name
        return run_galley("backup", "--data", str(self.server.data), str(target), LD_PRELOAD=SUDDEN_DEATH, **changed), target

    def changes_of_a_backup(self):
        """The number of changes to the disk that a whole backup makes."""
        count = self.server.folder / "count"
        done, _ = self.backup("counted", SUDDEN_DEATH_COUNT=str(count))
        self.assertEqual(done.returncode, 0, done.stderr)
        return int(count.read_text())

    def moments(self):
        """The first change, the last ones (they give the backup its name) and some between."""
        changes = self.changes_of_a_backup()
        ends = [1, *range(changes - LAST_CHANGES + 1, changes + 1)]
        between = range(2, changes - LAST_CHANGES + 1)
        return ends + random.Random(SEED).sample(between, min(ROUNDS // 2, len(between)))

    def look_at_what_is_left(self, target):
        for left in [path for path in self.server.folder.iterdir() if path.name.startswith(target.name)]:
            restored = self.server.folder / f"restored-{left.name}"
            done = run_galley("restore", str(left), "--data", str(restored))
            if left == target:  # it had its name, so it was whole
                self.assertEqual(done.returncode, 0, f"{left}: {done.stderr!r}")
            self.assertEqual(done.returncode == 0, restored.exists(), f"{left}: {done.stderr!r}")
            if done.returncode == 0:  # whole; perhaps killed on the way to its name
                found = run_galley("doctor", "--data", str(restored))
                self.assertEqual(found.returncode, 0, f"{left}: {found.stdout!r} {found.stderr!r}")

    def test_what_a_killed_backup_leaves_is_no_backup_and_no_hindrance(self):
        moments = self.moments()
        killed = 0
        for moment in moments:
            done, target = self.backup(f"backup-{moment:05}", SUDDEN_DEATH_AT=str(moment))
            if done.returncode == 0:  # the server wrote since, so this one had fewer changes to make
                continue
            self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr)
            killed += 1
            self.look_at_what_is_left(target)
        print(f"{killed} of {len(moments)} backups killed", flush=True)
        self.assertGreater(killed, len(moments) // 2)
        done = run_galley("backup", "--data", str(self.server.data), str(self.server.folder / "whole"))
        self.assertEqual(done.returncode, 0, done.stderr)
        done = run_galley("restore", str(self.server.folder / "whole"), "--data", str(self.server.folder / "restored"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.server.restart().get("/api/v1/rooms/room-0").status, 200)


if __name__ == "__main__":
    unittest.main()

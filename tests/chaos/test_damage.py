#!/usr/bin/python3
"""Damaged files: a database that is cut, overwritten or emptied is refused with advice and left as it is, or works with all that was acknowledged;
a damaged cached document is never served, and made again (R26, R130)."""
import hashlib
import os
import random
import shutil
import threading
import unittest

from load import Ledger
from galley_server import ADMIN, BROKER, Server, StartFailed, run_galley

PAGE = 4096
SNAPSHOTS = 3


def bytes_of(path):
    return path.read_bytes() if path.exists() else None


def files_of(server):
    """All that lies in the folder, but the lock, which says who holds it, and the shared memory, which whoever reads a log makes anew."""
    without = {"galley.lock"} | ({"galley.db-shm"} if bytes_of(server.data / "galley.db-wal") else set())
    return {path.relative_to(server.data): path.read_bytes() for path in server.data.rglob("*") if path.is_file() and path.name not in without}


class DamagedDatabase(unittest.TestCase):
    """One folder after a clean stop and one after a kill, each copied for every damage."""

    @classmethod
    def setUpClass(cls):
        cls.clean = Server()
        cls.killed = Server()
        cls.addClassCleanup(cls.clean.close)
        cls.addClassCleanup(cls.killed.close)
        for server in (cls.clean, cls.killed):
            server.start()
            server.make_room("room-0", activity=1)
            for _ in range(SNAPSHOTS):
                server.finished_snapshot("room-0")
        assert cls.clean.stop() == 0
        cls.killed.kill()

    def copy_of(self, server):
        copy = Server()
        self.addCleanup(copy.close)
        shutil.copytree(server.data, copy.data)
        return copy

    def refused(self, server, what):
        """Starts it; when that is refused, checks how. False when it works."""
        before = files_of(server)
        try:
            server.start()
            return False
        except StartFailed as refusal:
            self.assertEqual(refusal.exit_code, 1, what)
            self.assertRegex(refusal.errors, "galley.db", what)
            self.assertRegex(refusal.errors, "restore.*galley|galley (restore|doctor)", what)
            self.assertEqual(files_of(server), before, f"{what}: a file was touched")
            return True

    def assert_refused(self, server, what):
        self.assertTrue(self.refused(server, what), f"{what}: it starts")

    def assert_all_there(self, server, what):
        listed = server.get("/api/v1/rooms/room-0/snapshots").json()["items"]
        self.assertEqual([item["status"] for item in listed], ["completed"] * SNAPSHOTS, what)
        for item in listed:
            pdf = server.get(f"/api/v1/rooms/room-0/snapshots/{item['id']}/download", BROKER)
            self.assertEqual((pdf.status, pdf.body[:5]), (200, b"%PDF-"), what)

    def test_a_database_cut_anywhere_is_refused(self):
        size = (self.clean.data / "galley.db").stat().st_size
        sizes = [0, 1, 15, 16, 99, 100, 511, 512, 1000, PAGE - 1, PAGE, PAGE + 1, size // 2 // PAGE * PAGE, size - PAGE - 1, size - PAGE, size - 1]
        for cut in sizes:
            server = self.copy_of(self.clean)
            os.truncate(server.data / "galley.db", cut)
            self.assert_refused(server, f"cut to {cut} of {size} bytes")

    def test_a_database_overwritten_anywhere_is_refused_or_works_whole(self):
        size = (self.clean.data / "galley.db").stat().st_size
        chance = random.Random(3)
        for page in [0, 1, size // PAGE - 1] + [chance.randrange(size // PAGE) for _ in range(6)]:
            server = self.copy_of(self.clean)
            with open(server.data / "galley.db", "r+b") as file:
                file.seek(page * PAGE)
                file.write(chance.randbytes(PAGE))
            if not self.refused(server, f"page {page}"):
                self.assert_all_there(server, f"page {page}")
                server.kill()

    def test_a_header_byte_changed_is_refused_or_works_whole(self):
        for at in (0, 15, 16, 18, 19, 20, 21, 28, 44, 56):
            server = self.copy_of(self.clean)
            with open(server.data / "galley.db", "r+b") as file:
                file.seek(at)
                old = file.read(1)
                file.seek(at)
                file.write(bytes([old[0] ^ 0x55]))
            if not self.refused_in_some_way(server, at):
                self.assert_all_there(server, f"header byte {at}")
                server.kill()

    def refused_in_some_way(self, server, at):
        """Some header bytes say "newer file format", which SQLite opens for reading only."""
        before = files_of(server)
        try:
            server.start()
            return False
        except StartFailed as refusal:
            self.assertEqual(refusal.exit_code, 1, at)
            self.assertEqual(files_of(server), before, at)
            return True

    def test_a_vanished_database_is_missed(self):
        server = self.copy_of(self.clean)
        (server.data / "galley.db").unlink()
        self.assert_refused(server, "no database")
        killed = self.copy_of(self.killed)
        (killed.data / "galley.db").unlink()
        self.assert_refused(killed, "only the log")

    def test_what_is_no_database_is_refused(self):
        server = self.copy_of(self.clean)
        (server.data / "galley.db").write_bytes(b"This is a letter, and no database at all. " * 500)
        self.assert_refused(server, "a letter")

    def test_doctor_s_advice_leads_back_to_a_working_server(self):
        server = self.copy_of(self.clean)
        backup = server.folder / "backup"
        self.assertEqual(run_galley("backup", "--data", str(server.data), str(backup)).returncode, 0)
        with open(server.data / "galley.db", "r+b") as file:
            file.seek(PAGE)
            file.write(b"\xff" * PAGE)
        self.assert_refused(server, "the second page")
        server.process = None
        doctor = run_galley("doctor", "--data", str(server.data), GALLEY_HTTP_CONNECTIONS_MAX="100")
        self.assertEqual(doctor.returncode, 2, doctor)
        self.assertIn(b"galley restore", doctor.stdout)
        restored = run_galley("restore", str(backup), "--data", str(server.data), "--replace")
        self.assertEqual(restored.returncode, 0, restored.stderr)
        doctor = run_galley("doctor", "--data", str(server.data), "--deep", GALLEY_HTTP_CONNECTIONS_MAX="100")
        self.assertLess(doctor.returncode, 2, doctor)
        server.start()
        self.assert_all_there(server, "restored")
        server.finished_snapshot("room-0")

    def test_a_newer_schema_is_refused_and_kept(self):
        server = self.copy_of(self.clean)
        server.change_database("INSERT INTO schema_version(component, version) VALUES('starships', 1)")
        before = files_of(server)
        with self.assertRaises(StartFailed) as refusal:
            server.start()
        self.assertIn("newer", refusal.exception.errors)
        self.assertEqual(files_of(server), before)

    def test_shared_memory_that_is_missing_or_garbage_is_made_anew(self):
        for content in (None, b"", b"\xff" * 32768):
            server = self.copy_of(self.killed)
            shared = server.data / "galley.db-shm"
            shared.unlink(missing_ok=True)
            if content is not None:
                shared.write_bytes(content)
            server.start()
            self.assert_all_there(server, f"shared memory {content and content[:4]}")
            server.kill()

    def test_a_log_cut_anywhere_gives_a_sound_database_of_an_earlier_moment(self):
        size = (self.killed.data / "galley.db-wal").stat().st_size
        frame = PAGE + 24
        whole_frames = (size - 32) // frame
        cuts = [33, 32 + frame - 1, 32 + frame, 32 + whole_frames // 2 * frame, 32 + whole_frames // 2 * frame + 7, size - frame - 1, size - 1]
        for cut in cuts:
            server = self.copy_of(self.killed)
            os.truncate(server.data / "galley.db-wal", cut)
            server.start()
            self.assertIn(server.get("/api/v1/rooms/room-0").status, (200, 404))
            self.assertEqual(server.stop(), 0)
            database = server.database()
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)], f"cut to {cut} of {size}")
            database.close()

    def test_a_log_that_begins_with_garbage_is_refused(self):
        for at in (0, 4, 16, 24, 31):
            server = self.copy_of(self.killed)
            with open(server.data / "galley.db-wal", "r+b") as file:
                file.seek(at)
                old = file.read(1)
                file.seek(at)
                file.write(bytes([old[0] ^ 0x55]))
            self.assert_refused(server, f"log header byte {at}")


class DamagedCache(unittest.TestCase):
    ROUNDS = int(os.environ.get("GALLEY_CHAOS_ROUNDS", "25")) * 8

    def setUp(self):
        self.server = Server("--cache-memory-mb", "1")
        self.addCleanup(self.server.close)
        self.server.start()
        self.ledger = Ledger()
        self.server.make_room("room-0", activity=0)
        self.known = {}
        for number in range(8):
            self.server.post("/api/v1/rooms/room-0/activity", {"text": f"Entry {number}"}, BROKER)
            made = self.server.finished_snapshot("room-0")
            self.known[made["id"]] = hashlib.sha256(self.download(made["id"]).body).hexdigest()

    def download(self, snapshot):
        return self.server.get(f"/api/v1/rooms/room-0/snapshots/{snapshot}/download", BROKER)

    def vandal(self, chance, stopping):
        """Replaces files by damaged or cut copies, or removes them; never writes into a file that may be on its way out."""
        folder = self.server.data / "pdf_cache"
        while not stopping.wait(0.0005):
            files = [path for path in folder.iterdir() if path.is_file() and len(path.name) == 64]
            if not files:
                continue
            victim = chance.choice(files)
            try:
                content = bytearray(victim.read_bytes())
                deed = chance.randrange(3)
                if deed == 0:
                    victim.unlink()
                    continue
                if deed == 1:
                    content = content[:chance.randrange(len(content))]
                else:
                    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
                copy = self.server.folder / "copy"
                copy.write_bytes(content)
                copy.rename(victim)
            except FileNotFoundError:
                continue

    def test_damaged_and_missing_files_are_never_served(self):
        chance = random.Random(5)
        stopping = threading.Event()
        vandal = threading.Thread(target=self.vandal, args=(random.Random(6), stopping))
        vandal.start()
        try:
            for _ in range(self.ROUNDS):
                snapshot = chance.choice(sorted(self.known))
                answer = self.download(snapshot)
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(hashlib.sha256(answer.body).hexdigest(), self.known[snapshot])
                if chance.random() < 0.05:
                    self.server.kill()
                    self.server.start()
        finally:
            stopping.set()
            vandal.join()
        self.assertEqual(self.server.get("/api/v1/rooms/room-0", ADMIN).status, 200)


if __name__ == "__main__":
    unittest.main()

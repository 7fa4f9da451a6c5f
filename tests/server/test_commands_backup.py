#!/usr/bin/python3
"""`galley backup` and `galley restore`: one consistent moment under load, checked both ways (R124, R129, R130)."""
import hashlib
import json
import pathlib
import shutil
import sqlite3
import threading
import unittest

from galley_server import BROKER, Server, run_galley


def tree(folder):
    """Every file below a folder with its content, apart from the lock (which holds a process id) and what readers leave:
    SQLite's shared memory and an empty log."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()}
    return {name: content for name, content in found.items()
            if name not in ("galley.lock", "galley.db-shm") and (name != "galley.db-wal" or content)}


class BackupCase(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.target = self.server.folder / "backup"

    def run_json(self, *arguments, code=0):
        done = run_galley(*arguments, "--json", GALLEY_HTTP_CONNECTIONS_MAX="100")  # for doctor: any machine allows that
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr.decode()

    def backup(self, target=None, code=0):
        return self.run_json("backup", "--data", str(self.server.data), str(target or self.target), code=code)

    def restore(self, data, *flags, backup=None, code=0):
        return self.run_json("restore", str(backup or self.target), "--data", str(data), *flags, code=code)

    def other(self, data):
        """A server on a restored folder."""
        other = Server()
        self.addCleanup(other.close)
        other.data = pathlib.Path(data)
        return other

    def manifest(self):
        return json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))

    def filled(self, snapshots=2):
        self.server.start()
        room = self.server.make_room("kept")
        made = []
        for number in range(snapshots):
            self.server.post(f"/api/v1/rooms/{room}/activity", {"text": f"step {number}"})
            made.append(self.server.finished_snapshot(room, title=f"No. {number}"))
        return made


class Backup(BackupCase):
    def test_of_a_running_and_of_a_stopped_server(self):
        made = self.filled()
        told = self.backup()
        self.assertEqual((told["documents"], told["documents_missing"]), (2, 0))
        self.assertEqual(self.server.stop(), 0)
        before = tree(self.server.data)
        self.backup(self.server.folder / "second")
        self.assertEqual(tree(self.server.data), before)
        for folder in (self.target, self.server.folder / "second"):
            self.assertEqual({path for path in tree(folder)},
                             {"galley.db", "manifest.json", *("pdf_cache/" + snapshot["content_hash"] for snapshot in made)})

    def test_of_a_killed_server_s_folder(self):
        self.filled()
        self.server.kill()
        wal = (self.server.data / "galley.db-wal").read_bytes()
        self.assertEqual(self.backup()["documents"], 2)
        self.assertEqual((self.server.data / "galley.db-wal").read_bytes(), wal)

    def test_the_manifest_names_every_file_with_size_and_checksum(self):
        self.filled()
        self.backup()
        files = {file["path"]: file for file in self.manifest()["files"]}
        stored = tree(self.target)
        self.assertEqual(files.keys(), stored.keys() - {"manifest.json"})
        for path, file in files.items():
            self.assertEqual((file["size"], file["sha256"]), (len(stored[path]), hashlib.sha256(stored[path]).hexdigest()))

    def test_a_document_that_the_cache_lost_or_damaged_is_left_out_and_counted(self):
        gone, damaged, whole = self.filled(3)
        self.server.stop()
        cache = self.server.data / "pdf_cache"
        (cache / gone["content_hash"]).unlink()
        entry = bytearray((cache / damaged["content_hash"]).read_bytes())
        entry[500] ^= 1
        (cache / damaged["content_hash"]).write_bytes(entry)
        told = self.backup()
        self.assertEqual((told["documents"], told["documents_missing"]), (1, 2))
        self.restore(self.server.folder / "restored")
        restored = self.other(self.server.folder / "restored").start()
        for snapshot in (gone, damaged, whole):
            self.assertTrue(restored.get(snapshot["download_url"]).body.startswith(b"%PDF-"))

    def test_an_existing_target_is_refused_and_left_alone(self):
        self.filled(1)
        self.target.mkdir()
        (self.target / "mine").write_text("x", encoding="utf-8")
        self.assertIn("exists already", self.backup(code=1))
        self.assertEqual(tree(self.target), {"mine": b"x"})

    def test_what_failed_leaves_nothing_behind(self):
        self.assertIn("no database", self.backup(code=1))
        self.filled(1)
        self.server.stop()
        with open(self.server.data / "galley.db", "r+b") as database:
            database.seek(8192)
            database.write(b"\xff" * 20000)
        self.backup(code=1)
        self.assertEqual([path.name for path in self.server.folder.iterdir() if path.name.startswith("backup")], [])

    def test_under_load_it_is_one_consistent_moment_that_goes_on(self):
        self.server.start()
        rooms = [self.server.make_room(f"busy-{number}") for number in range(3)]
        acknowledged, stop = [], threading.Event()

        def create(room):
            while not stop.is_set():
                self.server.post(f"/api/v1/rooms/{room}/activity", {"text": "on"})
                acknowledged.append((room, self.server.make_snapshot(room)))

        writers = [threading.Thread(target=create, args=(room,)) for room in rooms]
        for writer in writers:
            writer.start()
        try:
            while len(acknowledged) < 30:
                self.server.get("/health/live", caller=None)
            before = list(acknowledged)
            self.backup()
        finally:
            stop.set()
            for writer in writers:
                writer.join()
        self.assertGreater(len(acknowledged), len(before))
        self.assertEqual(self.server.stop(), 0)
        data = self.server.folder / "restored"
        self.restore(data)
        restored = self.other(data).start()
        for room, snapshot in before:
            now = restored.get(f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}?wait=60").json()
            self.assertEqual(now["status"], "completed")
            self.assertTrue(restored.get(snapshot["download_url"]).body.startswith(b"%PDF-"))
        self.assertEqual(restored.finished_snapshot(rooms[0], BROKER)["status"], "completed")
        restored.stop()
        findings = {finding["check"]: finding for finding in self.run_json("doctor", "--data", str(data), "--deep")["findings"]}
        self.assertEqual((findings["audit_chain"]["status"], findings["integrity"]["status"]), ("ok", "ok"))


class Restore(BackupCase):
    def backed_up(self):
        made = self.filled()
        self.backup()
        self.server.stop()
        return made

    def test_a_restored_folder_serves_the_same_bytes(self):
        made = self.backed_up()
        self.server.start()
        bodies = [self.server.get(snapshot["download_url"]).body for snapshot in made]
        self.server.stop()
        told = self.restore(self.server.folder / "restored")
        self.assertNotIn("moved_aside", told)
        restored = self.other(self.server.folder / "restored").start()
        self.assertEqual([restored.get(snapshot["download_url"]).body for snapshot in made], bodies)

    def test_a_folder_that_is_not_empty_needs_replace_and_is_moved_aside(self):
        made = self.backed_up()
        self.server.start()
        self.server.delete(f"/api/v1/rooms/kept/snapshots/{made[0]['id']}")
        self.server.stop()
        former = tree(self.server.data)
        self.assertIn("--replace", self.restore(self.server.data, code=1))
        self.assertEqual(tree(self.server.data), former)
        told = self.restore(self.server.data, "--replace")
        self.assertEqual(tree(told["moved_aside"]), former)
        self.server.start()
        self.assertEqual(self.server.get(f"/api/v1/rooms/kept/snapshots/{made[0]['id']}").status, 200)

    def test_an_empty_folder_is_taken(self):
        self.backed_up()
        empty = self.server.folder / "empty"
        empty.mkdir()
        self.assertNotIn("moved_aside", self.restore(empty))
        self.assertTrue((empty / "galley.db").exists())

    def test_a_running_server_s_folder_is_refused(self):
        self.backed_up()
        self.server.start()
        self.assertIn(str(self.server.process.pid), self.restore(self.server.data, "--replace", code=1))
        self.assertEqual(self.server.get("/api/v1/rooms").status, 200)

    def test_any_damage_is_found_before_anything_is_touched(self):
        self.backed_up()
        former = tree(self.server.data)
        whole = self.server.folder / "whole"
        self.target.rename(whole)
        document = next(path for path in sorted((whole / "pdf_cache").iterdir()))
        cases = {
            "flipped": lambda copy: self.flip(copy / "galley.db", 5000),
            "cut": lambda copy: (copy / "pdf_cache" / document.name).write_bytes(document.read_bytes()[:-1]),
            "gone": lambda copy: (copy / "pdf_cache" / document.name).unlink(),
            "no manifest": lambda copy: (copy / "manifest.json").unlink(),
            "half a manifest": lambda copy: (copy / "manifest.json").write_bytes((copy / "manifest.json").read_bytes()[:100]),
        }
        for name, damage in cases.items():
            with self.subTest(name):
                shutil.rmtree(self.target, ignore_errors=True)
                shutil.copytree(whole, self.target)
                damage(self.target)
                self.restore(self.server.data, "--replace", code=1)
                self.assertEqual(tree(self.server.data), former)
                self.assertFalse(list(self.server.folder.glob("data.*")))

    @staticmethod
    def flip(path, offset):
        content = bytearray(path.read_bytes())
        content[offset] ^= 1
        path.write_bytes(content)

    def test_a_backup_of_a_newer_program_is_refused(self):
        self.backed_up()
        connection = sqlite3.connect(self.target / "galley.db")
        with connection:
            connection.execute("UPDATE schema_version SET version = version + 1")
        connection.close()
        manifest = self.manifest()
        content = (self.target / "galley.db").read_bytes()
        manifest["files"][0].update(size=len(content), sha256=hashlib.sha256(content).hexdigest())
        (self.target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        self.assertIn("newer version", self.restore(self.server.folder / "restored", code=1))
        self.assertFalse((self.server.folder / "restored").exists())

    def test_both_can_be_read_by_people(self):
        self.backed_up()
        done = run_galley("restore", str(self.target), "--data", str(self.server.data), "--replace")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertRegex(done.stdout.decode(), r"database and 2 documents, [\d.]+ MB; checked and synced\nthe former folder is ")


if __name__ == "__main__":
    unittest.main()

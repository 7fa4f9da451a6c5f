#!/usr/bin/python3
"""`galley doctor`, `cache` and `migrate`, and how a server refuses what is damaged (R85, R121, R124, R130)."""
import json
import unittest

from galley_server import Server, StartFailed, run_galley


class FolderCase(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)

    def filled(self, snapshots=1):
        self.server.start()
        room = self.server.make_room("kept")
        made = []
        for number in range(snapshots):
            self.server.post(f"/api/v1/rooms/{room}/activity", {"text": f"step {number}"})
            made.append(self.server.finished_snapshot(room))
        return made

    def run_json(self, *arguments, code=0):
        # The machine's limit of open files must not decide about the rest.
        done = run_galley(*arguments, "--data", str(self.server.data), "--json", GALLEY_HTTP_CONNECTIONS_MAX="100")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr.decode()

    def findings(self, *flags, status):
        """All findings by their check, of a doctor that ends with this status."""
        told = self.run_json("doctor", *flags, code=("ok", "warning", "error").index(status))
        self.assertEqual(told["status"], status, told)
        return {finding["check"]: finding for finding in told["findings"]}

    def refusal(self):
        with self.assertRaises(StartFailed) as failed:
            self.server.start()
        self.server.process = None
        self.assertEqual(failed.exception.exit_code, 1)
        return failed.exception.errors.splitlines()[-2:]

    @property
    def database(self):
        return self.server.data / "galley.db"


class Doctor(FolderCase):
    def test_all_is_well_beside_a_server_and_without_one(self):
        self.filled()
        for flags in ([], ["--deep"]):
            told = run_galley("doctor", "--data", str(self.server.data), "--json", *flags, GALLEY_HTTP_CONNECTIONS_MAX="100")
            found = json.loads(told.stdout)["findings"]
            self.assertEqual([f for f in found if f["status"] != "ok"], [])
            self.assertEqual(told.returncode, 0)
        lock = next(finding for finding in found if finding["check"] == "lock")
        self.assertIn(str(self.server.process.pid), lock["message"])
        self.server.stop()
        told = run_galley("doctor", "--data", str(self.server.data), GALLEY_HTTP_CONNECTIONS_MAX="100")
        self.assertEqual(told.returncode, 0, told.stdout)
        self.assertRegex(told.stdout.decode(), r"ok +audit_chain +\d+ entries")

    def test_it_changes_nothing(self):
        self.filled()
        self.server.kill()
        before = {path.name: path.read_bytes() for path in self.server.data.iterdir() if path.name in ("galley.db", "galley.db-wal")}
        run_galley("doctor", "--data", str(self.server.data), "--deep")
        self.assertEqual({name: (self.server.data / name).read_bytes() for name in before}, before)

    def test_a_missing_folder_is_an_error_and_an_empty_one_a_warning(self):
        done = run_galley("doctor", "--data", str(self.server.data), "--json")
        self.assertEqual(done.returncode, 2)
        self.server.data.mkdir(mode=0o750)
        done = run_galley("doctor", "--data", str(self.server.data), "--json", GALLEY_HTTP_CONNECTIONS_MAX="100")
        self.assertEqual(done.returncode, 1, done.stdout)

    def test_a_broken_audit_chain_is_an_error(self):
        self.filled()
        self.server.stop()
        self.server.change_database("DROP TRIGGER audit_log_keeps_content")
        self.server.change_database("UPDATE audit_log SET who = 'nobody' WHERE seq = 2")
        finding = self.findings(status="error")["audit_chain"]
        self.assertEqual(finding["status"], "error")
        self.assertIn("2", finding["message"])

    def test_damaged_documents_are_a_warning_when_read(self):
        [snapshot] = self.filled()
        self.server.stop()
        path = self.server.data / "pdf_cache" / snapshot["content_hash"]
        path.write_bytes(path.read_bytes()[:-1])
        finding = self.findings("--deep", status="warning")["cache"]
        self.assertIn("verify --repair", finding["advice"])

    def test_a_bad_configuration_is_an_error_and_the_rest_is_looked_at(self):
        self.filled()
        done = run_galley("doctor", "--data", str(self.server.data), "--json", GALLEY_WORKERS="many")
        found = {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}
        self.assertEqual((done.returncode, found["configuration"]["status"]), (2, "error"))
        self.assertEqual(found["integrity"]["status"], "ok")

    def test_too_few_file_descriptors_are_a_warning(self):
        self.filled()
        done = run_galley("doctor", "--data", str(self.server.data), "--json", GALLEY_HTTP_CONNECTIONS_MAX="1000000")
        found = {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}
        self.assertEqual(found["file_descriptors"]["status"], "warning")


class Damage(FolderCase):
    """A damaged folder: the server refuses and changes nothing, the doctor says what to do, restore brings it back."""

    def damaged(self, change):
        [snapshot] = self.filled()
        target = self.server.folder / "backup"
        self.run_json("backup", str(target))
        self.server.stop()
        change()
        before = self.database.read_bytes() if self.database.exists() else None
        message, hint = self.refusal()
        self.assertTrue(message.startswith("galley: "), message)
        self.assertIn("galley doctor --data", hint)
        self.assertEqual(self.database.read_bytes() if self.database.exists() else None, before)
        advice = [finding["advice"] for finding in self.findings(status="error").values() if finding["status"] == "error"]
        self.assertTrue(any("galley restore" in text for text in advice), advice)
        self.run_json("restore", str(target), "--replace")
        self.server.start()
        self.assertTrue(self.server.get(snapshot["download_url"]).body.startswith(b"%PDF-"))

    def write_at(self, offset, data):
        with open(self.database, "r+b") as file:
            file.seek(offset)
            file.write(data)

    def test_a_truncated_database(self):
        self.damaged(lambda: self.database.write_bytes(self.database.read_bytes()[:20000]))

    def test_an_empty_database_file(self):
        self.damaged(lambda: self.database.write_bytes(b""))

    def test_a_missing_database_file(self):
        self.damaged(self.database_gone)

    def database_gone(self):
        self.database.unlink()

    def test_a_database_whose_head_is_nonsense(self):
        self.damaged(lambda: self.write_at(0, b"nonsense" * 16))

    def test_a_database_with_a_page_of_nonsense(self):
        self.damaged(lambda: self.write_at(4096 * 5, b"\xa5" * 4096))


class Newer(FolderCase):
    def test_a_newer_schema_is_refused_by_serve_and_named_by_doctor_and_migrate(self):
        self.filled()
        self.server.stop()
        self.server.change_database("UPDATE schema_version SET version = version + 1 WHERE component = 'tasks'")
        message, hint = self.refusal()
        self.assertIn("newer version", message)
        self.assertIn("galley doctor", hint)
        self.assertIn("newer version", self.findings(status="error")["schema"]["message"])
        done = run_galley("migrate", "--data", str(self.server.data))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"newer version", done.stderr)
        done = run_galley("migrate", "--check", "--data", str(self.server.data))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout.decode(), r"tasks +stored +\d+ +known +\d+")

    def test_migrate_makes_an_up_to_date_folder_and_no_other(self):
        done = run_galley("migrate", "--data", str(self.server.data))
        self.assertEqual(done.returncode, 1)
        self.assertFalse(self.server.data.exists())
        self.filled()
        self.assertEqual(run_galley("migrate", "--check", "--data", str(self.server.data)).returncode, 0)
        done = run_galley("migrate", "--data", str(self.server.data))
        self.assertIn(b"already uses this data folder", done.stderr)
        self.server.stop()
        states = self.run_json("migrate")
        self.assertTrue(all(state["stored"] == state["known"] for state in states))


class Cache(FolderCase):
    def test_figures_beside_a_server(self):
        made = self.filled(2)
        stats = self.run_json("cache", "stats")
        self.assertEqual((stats["disk_entries"], stats["documents"], stats["documents_missing"], stats["unreferenced"]), (2, 2, 0, 0))
        self.assertAlmostEqual(stats["disk_used_mb"], sum(snapshot["file_size"] + 96 for snapshot in made) / 1e6)
        self.assertEqual(self.run_json("cache", "health")["status"], "ok")
        done = run_galley("cache", "stats", "--data", str(self.server.data))
        self.assertIn(b"entries on disk     2", done.stdout)

    def test_a_folder_without_a_cache_is_not_healthy(self):
        self.assertEqual(self.run_json("cache", "health", code=1)["status"], "failed")

    def test_what_changes_is_refused_beside_a_server_and_says_how(self):
        [snapshot] = self.filled()
        for arguments in (["invalidate", snapshot["content_hash"]], ["clear"], ["verify", "--repair"]):
            told = self.run_json("cache", *arguments, code=1)
            self.assertIn("--url", told)
        self.assertEqual(self.run_json("cache", "verify")["entries_checked"], 1)

    def test_a_document_that_was_invalidated_is_made_again(self):
        [snapshot] = self.filled()
        body = self.server.get(snapshot["download_url"]).body
        self.server.stop()
        self.run_json("cache", "invalidate", snapshot["content_hash"])
        self.assertEqual(self.run_json("cache", "stats")["documents_missing"], 1)
        self.run_json("cache", "invalidate", snapshot["content_hash"], code=1)
        self.run_json("cache", "invalidate", "no hash", code=1)
        self.server.start()
        self.assertEqual(self.server.get(snapshot["download_url"]).body, body)

    def test_clear_takes_what_is_old_enough(self):
        self.filled(2)
        self.server.stop()
        self.assertEqual(self.run_json("cache", "clear", "--older-than-hours", "1")["removed"], 0)
        self.assertEqual(self.run_json("cache", "clear")["removed"], 2)

    def test_verify_finds_damage_and_repair_removes_it(self):
        good, damaged = self.filled(2)
        self.server.stop()
        path = self.server.data / "pdf_cache" / damaged["content_hash"]
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
        self.assertEqual(self.run_json("cache", "verify", code=1), {"entries_checked": 2, "entries_damaged": 1, "entries_removed": 0})
        self.assertTrue(path.exists())
        self.assertEqual(self.run_json("cache", "verify", "--repair")["entries_removed"], 1)
        self.assertFalse(path.exists())
        self.assertEqual(self.run_json("cache", "verify")["entries_damaged"], 0)
        self.server.start()
        self.assertTrue(self.server.get(good["download_url"]).body.startswith(b"%PDF-"))


class Help(unittest.TestCase):
    def test_every_command_helps_with_examples_and_knows_wrong_usage(self):
        for command in (["backup"], ["restore"], ["doctor"], ["cache"], ["migrate"]):
            done = run_galley(*command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn(b"Examples:", done.stdout)
            self.assertIn(b"Exit codes:", done.stdout)
            self.assertEqual(run_galley(*command, "--nothing").returncode, 2)
        for command in (["stats"], ["health"], ["invalidate"], ["clear"], ["verify"]):
            self.assertEqual(run_galley("cache", *command, "--help").returncode, 0)


if __name__ == "__main__":
    unittest.main()

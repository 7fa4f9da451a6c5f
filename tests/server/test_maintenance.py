#!/usr/bin/python3
"""The kinds by which a server looks after itself (R64), and the schedules that it has for them."""
import json
import os
import pathlib
import unittest

from galley_server import ADMIN, BROKER, OWNER, Server, ServerCase, run_galley

SCHEDULES = "/api/v1/schedules"
KINDS = ["maintenance.backup", "maintenance.cleanup", "maintenance.optimize", "maintenance.verify_cache", "monitoring.collect",
         "monitoring.health"]


class MaintenanceCase(ServerCase):
    def run_kind(self, kind, input=None, server=None):
        server = server or self.server
        task = server.make_task(ADMIN, task_type=kind, input=input)
        return server.get(f"/api/v1/tasks/{task}?wait=60").json()

    def result_of(self, kind, input=None, server=None):
        task = self.run_kind(kind, input, server)
        self.assertEqual(task["status"], "completed", task)
        return task["result"]


class Kinds(MaintenanceCase):
    def test_administrators_alone_may_enqueue_them(self):
        for kind in KINDS:
            with self.subTest(kind):
                answer = self.server.post("/api/v1/tasks", {"task_type": kind}, OWNER)
                self.assert_problem(answer, 400)
                self.assertIn("/task_type", answer.pointers())
                body = {"name": "own-" + kind, "cron": "@yearly", "task": {"task_type": kind}}
                self.assert_problem(self.server.post(SCHEDULES, body, BROKER), 400)
                self.assertEqual(self.server.post(SCHEDULES, body, ADMIN).status, 201)

    def test_an_input_that_is_not_understood_fails_for_good(self):
        for kind, bad in (("maintenance.cleanup", {"tasks_older_than_hours": 0}), ("maintenance.cleanup", {"hours": 1}),
                          ("maintenance.verify_cache", {"bytes_max": "all"}), ("maintenance.optimize", []),
                          ("monitoring.collect", {"hours": 10**9})):
            with self.subTest(kind=kind, bad=bad):
                task = self.run_kind(kind, bad)
                self.assertEqual((task["status"], task["attempt"]), ("failed", 1), task)

    def test_health_is_the_result(self):
        result = self.result_of("monitoring.health")
        self.assertEqual(result.keys(), {"status", "parts"})
        self.assertEqual(result["parts"].keys(), self.server.get("/health/ready").json()["parts"].keys())

    def test_collect_writes_the_summary_and_removes_what_is_old(self):
        folder = self.server.data / "metrics"
        first = self.result_of("monitoring.collect", {"hours": 2})
        summary = json.loads((self.server.data / first["file"]).read_text(encoding="utf-8"))
        self.assertEqual(summary["period_hours"], 2)
        self.assertEqual((self.server.data / first["file"]).stat().st_size, first["bytes"])
        self.assertGreater(first["memory_bytes"], 1 << 20)
        old = folder / "metrics_20200101T000000000Z.json"
        kept = folder / "notes.txt"
        for path in (old, kept):
            path.write_text("{}", encoding="utf-8")
            os.utime(path, (0, 0))
        self.assertEqual(self.result_of("monitoring.collect")["files_removed"], 1)
        self.assertEqual((old.exists(), kept.exists(), (self.server.data / first["file"]).exists()), (False, True, True))

    def test_verify_cache_finds_what_is_damaged(self):
        room = self.room()
        snapshot = self.server.finished_snapshot(room)
        path = self.server.data / "pdf_cache" / snapshot["content_hash"]
        whole = self.result_of("maintenance.verify_cache")
        self.assertGreaterEqual(whole["documents_checked"], 1)
        self.assertEqual((whole["documents_damaged"], whole["whole"]), (0, True))
        data = bytearray(path.read_bytes())
        data[-10] ^= 1
        path.write_bytes(data)
        self.assertEqual(self.result_of("maintenance.verify_cache")["documents_damaged"], 1)
        self.assertFalse(path.exists())
        again = self.server.get(snapshot["download_url"])
        self.assertEqual(again.status, 200, "made again from its kept input")

    def test_verify_cache_goes_on_where_its_bound_ended_it(self):
        for _ in range(3):
            self.server.finished_snapshot(self.room(title=f"Room {next(self.numbers)}"))
        names = [path.name for path in (self.server.data / "pdf_cache").iterdir() if path.is_file()]
        checked = 0
        for _ in names:
            part = self.result_of("maintenance.verify_cache", {"bytes_max": 1})
            self.assertEqual((part["documents_checked"], part["whole"]), (1, len(names) == 1))
            checked += 1
        self.assertEqual(checked, len(names))

    def test_optimize_gives_space_back(self):
        server = self.own_server()
        server.post("/api/v1/tasks/batch", {"tasks": [{"task_type": "echo", "input": "x" * 2000, "delay_seconds": 10**6}] * 5000})
        before = self.result_of("maintenance.optimize", server=server)
        self.assertFalse(before["rewritten"], before)
        self.assertEqual(server.post("/api/v1/tasks/bulk", {"action": "cancel", "filter": {"status": "scheduled"}, "limit": 10000}).status, 200)
        self.assertEqual(server.post("/api/v1/tasks/bulk", {"action": "delete", "filter": {"status": "cancelled"}, "limit": 10000}).status, 200)
        after = self.result_of("maintenance.optimize", server=server)
        self.assertTrue(after["rewritten"], after)
        self.assertGreater(after["bytes_freed"], 5 << 20)
        self.assertEqual((server.data / "galley.db").stat().st_size, after["bytes_after"])

    def test_cleanup_removes_old_tasks_and_answers(self):
        server = self.own_server("--keep-completed", "0s")
        old = [server.make_task() for _ in range(3)]
        old.append(server.post("/api/v1/tasks", {"task_type": "echo"}, headers={"Idempotency-Key": "old"}).json()["task_id"])
        for task in old:
            server.get(f"/api/v1/tasks/{task}?wait=60")
        server.stop()
        ago = 30 * 3600 * 1000
        with server.database() as connection:
            connection.execute(f"UPDATE task SET completed_at = completed_at - {ago}")
            connection.execute(f"UPDATE idempotency_answer SET created_at = created_at - {ago}")
        connection.close()
        server.start()
        recent = server.make_task()
        server.get(f"/api/v1/tasks/{recent}?wait=60", BROKER)
        by_default = self.result_of("maintenance.cleanup", server=server)
        self.assertEqual(by_default["answers_removed"], 1, by_default)
        result = self.result_of("maintenance.cleanup", {"tasks_older_than_hours": 24}, server)
        self.assertEqual((result["tasks_removed"], result["answers_removed"]), (4, 0), result)
        self.assert_problem(server.get(f"/api/v1/tasks/{old[0]}"), 404)
        self.assertEqual(server.get(f"/api/v1/tasks/{recent}").status, 200)


class Backups(MaintenanceCase):
    def setUp(self):
        self.server = Server("--backup-keep", "2")
        self.addCleanup(self.server.close)
        self.folder = self.server.folder / "backups"
        self.server.flags += ("--backup-dir", str(self.folder))
        self.server.start()

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_a_backup_is_restored_with_its_documents(self):
        room = self.server.make_room("kept")
        snapshot = self.server.finished_snapshot(room)
        pdf = self.server.get(snapshot["download_url"]).body
        result = self.result_of("maintenance.backup")
        self.assertEqual((result["documents"], result["documents_missing"], result["removed"], result["kept"]), (1, 0, [], 1))
        self.assertEqual([pathlib.Path(result["backup"]).name], self.names())
        self.assertRegex(self.names()[0], r"^galley-\d{8}T\d{6}Z$")
        size = sum(path.stat().st_size for path in pathlib.Path(result["backup"]).rglob("*") if path.is_file() and path.name != "manifest.json")
        self.assertEqual(size, result["bytes"])
        self.server.delete(f"/api/v1/rooms/{room}")
        self.server.stop()
        restored = run_galley("restore", result["backup"], "--data", str(self.server.data), "--replace", "--json")
        self.assertEqual(restored.returncode, 0, restored.stderr)
        self.server.start()
        self.assertEqual(self.server.get(snapshot["download_url"]).body, pdf)

    def test_the_oldest_go_and_what_is_no_backup_stays(self):
        self.folder.mkdir()
        for name in ("galley-20200101T000000Z", "galley-20210101T000000Z", "galley-20220101T000000Z", "galley-20190101T000000Z.partial",
                     "galley-20180101T000000Z.removing", "mine", "galley-latest"):
            (self.folder / name).mkdir()
            (self.folder / name / "file").touch()
        result = self.result_of("maintenance.backup")
        self.assertEqual(result["removed"], ["galley-20200101T000000Z", "galley-20210101T000000Z"])
        self.assertEqual(result["kept"], 2)
        self.assertEqual(self.names(), sorted(["galley-20220101T000000Z", pathlib.Path(result["backup"]).name, "galley-latest", "mine"]))

    def test_a_folder_that_cannot_be_written_fails_the_task(self):
        self.folder.write_text("a file")
        task = self.run_kind("maintenance.backup")
        self.assertNotEqual(task["status"], "completed", task)

    def test_without_a_folder_it_says_so(self):
        server = self.own_server()
        task = self.run_kind("maintenance.backup", server=server)
        self.assertEqual(task["status"], "failed", task)
        self.assertIn("backup.dir", task["error"])


class BuiltInSchedules(MaintenanceCase):
    def setUp(self):
        self.server = Server(env={"GALLEY_SCHEDULES_BUILT_IN": None})
        self.addCleanup(self.server.close)
        self.server.start()

    def schedules(self):
        return {item["name"]: item for item in self.server.get(f"{SCHEDULES}?limit=200").json()["items"]}

    def test_they_are_there_from_the_first_start(self):
        found = self.schedules()
        self.assertEqual(sorted(found), [kind for kind in KINDS if kind != "maintenance.backup"], "no folder for backups is set")
        for name, item in found.items():
            with self.subTest(name):
                self.assertEqual((item["built_in"], item["created_by"], item["paused"], item["overlap"], item["timezone"]),
                                 (True, "system", False, "skip", "UTC"))
                self.assertEqual(item["task"]["task_type"], name)
                self.assertIsNotNone(item["next_run_at"])
        self.assertEqual(self.server.get(SCHEDULES, OWNER).json()["items"], [], "they are the administrators'")
        run = self.server.post(f"{SCHEDULES}/monitoring.health/run")
        self.assertEqual(run.status, 202, run)
        task = self.server.get(f"/api/v1/tasks/{run.json()['task_id']}?wait=60").json()
        self.assertEqual((task["status"], task["created_by"], task["queue"]), ("completed", "system", "monitoring"))

    def test_what_an_operator_changed_stays_over_restarts(self):
        self.server.post(f"{SCHEDULES}/maintenance.cleanup/pause")
        body = {"cron": "0 6 * * sun", "timezone": "Europe/Oslo", "task": {"task_type": "maintenance.optimize"}}
        self.assertEqual(self.server.put(f"{SCHEDULES}/maintenance.optimize", body).status, 200)
        before = self.schedules()
        self.server.restart()
        self.assertEqual(self.schedules(), before)
        changed = before["maintenance.optimize"]
        self.assertEqual((changed["cron"], changed["built_in"], changed["created_by"]), ("0 6 * * sun", True, "system"))
        self.assertTrue(before["maintenance.cleanup"]["paused"])

    def test_they_cannot_be_removed_one_by_one(self):
        self.assert_problem(self.server.delete(f"{SCHEDULES}/monitoring.health"), 409, "schedules.built_in")
        self.assertIn("monitoring.health", self.schedules())

    def test_the_setting_removes_them_all_and_brings_them_back(self):
        own = {"name": "own", "cron": "@daily", "task": {"task_type": "echo"}}
        self.server.post(SCHEDULES, own)
        self.server.env = {"GALLEY_SCHEDULES_BUILT_IN": "false"}
        self.server.restart()
        self.assertEqual(list(self.schedules()), ["own"])
        self.server.env = {"GALLEY_SCHEDULES_BUILT_IN": "true", "GALLEY_BACKUP_DIR": str(self.server.folder / "backups")}
        self.server.restart()
        self.assertEqual(sorted(self.schedules()), sorted([*KINDS, "own"]))

    def test_a_name_that_is_taken_is_left_to_who_has_it(self):
        server = self.own_server()
        own = {"name": "monitoring.health", "cron": "@daily", "task": {"task_type": "echo"}}
        self.assertEqual(server.post(SCHEDULES, own, OWNER).status, 201)
        server.env = {"GALLEY_SCHEDULES_BUILT_IN": "true"}
        server.restart()
        mine = server.get(f"{SCHEDULES}/monitoring.health", OWNER).json()
        self.assertEqual((mine["built_in"], mine["cron"]), (False, "@daily"))


if __name__ == "__main__":
    unittest.main()

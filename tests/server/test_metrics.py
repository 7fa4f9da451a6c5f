#!/usr/bin/python3
"""The metrics summary, its export, Prometheus' text, cache statistics and health (R80, R85, R91, R92, R97)."""
import json
import re
import shutil
import subprocess
import time
import unittest

from galley_server import ADMIN, BROKER, VIEWER, ServerCase

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
SUMMARY = "/api/v1/snapshots/metrics/summary"
EXPORT = "/api/v1/snapshots/metrics/export"
STATISTICS = {"min", "max", "mean", "median", "p95", "p99", "count"}
CACHE = {"memory_entries", "memory_used_mb", "disk_used_mb", "memory_hits", "disk_hits", "cache_misses", "cache_evictions",
         "hit_rate_percent"}


class Summary(ServerCase):
    def summary(self, query=""):
        answer = self.server.get(SUMMARY + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def test_it_has_exactly_the_fields_of_the_specification(self):
        self.server.finished_snapshot(self.room())
        summary = self.summary()
        self.assertEqual(summary.keys(), {"timestamp", "period_hours", "summary", "pdf_generation", "api_performance", "cache"})
        self.assertRegex(summary["timestamp"], f"^{TIME.pattern}$")
        self.assertEqual(summary["summary"].keys(), {"total_metrics", "statistics"})
        self.assertEqual(summary["summary"]["statistics"].keys(), {"pdf_generation_time"})
        self.assertEqual(summary["summary"]["statistics"]["pdf_generation_time"].keys(), STATISTICS)
        self.assertEqual(summary["pdf_generation"].keys(), {"total_generations", "cached_count", "generated_count",
                                                            "cache_hit_rate_percent", "statistics"})
        self.assertEqual(summary["pdf_generation"]["statistics"].keys(), STATISTICS)
        self.assertEqual(summary["api_performance"].keys(), {"total_requests", "endpoints"})
        self.assertLessEqual({"mean", "p95", "count"}, summary["api_performance"]["endpoints"]["snapshot_create"].keys())
        self.assertEqual(summary["cache"].keys(), {"memory_entries", "memory_used_mb", "disk_used_mb", "hit_rate_percent",
                                                   "cache_evictions"})

    def test_the_period_is_the_one_asked_for(self):
        self.assertEqual(self.summary()["period_hours"], 24)
        self.assertEqual(self.summary("?hours=168")["period_hours"], 168)

    def test_a_new_server_has_zeros(self):
        summary = self.own_server().get(SUMMARY).json()
        self.assertEqual(summary["pdf_generation"]["total_generations"], 0)
        self.assertEqual(summary["pdf_generation"]["cache_hit_rate_percent"], 0)
        self.assertEqual(summary["summary"]["statistics"]["pdf_generation_time"]["count"], 0)

    def test_generated_and_cached_are_told_apart_and_ordered_figures_are_ordered(self):
        server = self.own_server()
        room = server.make_room("counted")
        for _ in range(4):
            server.finished_snapshot(room)
        generation = server.get(SUMMARY).json()["pdf_generation"]
        self.assertEqual((generation["total_generations"], generation["generated_count"], generation["cached_count"],
                          generation["cache_hit_rate_percent"]), (4, 1, 3, 75))
        figures = generation["statistics"]
        ordered = [figures[name] for name in ("min", "median", "p95", "p99", "max")]
        self.assertEqual(ordered, sorted(ordered))
        self.assertTrue(figures["min"] <= figures["mean"] <= figures["max"])
        self.assertGreater(figures["min"], 0)

    def test_requests_are_counted_by_endpoint(self):
        before = self.summary()["api_performance"]["endpoints"].get("room_list", {"count": 0})["count"]
        for _ in range(5):
            self.server.get("/api/v1/rooms")
        endpoints = self.summary()["api_performance"]
        self.assertEqual(endpoints["endpoints"]["room_list"]["count"], before + 5)
        self.assertEqual(endpoints["total_requests"], sum(one["count"] for one in endpoints["endpoints"].values()))

    def test_figures_survive_a_restart_and_a_kill_after_they_were_read(self):
        server = self.own_server()
        room = server.make_room("kept")
        server.finished_snapshot(room)
        before = server.get(SUMMARY).json()["pdf_generation"]
        server.restart()
        self.assertEqual(server.get(SUMMARY).json()["pdf_generation"], before)
        server.kill()
        server.start()
        self.assertEqual(server.get(SUMMARY).json()["pdf_generation"], before)
        server.finished_snapshot(room)
        self.assertEqual(server.get(SUMMARY).json()["pdf_generation"]["total_generations"], before["total_generations"] + 1)

    def test_an_export_is_the_summary_in_a_file(self):
        answer = self.server.post(EXPORT)
        self.assertEqual(answer.status, 201)
        name = answer.json()["file"]
        self.assertRegex(name, r"^metrics/metrics_[0-9TZ]+\.json$")
        exported = json.loads((self.server.data / name).read_text(encoding="utf-8"))
        self.assertEqual(exported.keys(), self.summary().keys())

    def test_clearing_what_is_old_keeps_what_is_new(self):
        self.server.finished_snapshot(self.room())
        before = self.summary()["pdf_generation"]["total_generations"]
        for query in ("", "?hours=1"):
            answer = self.server.delete("/api/v1/snapshots/metrics" + query)
            self.assertEqual((answer.status, answer.json()), (200, {"cleared": 0}))
        self.assertEqual(self.summary()["pdf_generation"]["total_generations"], before)

    def test_clearing_forgets_what_is_older(self):
        server = self.own_server()
        server.finished_snapshot(server.make_room("old"))
        server.stop()
        server.change_database("UPDATE metric_hour SET hour = hour - 200")
        server.start()
        self.assertEqual(server.get(SUMMARY + "?hours=1000").json()["pdf_generation"]["total_generations"], 1)
        self.assertGreater(server.delete("/api/v1/snapshots/metrics").json()["cleared"], 0)
        self.assertEqual(server.get(SUMMARY + "?hours=1000").json()["pdf_generation"]["total_generations"], 0)


class Idle(ServerCase):
    """What waits costs nothing: no look into the database while nobody asks for anything."""
    SECONDS = 3

    def touches(self, server):
        found = {}
        for line in server.get("/metrics").body.decode().splitlines():
            if re.match(r"galley_store_(reads|writes)_total ", line):
                name, value = line.split()
                found[name] = float(value)
        self.assertEqual(len(found), 2, found)
        return sum(found.values())

    def test_an_idle_server_asks_its_database_nothing(self):
        server = self.own_server()
        server.finished_snapshot(server.make_room("quiet"))
        time.sleep(2)  # what a finished task leaves to be written
        before = self.touches(server)
        after_a_look = self.touches(server)
        time.sleep(self.SECONDS)
        after_rest = self.touches(server)
        self.assertEqual(after_rest - after_a_look, after_a_look - before, "beyond what a look at the figures costs")


class Prometheus(ServerCase):
    def text(self):
        answer = self.server.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        return answer.body.decode()

    def value(self, line_start):
        for line in self.text().splitlines():
            if line.startswith(line_start + " "):
                return float(line.rsplit(" ", 1)[1])
        return None

    @unittest.skipUnless(shutil.which("promtool"), "needs promtool")
    def test_promtool_has_nothing_to_say(self):
        self.server.finished_snapshot(self.room())
        checked = subprocess.run(["promtool", "check", "metrics"], input=self.text(), capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

    def test_requests_are_counted(self):
        name = 'galley_http_requests_total{endpoint="room_list",status="4xx"}'
        before = self.value(name)
        self.server.get("/api/v1/rooms", caller=None)
        self.assertEqual(self.value(name), before + 1)

    def test_tasks_are_counted_by_what_happened(self):
        name = 'galley_task_events_total{event="task.completed"}'
        before = self.value(name)
        self.server.get(f"/api/v1/tasks/{self.server.make_task()}?wait=60")
        self.assertEqual(self.value(name), before + 1)

    def test_render_processes_and_the_disk_are_measured(self):
        before = self.value("galley_render_jobs_total")
        self.server.finished_snapshot(self.room(title="Rendered for its figures"))
        self.assertEqual(self.value("galley_render_jobs_total"), before + 1)
        self.assertGreaterEqual(self.value("galley_render_processes"), 1)
        self.assertGreater(self.value("galley_disk_free_bytes"), 1e6)

    def test_the_process_is_there(self):
        self.assertGreater(self.value("process_resident_memory_bytes"), 1e6)
        self.assertGreater(self.value("process_cpu_seconds_total"), 0)

    def test_no_name_of_a_caller_or_a_room_is_a_label(self):
        room = self.room()
        self.server.get(f"/api/v1/rooms/{room}", VIEWER)
        self.server.get("/nowhere/secret-path")
        text = self.text()
        for word in (room, VIEWER.email, "secret-path"):
            self.assertNotIn(word, text)


class CacheStatistics(ServerCase):
    def test_they_have_exactly_the_names_of_the_specification(self):
        answer = self.server.get("/api/cache/stats", ADMIN)
        self.assertEqual((answer.status, answer.json().keys()), (200, CACHE))

    def test_a_download_is_a_hit_of_memory_then_of_disk(self):
        server = self.own_server()
        snapshot = server.finished_snapshot(server.make_room("hit"))

        def hits():
            stats = server.get("/api/cache/stats").json()
            return stats["memory_hits"], stats["disk_hits"]

        before = hits()
        server.get(snapshot["download_url"], BROKER)
        self.assertEqual(hits(), (before[0] + 1, before[1]))
        server.restart()
        server.get(snapshot["download_url"], BROKER)
        self.assertEqual(hits(), (0, 1))
        stats = server.get("/api/cache/stats").json()
        self.assertEqual((stats["memory_entries"], stats["hit_rate_percent"]), (1, 100))
        self.assertGreater(stats["disk_used_mb"], 0)

    def test_the_memory_bound_holds_and_evictions_are_counted(self):
        server = self.own_server("--cache-memory-mb", "0.002", "--cache-disk-mb", "0")
        for i in range(4):
            server.finished_snapshot(server.make_room(f"bound-{i}", title=f"Room {i}", documents=30))
        stats = server.get("/api/cache/stats").json()
        self.assertLessEqual(stats["memory_used_mb"], 0.002)


class Health(ServerCase):
    def test_live(self):
        answer = self.server.get("/health/live", caller=None)
        self.assertEqual((answer.status, answer.json()), (200, {"status": "live"}))

    def test_ready_tells_each_part_with_its_time(self):
        answer = self.server.get("/health/ready", caller=None)
        self.assertEqual((answer.status, answer.json()["status"]), (200, "ready"))
        parts = answer.json()["parts"]
        self.assertLessEqual({"database", "disk"}, parts.keys())
        for part in parts.values():
            self.assertEqual(part["status"], "ok")
            self.assertGreaterEqual(part["duration_ms"], 0)

    def test_head_works_too(self):
        self.assertEqual(self.server.request("HEAD", "/health/live", None).status, 200)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""The status endpoints of older clients and the caches behind them (R81, R95, R96)."""
import unittest

from galley_server import ADMIN, BROKER, STRANGER, ServerCase

FIGURES = {"size", "max_size", "utilization_percent", "hits", "misses", "hit_rate_percent", "sets", "evictions", "expirations",
           "invalidations", "total_requests"}
SIZES = {"task_status": 500, "worker_status": 100, "queue_status": 100, "metrics_summary": 100, "health_check": 50}
PREFIXES = ("/api/v1/celery", "/api/v1/monitoring")
HOUR = 3600


class MonitoringCase(ServerCase):
    # Nothing but the tests changes a task, and they may ask as often as they like.
    flags = ("--limits-administration-per-minute", "0")

    def setUp(self):
        self.assertEqual(self.server.post(PREFIXES[0] + "/cache/invalidate").status, 200)

    def cache_of(self, path, caller=ADMIN):
        answer = self.server.get(path, caller)
        self.assertEqual(answer.status, 200, answer)
        return answer.headers["X-Cache"]

    def figures(self):
        return self.server.get(PREFIXES[0] + "/cache/stats").json()


class Status(MonitoringCase):
    def test_a_tasks_status_is_the_task(self):
        task_id = self.server.make_task(delay_seconds=HOUR)
        for slash in ("", "/"):
            answer = self.server.get(f"/async-monitoring/tasks/{task_id}/status{slash}", BROKER)
            self.assertEqual(answer.json(), self.server.get(f"/api/v1/tasks/{task_id}", BROKER).json())

    def test_a_change_of_the_task_is_seen_at_once(self):
        task_id = self.server.make_task(delay_seconds=HOUR)
        path = f"/async-monitoring/tasks/{task_id}/status/"
        self.assertEqual(self.server.get(path, BROKER).json()["status"], "scheduled")
        answer = self.server.post(f"/async-monitoring/tasks/{task_id}/cancel/", caller=BROKER)
        self.assertEqual((answer.status, answer.json()["status"]), (200, "cancelled"))
        answer = self.server.get(path, BROKER)
        self.assertEqual((answer.headers["X-Cache"], answer.json()["status"]), ("MISS", "cancelled"))

    def test_nobody_gets_anothers_answer(self):
        task_id = self.server.make_task(delay_seconds=HOUR)
        path = f"/async-monitoring/tasks/{task_id}/status/"
        for caller in (ADMIN, BROKER):
            self.assertEqual(self.server.get(path, caller).status, 200)
        self.assert_problem(self.server.get(path, STRANGER), 404)
        self.assertIsNotNone(self.server.get("/api/tasks/status", ADMIN).json()["counts"])
        self.assertIsNone(self.server.get("/api/tasks/status", STRANGER).json()["counts"])

    def test_bulk_status_leaves_out_what_is_not_the_callers(self):
        own, other = self.server.make_task(), self.server.make_task(STRANGER)
        for slash in ("", "/"):
            answer = self.server.post("/async-monitoring/tasks/bulk-status" + slash, {"task_ids": [own, other, "absent"]}, BROKER)
            self.assertEqual([task["task_id"] for task in answer.json()["items"]], [own])

    def test_counts_follow_the_tasks(self):
        for prefix in PREFIXES:
            before = self.server.get(prefix + "/tasks/status").json()["counts"]["scheduled"]
            self.server.make_task(delay_seconds=HOUR)
            self.assertEqual(self.server.get(prefix + "/tasks/status").json()["counts"]["scheduled"], before + 1)
            self.assertEqual(self.server.get(prefix + "/queues/status").json()["all"]["scheduled"], before + 1)

    def test_workers_are_the_nodes_threads(self):
        server = self.own_server("--workers", "3")
        (worker,) = server.get("/api/v1/monitoring/workers/status").json()["workers"]
        self.assertEqual((worker["status"], worker["concurrency"]), ("online", 3))

    def test_the_metrics_are_those_of_the_summary(self):
        summary = self.server.get("/api/v1/snapshots/metrics/summary?hours=2").json()
        answer = self.server.get("/api/v1/celery/metrics/summary?hours=2").json()
        self.assertEqual((answer.keys(), answer["period_hours"]), (summary.keys(), 2))

    def test_health_is_open_to_all(self):
        for path in ("/async-monitoring/health/", "/async-monitoring/health"):
            answer = self.server.get(path, None)
            self.assertEqual((answer.status, answer.json()["status"]), (200, "ready"))

    def test_the_overview_is_whole(self):
        overview = self.server.get("/async-monitoring/admin/monitoring/").json()
        self.assertEqual(overview["live_listeners"], 0)
        self.assertEqual(overview["monitoring_caches"]["caches"].keys(), SIZES.keys())

    def test_cleanup_takes_what_is_old_enough(self):
        server = self.own_server()
        task_id = server.make_task()
        server.get(f"/api/v1/tasks/{task_id}?wait=60", BROKER)
        self.assertEqual(server.post("/async-monitoring/admin/cleanup/").json(), {"removed": 0})
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.change_database("UPDATE task SET completed_at = completed_at - 7200000, created_at = created_at - 7200000"), 1)
        server.start()
        self.assertEqual(server.post("/async-monitoring/admin/cleanup?older_than_hours=1").json(), {"removed": 1})
        self.assert_problem(server.get(f"/api/v1/tasks/{task_id}", BROKER), 404)
        self.assertIn("task_cleanup", [entry["action"] for entry in server.get("/api/v1/audit").json()["items"]])


class CacheHeaders(MonitoringCase):
    def test_the_second_answer_is_a_hit_with_its_age(self):
        for path in ("/api/v1/celery/workers/status", "/api/v1/monitoring/queues/status/", "/api/tasks/status",
                     "/api/v1/celery/metrics/summary", "/async-monitoring/health/"):
            with self.subTest(path):
                # A machine that is held up lets the answer grow too old: then again.
                while self.cache_of(path) != "MISS" or self.cache_of(path) != "HIT":
                    self.server.post(PREFIXES[1] + "/cache/invalidate")
                answer = self.server.get(path)
                if answer.headers["X-Cache"] == "HIT":
                    self.assertRegex(answer.headers["X-Cache-Age"], r"^\d+$")

    def test_a_miss_has_no_age(self):
        answer = self.server.get("/api/v1/celery/workers/status")
        self.assertEqual(answer.headers["X-Cache"], "MISS")
        self.assertIsNone(answer.headers["X-Cache-Age"])

    def test_without_the_cache_it_is_a_miss_that_is_kept(self):
        for spelling in ("false", "False", "FALSE"):
            sets = self.figures()["caches"]["worker_status"]["sets"]
            self.assertEqual(self.cache_of("/api/v1/celery/workers/status?use_cache=" + spelling), "MISS")
            self.assertEqual(self.figures()["caches"]["worker_status"]["sets"], sets + 1)
        self.assert_problem(self.server.get("/api/v1/celery/workers/status?use_cache=maybe"), 400, "use_cache")

    def test_head_is_as_get(self):
        answer = self.server.request("HEAD", "/api/v1/celery/workers/status", ADMIN)
        self.assertEqual((answer.status, answer.headers["X-Cache"]), (200, "MISS"))


class CacheCare(MonitoringCase):
    def test_figures_are_those_of_the_specification(self):
        for prefix in PREFIXES:
            answer = self.server.get(prefix + "/cache/stats/").json()
            self.assertEqual(answer.keys(), {"timestamp", "caches", "summary"})
            self.assertEqual({name: cache["max_size"] for name, cache in answer["caches"].items()}, SIZES)
            self.assertTrue(all(cache.keys() == FIGURES for cache in answer["caches"].values()))
            self.assertEqual(answer["summary"].keys(), {"total_hits", "total_misses", "total_requests", "overall_hit_rate_percent"})

    def test_every_look_up_is_counted(self):
        before = self.figures()["summary"]["total_requests"]
        for _ in range(5):
            self.server.get("/api/v1/celery/workers/status")
        after = self.figures()
        self.assertEqual(after["summary"]["total_requests"], before + 5)
        self.assertEqual(after["summary"]["total_hits"] + after["summary"]["total_misses"], before + 5)

    def test_one_cache_is_emptied_or_all(self):
        self.server.get("/api/v1/celery/workers/status")
        self.server.get("/async-monitoring/health/")
        answer = self.server.post("/api/v1/celery/cache/invalidate?cache_name=worker_status")
        self.assertEqual(answer.json(), {"cache_name": "worker_status", "invalidated": 1})
        self.assertEqual(self.server.post("/api/v1/monitoring/cache/invalidate/").json(), {"cache_name": "all", "invalidated": 1})
        self.assertEqual(self.figures()["caches"]["health_check"]["size"], 0)
        self.assert_problem(self.server.post("/api/v1/celery/cache/invalidate?cache_name=other"), 400, "cache_name")


if __name__ == "__main__":
    unittest.main()

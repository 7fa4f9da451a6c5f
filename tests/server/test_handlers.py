#!/usr/bin/python3
"""Programs that have Galley as a library (R56): their kinds over HTTP, every end of a handler, cancel, steps that survive kill -9."""
import os
import pathlib
import subprocess
import unittest

from galley_server import ADMIN, BROKER, PATIENCE_SECONDS, ROOT, Server, ServerCase, environment

BUILD = ROOT / "build" / "release"
WORD_COUNT = os.environ.get("GALLEY_WORD_COUNT") or str(BUILD / "examples" / "word_count" / "word_count")
PROGRAM = os.environ.get("GALLEY_HANDLER_PROGRAM") or str(BUILD / "tests" / "server" / "galley_handler_program")


def server_of(binary, *flags):
    server = Server(*flags)
    server.binary = binary
    return server


class ProgramCase(ServerCase):
    binary = PROGRAM

    @classmethod
    def setUpClass(cls):
        cls.server = server_of(cls.binary, *cls.flags)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def finished(self, kind, **fields):
        task = self.server.make_task(task_type=kind, **fields)
        return self.server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()

    def wait_for(self, server, task, is_so):
        """The events of a task show it: no answer is asked for twice without a change in between."""
        seen = server.get(f"/api/v1/tasks/{task}", BROKER).json()
        while not is_so(seen):
            self.assertNotIn(seen["status"], ("completed", "failed", "cancelled"), seen)
            seen = server.get(f"/api/v1/tasks/{task}", BROKER).json()
        return seen


class WordCountTest(ProgramCase):
    binary = WORD_COUNT

    def test_it_counts(self):
        task = self.finished("word_count", input={"texts": ["The ship, the sea", "the end\u00e9"], "top": 2})
        self.assertEqual((task["status"], task["progress"], task["message"]), ("completed", 100, "text 2 counted"))
        self.assertEqual(task["result"], {"words": 6, "top": [{"word": "the", "count": 3}, {"word": "end\u00e9", "count": 1}]})
        lines = self.server.get(f"/api/v1/tasks/{task['task_id']}/log", BROKER).json()["items"]
        self.assertEqual([line["text"] for line in lines], ["4 different words"])

    def test_bad_input_fails_at_once_and_says_where(self):
        for given, error in (({"texts": "x"}, "bad input: /texts: must be an array"), ({}, "bad input: /texts: is required"),
                             ({"texts": [], "top": 1}, "there is no text to count (at /texts)"),
                             ({"texts": ["a"], "top": 1.5, "more": 1}, "bad input: /top: must be an integer; /more: is not known here")):
            with self.subTest(given=given):
                task = self.finished("word_count", input=given)
                self.assertEqual((task["status"], task["attempt"], task["error"]), ("failed", 1, error))

    def test_it_has_all_of_galleys_commands(self):
        shown = subprocess.run([WORD_COUNT, "--help"], capture_output=True, text=True, env=environment(), check=True, timeout=PATIENCE_SECONDS).stdout
        self.assertIn("A Galley server that counts words", shown)
        self.assertIn("word_count serve --demo", shown)
        for command in ("serve", "task", "queue", "doctor", "token"):
            self.assertIn(f"\n  {command} ", shown)

    def test_renders_run_in_processes_of_this_program(self):
        made = self.server.finished_snapshot(self.server.make_room("room.words"))
        self.assertEqual(made["status"], "completed")


class KindsTest(ProgramCase):
    def test_kinds_of_the_program_are_listed_and_can_be_scheduled(self):
        kinds = {kind["name"]: kind for kind in self.server.get("/api/v1/kinds", BROKER).json()["items"]}
        self.assertEqual(sorted(kinds), ["ending", "gate", "parent", "raw", "steps"])
        self.assertEqual(kinds["gate"], {"name": "gate", "queue": "gates", "max_attempts": 3, "timeout_seconds": 3600, "served_by": "server",
                                         "declared_by": None, "declared_at": None})
        answer = self.server.put("/api/v1/schedules/nightly", {"cron": "0 3 * * *", "task": {"task_type": "raw", "input": [1]}}, ADMIN)
        self.assertIn(answer.status, (200, 201), answer)

    def test_workers_cannot_take_them_and_they_cannot_be_forgotten(self):
        self.assert_problem(self.server.post("/api/v1/kinds", {"kinds": [{"name": "raw"}]}), 409)
        self.assert_problem(self.server.post("/api/v1/worker/lease", {"worker": "w", "kinds": ["raw"]}), 409)
        self.assert_problem(self.server.delete("/api/v1/kinds/raw"), 404)

    def test_the_servers_own_kinds_stay_closed(self):
        answer = self.server.post("/api/v1/tasks", {"task_type": "generate_pdf", "input": {}}, BROKER)
        self.assertEqual(answer.status, 400, answer)
        self.assertEqual(answer.pointers(), ["/task_type"])

    def test_raw_json_passes_through(self):
        given = {"a": [1, 2.5, None, True, "é"], "b": {}}
        self.assertEqual(self.finished("raw", input=given)["result"], given)
        self.assertEqual(self.finished("raw")["result"], None)

    def test_a_handler_enqueues_in_process(self):
        child = self.finished("parent")["result"]
        made = self.server.get(f"/api/v1/tasks/{child}?wait=60", BROKER).json()
        self.assertEqual((made["result"], made["created_by"]), ({"made": 1}, BROKER.email))


class EndsTest(ProgramCase):
    def ending(self, how, times=1, **fields):
        return self.finished("ending", input={"how": how, "times": times}, **fields)

    def errors(self, task):
        return [attempt["error"] for attempt in self.server.get(f"/api/v1/tasks/{task['task_id']}/attempts", BROKER).json()["items"]]

    def test_exceptions_are_tried_again_and_then_fail(self):
        task = self.ending("exception", 2)
        self.assertEqual((task["status"], task["result"], self.errors(task)), ("completed", 3, ["it broke", "it broke"]))
        task = self.ending("exception", 9, max_attempts=2)
        self.assertEqual((task["status"], task["attempt"], task["error"]), ("failed", 2, "it broke"))
        self.assertEqual(self.ending("anything")["result"], 2)

    def test_a_retry_may_say_when(self):
        far = {"backoff": {"base_seconds": 3600, "max_seconds": 3600}}
        self.assertEqual(self.ending("retry", 2, **far)["result"], 3)

    def test_a_snooze_is_not_counted(self):
        self.assertEqual(self.ending("snooze", 3, max_attempts=1)["result"], 1)

    def test_fail_and_cancel_end_it(self):
        task = self.ending("fail")
        self.assertEqual((task["status"], task["attempt"], task["error"]), ("failed", 1, "never (at /how)"))
        task = self.ending("cancel")
        self.assertEqual((task["status"], task["error"]), ("cancelled", "no longer wanted"))

    def test_a_running_handler_is_cancelled_and_shows_its_progress_before(self):
        task = self.server.make_task(task_type="gate", input={"path": str(self.server.folder / "never")})
        seen = self.wait_for(self.server, task, lambda seen: seen["progress"] == 50)
        self.assertEqual((seen["status"], seen["queue"], seen["message"]), ("running", "gates", "at the gate"))
        self.assertIn(self.server.post(f"/api/v1/tasks/{task}/cancel", caller=BROKER).status, (200, 202))
        self.assertEqual(self.server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()["status"], "cancelled")
        lines = self.server.get(f"/api/v1/tasks/{task}/log", BROKER).json()["items"]
        self.assertEqual(lines[0]["text"], "waits for the gate")


class CrashTest(ProgramCase):
    def start_steps(self, server, count):
        folder = server.folder / "steps"
        folder.mkdir()
        return folder, server.make_task(task_type="steps", input={"folder": str(folder), "count": count})

    def test_steps_that_were_done_are_not_done_again_after_kill_9(self):
        server = server_of(PROGRAM)
        self.addCleanup(server.close)
        server.start()
        folder, task = self.start_steps(server, 4)
        (folder / "1").touch()
        self.wait_for(server, task, lambda seen: seen["message"] == "step 2")  # done, and durable
        server.kill()
        for number in range(1, 5):
            (folder / str(number)).touch()
        server.start()
        done = server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()
        self.assertEqual((done["status"], done["result"], done["attempt"]), ("completed", [1, 4, 9, 16], 2))
        self.assertEqual((folder / "done").read_text().split(), ["1", "2", "3", "4"])

    def test_a_graceful_stop_puts_a_handler_back_and_counts_no_attempt(self):
        server = server_of(PROGRAM, "--drain-grace", "0s")
        self.addCleanup(server.close)
        server.start()
        folder, task = self.start_steps(server, 2)
        self.wait_for(server, task, lambda seen: seen["message"] == "step 1")
        self.assertEqual(server.stop(), 0)
        for number in (1, 2):
            (folder / str(number)).touch()
        server.start()
        done = server.get(f"/api/v1/tasks/{task}?wait=60", BROKER).json()
        self.assertEqual((done["result"], done["attempt"]), ([1, 4], 1))
        self.assertEqual((folder / "done").read_text().split(), ["1", "2"])

    def test_without_its_program_the_task_waits_or_fails_and_the_server_stands(self):
        server = server_of(PROGRAM)
        self.addCleanup(server.close)
        server.start()
        later = server.make_task(task_type="raw", delay_seconds=3600)
        self.assertEqual(server.stop(), 0)
        server.binary = WORD_COUNT
        server.start()
        self.assertEqual(server.get(f"/api/v1/tasks/{later}", BROKER).json()["status"], "scheduled")
        self.assertEqual(server.post("/api/v1/tasks", {"task_type": "raw"}, BROKER).status, 400)


class HeadersTest(unittest.TestCase):
    def test_each_public_header_stands_alone_in_c20_for_both_compilers(self):
        headers = sorted((ROOT / "include" / "galley").glob("*.h"))
        self.assertGreater(len(headers), 4)
        compilers = [name for name in ("clang++-19", "g++") if any((pathlib.Path(p) / name).exists() for p in os.get_exec_path())]
        self.assertTrue(compilers)
        for header in headers:
            for compiler in compilers:
                with self.subTest(header=header.name, compiler=compiler):
                    done = subprocess.run([compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror", "-fsyntax-only",
                                           "-I", str(ROOT / "include"), "-x", "c++", "-"], input=f"#include <galley/{header.name}>\n",
                                          capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_public_headers_include_only_each_other_and_the_standard_library(self):
        for header in (ROOT / "include" / "galley").glob("*.h"):
            for line in header.read_text(encoding="utf-8").splitlines():
                if line.startswith("#include"):
                    self.assertRegex(line, r'^#include (<[a-z_]+>|"galley/[a-z]+\.h")$', header)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""Running it: start, stop, restart, refusals to start, and the command line (R7, R12, R34, R120, R121, R124, R130)."""
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from galley_server import (ADMIN, BINARY, BROKER, PATIENCE_SECONDS, ROOT, SECRET, Server, ServerCase, StartFailed, environment,
                           in_parallel, is_whole_response, run_galley, status_of, token_of)


class OwnServerCase(ServerCase):
    """Each test starts its own server."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def made(self, *flags, **options):
        server = Server(*flags, **options)
        self.addCleanup(server.close)
        return server

    def refusal(self, server):
        with self.assertRaises(StartFailed) as failed:
            server.start()
        server.process = None
        self.assertEqual(failed.exception.exit_code, 1)
        return failed.exception.errors


class Stopping(OwnServerCase):
    def test_sigterm_ends_with_zero(self):
        server = self.made().start()
        self.assertEqual(server.stop(), 0)

    def test_sigint_ends_with_zero(self):
        server = self.made().start()
        server.process.send_signal(2)
        self.assertEqual(server.wait(), 0)

    def test_a_request_in_flight_is_answered_or_closed_cleanly(self):
        server = self.made("--threads", "1", "--drain-seconds", "1").start()
        task = server.make_task(delay_seconds=3600)
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as waiting:
            waiting.sendall(f"GET /api/v1/tasks/{task}?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(BROKER)}\r\n\r\n"
                            .encode())
            server.get("/health/live")  # one loop serves both in order: the request above is in flight now
            self.assertEqual(server.stop(), 0)
            received = b""
            while part := waiting.recv(65536):
                received += part
        if received:
            self.assertTrue(is_whole_response(received), received)
            self.assertIn(status_of(received), (200, 503))

    def test_work_that_was_accepted_is_done_after_a_stop(self):
        server = self.made("--drain-seconds", "5").start()
        room = server.make_room("stopped")
        made = [server.make_snapshot(room, title=f"No. {i}") for i in range(20)]
        tasks = [server.make_task(input=i) for i in range(20)]
        server.restart()
        for snapshot in made:
            answer = server.get(f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}?wait=60").json()
            self.assertEqual((answer["status"], answer["title"]), ("completed", snapshot["title"]))
        for i, task in enumerate(tasks):
            self.assertEqual(server.get(f"/api/v1/tasks/{task}?wait=60").json()["result"], i)

    def test_stopping_under_load_answers_or_closes(self):
        server = self.made().start()

        def client(index):
            if index == 0:
                return server.stop()
            statuses = set()
            try:
                for _ in range(200):
                    statuses.add(server.post("/api/v1/tasks", {"task_type": "echo"}).status)
            except (OSError, subprocess.SubprocessError, ValueError):
                pass
            except Exception as error:  # http.client: closed before an answer
                self.assertIn(type(error).__name__, ("RemoteDisconnected", "IncompleteRead", "BadStatusLine", "AttributeError"))
            return statuses

        code, *statuses = in_parallel(5, client)
        self.assertEqual(code, 0)
        self.assertLessEqual(set().union(*statuses), {202, 503})


class Restarting(OwnServerCase):
    def test_a_restart_keeps_everything(self):
        server = self.made().start()
        room = server.make_room("kept")
        server.post(f"/api/v1/rooms/{room}/activity", {"text": "before the restart"})
        snapshot = server.finished_snapshot(room)
        task = server.make_task(input={"kept": True})
        server.get(f"/api/v1/tasks/{task}?wait=60")
        later = server.make_task(delay_seconds=3600)
        paths = [f"/api/v1/rooms/{room}", f"/api/v1/rooms/{room}/members", f"/api/v1/rooms/{room}/activity",
                 f"/api/v1/rooms/{room}/snapshots", snapshot["download_url"], f"/api/v1/tasks/{task}", f"/api/v1/tasks/{later}",
                 f"/api/v1/tasks/{snapshot['task_id']}", "/api/v1/rooms", "/api/v1/tasks"]
        before = [server.get(path).body for path in paths]
        server.restart()
        self.assertEqual([server.get(path).body for path in paths], before)
        server.kill()
        server.start()
        self.assertEqual([server.get(path).body for path in paths], before)

    def test_a_unique_key_holds_over_a_restart(self):
        server = self.made().start()
        fields = {"task_type": "echo", "unique_key": "one", "delay_seconds": 3600}
        first = server.post("/api/v1/tasks", fields).json()["task_id"]
        server.restart()
        self.assertEqual(server.post("/api/v1/tasks", fields).json()["task_id"], first)

    def test_a_task_that_came_due_while_stopped_runs(self):
        server = self.made().start()
        task = server.make_task(delay_seconds=3600)
        server.stop()
        server.change_database("UPDATE task SET run_at = run_at - 7200000 WHERE state = 0")
        server.start()
        self.assertEqual(server.get(f"/api/v1/tasks/{task}?wait=60").json()["status"], "completed")

    def test_a_second_server_on_the_same_folder_is_refused(self):
        first = self.made().start()
        second = self.made(folder=tempfile.mkdtemp(prefix="galley-test-"))
        self.addCleanup(shutil.rmtree, second.folder)
        second.data = first.data
        errors = self.refusal(second)
        self.assertIn("already uses this data folder", errors)
        self.assertIn(str(first.process.pid), errors)
        self.assertEqual(first.get("/health/ready").status, 200)

    def test_a_killed_server_s_folder_is_free_at_once(self):
        server = self.made().start()
        server.kill()
        server.start()
        self.assertEqual(server.get("/health/ready").status, 200)

    def test_a_newer_schema_is_refused_and_left_alone(self):
        server = self.made().start()
        server.stop()
        for newer, undone in (("UPDATE schema_version SET version = version + 1 WHERE component = 'tasks'",
                               "UPDATE schema_version SET version = version - 1 WHERE component = 'tasks'"),
                              ("INSERT INTO schema_version VALUES ('hovercraft', 1)",
                               "DELETE FROM schema_version WHERE component = 'hovercraft'")):
            server.change_database(newer)
            self.assertIn("newer version", self.refusal(server))
            server.change_database(undone)
        server.start()

    def test_a_file_that_is_no_database_is_refused(self):
        server = self.made()
        server.data.mkdir()
        (server.data / "galley.db").write_bytes(b"no database at all, but long enough to be read as one" * 100)
        self.assertIn("galley:", self.refusal(server))
        self.assertTrue((server.data / "galley.db").read_bytes().startswith(b"no database"))


class Settings(OwnServerCase):
    def test_a_short_secret_is_refused(self):
        for secret in ("short", "x" * 31):
            self.assertIn("32", self.refusal(self.made(env={"GALLEY_JWT_SECRET": secret})))

    def test_no_secret_is_refused_and_says_what_to_do(self):
        errors = self.refusal(self.made(env={"GALLEY_JWT_SECRET": None}))
        self.assertIn("GALLEY_JWT_SECRET", errors)

    def test_the_secret_is_read_from_a_file(self):
        server = self.made(env={"GALLEY_JWT_SECRET": None})
        secret = server.folder / "secret"
        secret.write_text(SECRET + "\n", encoding="utf-8")
        server.env["GALLEY_JWT_SECRET_FILE"] = str(secret)
        self.assertEqual(server.start().get("/api/v1/rooms").status, 200)

    def test_a_secret_file_that_is_missing_is_refused(self):
        errors = self.refusal(self.made(env={"GALLEY_JWT_SECRET": None, "GALLEY_JWT_SECRET_FILE": "/nowhere/secret"}))
        self.assertIn("GALLEY_JWT_SECRET_FILE", errors)

    def test_no_secret_and_no_token_stands_in_the_log(self):
        server = self.made("--log-level", "debug").start()
        token = token_of(ADMIN)
        server.get("/api/v1/rooms", token=token)
        server.get("/api/v1/rooms", token=token + "x")
        server.stop()
        self.assertIn("room", server.log())
        for word in (SECRET, token, token.rsplit(".", 1)[1]):
            self.assertNotIn(word, server.log())

    def test_a_json_log_is_json_line_by_line(self):
        server = self.made("--log-format", "json", "--log-level", "debug").start()
        server.get("/api/v1/rooms", headers={"X-Request-Id": "in-the-log"})
        server.stop()
        lines = [json.loads(line) for line in server.log().splitlines()]
        self.assertTrue(any(line.get("request_id") == "in-the-log" for line in lines))

    def test_an_address_in_use_is_refused(self):
        first = self.made().start()
        code, errors = self.serve_at(f"127.0.0.1:{first.port}")
        self.assertEqual(code, 1)
        self.assertIn(str(first.port), errors)

    def test_addresses_that_are_none_are_refused(self):
        for address in ("127.0.0.1", ":80", "127.0.0.1:x", "127.0.0.1:70000", "nowhere:80:80:x"):
            code, errors = self.serve_at(address)
            self.assertEqual(code, 2, address)
            self.assertIn("--listen: http.listen: ADDRESS:PORT is expected", errors)

    def serve_at(self, address):
        folder = tempfile.mkdtemp(prefix="galley-test-")
        self.addCleanup(shutil.rmtree, folder)
        done = run_galley("serve", "--listen", address, "--data", folder)
        return done.returncode, done.stderr.decode()

    def test_environment_variables_set_what_flags_set(self):
        server = self.made(env={"GALLEY_METRICS_PUBLIC": "true"}).start()
        self.assertEqual(server.get("/metrics", caller=None).status, 200)


class Demo(OwnServerCase):
    def test_the_demo_has_a_room_and_users_and_keeps_them(self):
        server = self.made("--demo").start()
        tokens = dict(re.findall(r"^# (\S+) \(.*\)\n(\S+)$", server.output, re.MULTILINE))
        self.assertEqual(len(tokens), 6)
        wanted = {"admin@galley.example": 201, "nikolaos@aegean.example": 201, "ingrid@fjordline.example": 201,
                  "priya@palmyra.example": 201, "mariam@khor.example": 403, "stranger@elsewhere.example": 404}
        for email, status in wanted.items():
            answer = server.post("/api/v1/rooms/room-1/snapshots", {"title": "First look"}, token=tokens[email])
            self.assertEqual(answer.status, status, email)
        server.restart()
        self.assertEqual(len(server.get("/api/v1/rooms/room-1/snapshots").json()["items"]), 4)

    @unittest.skipUnless(shutil.which("curl"), "needs curl")
    def test_the_lines_that_it_prints_work_when_pasted(self):
        server = self.made("--demo", env={"GALLEY_JWT_SECRET": None}).start()
        lines = [line for line in server.output.splitlines() if line.startswith(("export ", "curl "))]
        self.assertGreaterEqual(sum(line.startswith("curl ") for line in lines), 3)
        script = "\n".join(line.replace("curl ", "curl --fail ", 1) for line in lines)
        done = subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)


class CommandLine(unittest.TestCase):
    def test_every_command_helps(self):
        for command in ([], ["serve"], ["token"], ["render"], ["config"], ["config", "check"],
                        ["account"], ["account", "list"], ["backup"], ["restore"], ["doctor"], ["cache"], ["migrate"], ["bench"], ["bench", "tasks"], ["bench", "render"]):
            done = run_galley(*command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, b""), command)
            self.assertIn(b"Usage", done.stdout)

    def test_bad_usage_is_exit_code_2(self):
        for command in ([], ["nothing"], ["serve", "--nothing"], ["token"], ["render"], ["render", "x.html"], ["bench"],
                        ["serve", "--workers", "-1"], ["serve", "--workers", "many"], ["bench", "tasks", "--count", "0"],
                        ["serve", "--log-level", "loud"], ["token", "--sub", "a@b", "--hours", "0"]):
            with self.subTest(command):
                done = run_galley(*command)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertTrue(done.stderr)

    def test_the_version(self):
        self.assertRegex(run_galley("--version").stdout.decode(), r"^\d+\.\d+\.\d+\n$")

    def test_a_minted_token_is_good(self):
        server = Server().start()
        self.addCleanup(server.close)
        done = run_galley("token", "--sub", "ann@example.org", "--role", "admin", "--name", "Ann", "--hours", "0.5")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(server.get("/api/cache/stats", token=done.stdout.decode().strip()).status, 200)
        done = run_galley("token", "--sub", "ann@example.org")
        self.assertEqual(server.get("/api/cache/stats", token=done.stdout.decode().strip()).status, 403)

    def test_a_token_is_not_minted_of_nonsense(self):
        for arguments, changed in ((["--sub", "a b"], {}), (["--sub", "a@b", "--role", "root"], {}), (["--sub", ""], {}),
                                   (["--sub", "a@b"], {"GALLEY_JWT_SECRET": "short"}), (["--sub", "a@b"], {"GALLEY_JWT_SECRET": None})):
            done = run_galley("token", *arguments, **changed)
            self.assertEqual((done.returncode, done.stdout), (1, b""), arguments)
            self.assertTrue(done.stderr.startswith(b"galley: "))

    def test_bench_tasks_prints_its_figures(self):
        done = run_galley("bench", "tasks", "--count", "2000", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        figures = json.loads(done.stdout)
        self.assertEqual(figures.keys(), {"count", "producers", "tasks_per_s", "enqueue_per_s", "seconds"})
        self.assertEqual((figures["count"], figures["producers"]), (2000, 0))
        self.assertGreater(figures["tasks_per_s"], 0)

    def test_bench_tasks_with_producers(self):
        done = run_galley("bench", "tasks", "--count", "500", "--producers", "4", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["producers"]), (0, 4))

    def test_bench_leaves_nothing_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            run_galley("bench", "tasks", "--count", "10", "--folder", folder)
            self.assertEqual(os.listdir(folder), [])


class Render(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="galley-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name, content=None):
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "wb") as out:
                out.write(content)
        return path

    def test_from_standard_input_to_standard_output(self):
        done = run_galley("render", "-", "-o", "-", "-q", stdin=b"<h1>Hello</h1><p>world")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertTrue(done.stdout.startswith(b"%PDF-"))

    def test_from_file_to_file_with_a_summary(self):
        out = self.file("out.pdf")
        done = run_galley("render", self.file("in.html", b"<p>Hello"), "-o", out)
        self.assertEqual((done.returncode, done.stdout), (0, b""), done.stderr)
        self.assertRegex(done.stderr.decode(), r"out\.pdf: 1 page, \d+ bytes")
        with open(out, "rb") as pdf:
            self.assertTrue(pdf.read().startswith(b"%PDF-"))

    def test_the_same_input_gives_the_same_bytes(self):
        html = "<title>T</title><p>Überführung, नमस्ते, 你好".encode()
        runs = {run_galley("render", "-", "-o", "-", "-q", stdin=html).stdout for _ in range(2)}
        self.assertEqual(len(runs), 1)

    def test_a_room_becomes_a_document(self):
        room = str(ROOT / "assets" / "demo" / "room.json")
        done = run_galley("render", room, "-o", "-", "--html")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Fujairah", done.stdout.decode())
        done = run_galley("render", room, "-o", "-", "-q")
        self.assertTrue(done.stdout.startswith(b"%PDF-"), done.stderr)

    def test_a_server_s_snapshot_of_a_room_is_what_render_makes_of_it(self):
        server = Server("--demo").start()
        self.addCleanup(server.close)
        snapshot = server.finished_snapshot("room-1", ADMIN)
        served = server.get(snapshot["download_url"]).body
        rendered = run_galley("render", str(ROOT / "assets" / "demo" / "room.json"), "-o", "-", "-q").stdout
        self.assertEqual(served, rendered)

    def test_a_missing_or_bad_input_is_exit_code_1(self):
        for arguments in ([self.file("none.html")], [self.file("bad.json", b'{"room":')], [self.file("room.json", b"{}")],
                          [self.folder], [self.file("in.html", b"x"), "-s", self.file("none.css")]):
            done = run_galley("render", *arguments, "-o", self.file("out.pdf"))
            self.assertEqual((done.returncode, done.stdout), (1, b""), arguments)
            self.assertTrue(done.stderr.startswith(b"galley: "))
            self.assertFalse(os.path.exists(self.file("out.pdf")))

    def test_an_output_that_cannot_be_written_is_exit_code_1(self):
        done = run_galley("render", "-", "-o", self.file("no/such/folder.pdf"), stdin=b"x")
        self.assertEqual(done.returncode, 1)

    def test_a_closed_standard_output_is_exit_code_1(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BINARY, "render", "-", "-o", "-", "-q"], input=b"x", stdout=full, stderr=subprocess.PIPE,
                                  env=environment(), check=False, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()

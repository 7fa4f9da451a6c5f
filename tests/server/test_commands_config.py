#!/usr/bin/python3
"""The table of settings through the real binary: file, environment and flags, and `galley config` (R120)."""
import json
import os
import shutil
import tempfile
import unittest

from galley_server import ADMIN, ROOT, SECRET, Server, ServerCase, StartFailed, run_galley, status_of


class ConfigCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="galley-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, text, name="galley.toml"):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path


class Check(ConfigCase):
    def test_a_good_file_is_exit_code_0(self):
        path = self.file('[http]\nlisten = "127.0.0.1:9000"\n')
        done = run_galley("config", "check", path)
        self.assertEqual((done.returncode, done.stdout), (0, b""), done.stderr)

    def test_faults_are_exit_code_1_with_file_line_and_column(self):
        path = self.file('[http]\nlisten = 80\n\n[log]\n  levle = "info"\n')
        done = run_galley("config", "check", path, GALLEY_WORKERS="many")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        errors = done.stderr.decode()
        self.assertIn(f"{path}:2:1: http.listen: a text is expected, found integer", errors)
        self.assertIn(f"{path}:5:3: log.levle: is no known key; did you mean log.level?", errors)
        self.assertIn("GALLEY_WORKERS: server.workers: a whole number is expected", errors)

    def test_wrong_usage_is_exit_code_2(self):
        self.assertEqual(run_galley("config", "check", "--nothing").returncode, 2)
        self.assertEqual(run_galley("config").returncode, 2)

    def test_the_values_in_force_and_where_they_came_from(self):
        path = self.file('[http]\nidle_timeout = "1min"\nthreads = 2\n')
        done = run_galley("config", "check", path, "--threads", "3", "--json", "--print", GALLEY_LOG_LEVEL="debug")
        self.assertEqual(done.returncode, 0, done.stderr)
        values = json.loads(done.stdout)["values"]
        self.assertEqual(values["http.idle_timeout"], {"value": "1min", "origin": f"{path}:2:1"})
        self.assertEqual(values["http.threads"], {"value": "3", "origin": "--threads"})
        self.assertEqual(values["log.level"], {"value": "debug", "origin": "GALLEY_LOG_LEVEL"})
        self.assertEqual(values["server.data"], {"value": "galley-data", "origin": "default"})

    def test_secrets_are_masked(self):
        for form in ([], ["--json"]):
            done = run_galley("config", "check", "--print", *form)
            self.assertEqual(done.returncode, 0)
            self.assertIn(b"***", done.stdout)
            self.assertNotIn(SECRET.encode(), done.stdout + done.stderr)

    def test_a_secret_in_the_file_is_refused_and_not_shown(self):
        path = self.file(f'[auth]\njwt_secret = "{SECRET}"\n')
        done = run_galley("config", "check", path, "--json", GALLEY_JWT_SECRET=None)
        self.assertEqual(done.returncode, 1)
        [fault] = json.loads(done.stdout)["faults"]
        self.assertEqual(fault["where"], f"{path}:2:1")
        self.assertIn("auth.jwt_secret_file", fault["message"])
        self.assertNotIn(SECRET.encode(), done.stdout + done.stderr)

    def test_a_variable_that_nobody_knows_is_a_warning(self):
        done = run_galley("config", "check", GALLEY_WORKER="4")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"GALLEY_WORKER is no known variable", done.stderr)

    def test_the_documents_are_what_the_binary_prints(self):
        for command, name in (("reference", "docs/configuration.md"), ("example", "deploy/galley.toml")):
            done = run_galley("config", command)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(done.stdout.decode(), (ROOT / name).read_text(encoding="utf-8"))

    def test_the_example_is_a_good_file(self):
        done = run_galley("config", "check", str(ROOT / "deploy" / "galley.toml"))
        self.assertEqual(done.returncode, 0, done.stderr)


class Serving(ConfigCase, ServerCase):
    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def test_a_server_takes_its_settings_from_a_file(self):
        secret = self.file(SECRET + "\n", "secret")
        path = self.file(f'[metrics]\npublic = true\n[http]\nurl_bytes_max = 256\n[auth]\njwt_secret_file = "{secret}"\n')
        server = Server(env={"GALLEY_CONFIG": path, "GALLEY_JWT_SECRET": None})
        self.addCleanup(server.close)
        server.start()
        self.assertEqual(server.get("/metrics", caller=None).status, 200)
        self.assertEqual(server.get("/api/v1/rooms", ADMIN).status, 200)
        self.assertEqual(status_of(server.raw(b"GET /api/v1/rooms?" + b"x" * 300 + b" HTTP/1.1\r\nHost: x\r\n\r\n")), 414)

    def test_a_server_with_a_bad_file_does_not_start_and_says_where(self):
        path = self.file('[http]\nlisten = "127.0.0.1:0"\nconnection_max = 1\n')
        server = Server("--config", path)
        self.addCleanup(server.close)
        with self.assertRaises(StartFailed) as failed:
            server.start()
        server.process = None
        self.assertEqual(failed.exception.exit_code, 1)
        self.assertIn(f"{path}:3:1: http.connection_max: is no known key; did you mean http.connections_max?", failed.exception.errors)
        self.assertFalse(server.data.exists())


if __name__ == "__main__":
    unittest.main()

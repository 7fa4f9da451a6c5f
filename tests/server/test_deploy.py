#!/usr/bin/python3
"""What deploy/ holds is accepted by the tools that read it, and works with the real server (R121, R132)."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from galley_server import BINARY, PATIENCE_SECONDS, ROOT, Server

DEPLOY = ROOT / "deploy"
UNITS = ("galley.service", "galley-backup.service", "galley-backup.timer")


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)


class Units(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="galley-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in UNITS:
            text = (DEPLOY / name).read_text(encoding="utf-8")
            (self.folder / name).write_text(text.replace("/usr/local/bin/galley", BINARY), encoding="utf-8")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_accepts_them(self):
        done = run("systemd-analyze", "verify", *(str(self.folder / name) for name in UNITS))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_the_service_is_exposed_little(self):
        done = run("systemd-analyze", "security", "--offline=true", "--threshold=20", str(self.folder / "galley.service"))
        self.assertEqual(done.returncode, 0, done.stdout[-500:])

    def test_they_set_only_variables_that_exist(self):
        reference = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
        for path in DEPLOY.iterdir():
            for name in re.findall(r"\bGALLEY_[A-Z_]+", path.read_text(encoding="utf-8")):
                self.assertIn(f"`{name}`", reference, path)

    def test_the_time_to_stop_is_above_the_grace(self):
        text = (DEPLOY / "galley.service").read_text(encoding="utf-8")
        self.assertGreater(int(re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[1]), 2 * 20)


@unittest.skipUnless(shutil.which("readelf") and shutil.which("dpkg"), "needs readelf and dpkg")
class Image(unittest.TestCase):
    def test_it_installs_every_library_that_the_binary_needs(self):
        text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
        installed = set(text.rpartition("\nFROM ")[2].split()) | {"libc6", "libgcc-s1"}
        needed = re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "--dynamic", BINARY).stdout)
        self.assertIn("libsqlite3.so.0", needed)
        owned = run("dpkg", "--search", *(f"*/{library}" for library in needed)).stdout
        for library in needed:
            owners = set(re.findall(rf"^([^:,]+)\S*: \S*/{re.escape(library)}$", owned, re.MULTILINE))
            self.assertTrue(owners & installed, f"{library} of {owners} is not in deploy/Containerfile")


@unittest.skipUnless(shutil.which("logrotate", path="/usr/sbin:/usr/bin:/sbin:/bin"), "needs logrotate")
class Logrotate(unittest.TestCase):
    def test_a_rotation_loses_no_line_and_the_server_goes_on_in_the_new_file(self):
        server = Server(env={"GALLEY_LOG_LEVEL": "debug", "GALLEY_LOG_FORMAT": "json"})
        self.addCleanup(server.close)
        log = server.folder / "galley.log"
        server.env["GALLEY_LOG_FILE"] = str(log)
        server.start()
        server.get("/api/v1/rooms", headers={"X-Request-Id": "before"})
        text = (DEPLOY / "logrotate").read_text(encoding="utf-8")
        text = text.replace("/var/log/galley/*.log", str(log)).replace("systemctl kill --kill-whom=main --signal=USR1 galley.service",
                                                                       f"kill -USR1 {server.process.pid}")
        text = re.sub(r"^ *(su|create) .*\n", "", text, flags=re.MULTILINE).replace("delaycompress", "create").replace("compress\n", "nocompress\n")
        config = server.folder / "rotate.conf"
        config.write_text(text, encoding="utf-8")
        config.chmod(0o600)
        logrotate = shutil.which("logrotate", path="/usr/sbin:/usr/bin:/sbin:/bin")
        done = run(logrotate, "--force", "--state", str(server.folder / "state"), str(config))
        self.assertEqual(done.returncode, 0, done.stderr)
        while "log_reopened" not in log.read_text(encoding="utf-8"):
            server.get("/health/live", caller=None)
        server.get("/api/v1/rooms", headers={"X-Request-Id": "after"})
        self.assertEqual(server.stop(), 0)
        ids = [[json.loads(line).get("request_id") for line in path.read_text(encoding="utf-8").splitlines()]
               for path in (server.folder / "galley.log.1", log)]
        self.assertIn("before", ids[0])
        self.assertIn("after", ids[1])
        self.assertNotIn("before", ids[1])


if __name__ == "__main__":
    unittest.main()

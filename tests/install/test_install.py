#!/usr/bin/python3
"""cmake --install, and examples/word_count built against what it laid down: by find_package, with the system's compiler."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GALLEY_BUILD") or ROOT / "build" / "release")
PATIENCE_SECONDS = 300


@unittest.skipIf(os.environ.get("GALLEY_SANITIZED"), "the package of a sanitized build is for nobody")
class InstallTest(unittest.TestCase):
    def run_command(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def test_an_installed_galley_is_found_built_against_and_run(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="galley-install-"))
        self.addCleanup(shutil.rmtree, folder)
        prefix = folder / "prefix"
        self.run_command("cmake", "--install", str(BUILD), "--prefix", str(prefix))
        laid = {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}
        self.assertTrue({"bin/galley", "include/galley/galley.h", "include/galley/server.h"} <= laid, laid)
        self.assertTrue(any(path.endswith("/cmake/Galley/GalleyConfig.cmake") for path in laid), laid)
        self.assertFalse([path for path in laid if not path.startswith(("bin/galley", "include/galley/", "lib"))])
        self.run_command("cmake", "-S", str(ROOT / "examples" / "word_count"), "-B", str(folder / "build"), "-G", "Ninja",
                         f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_COMPILER=g++")
        self.run_command("cmake", "--build", str(folder / "build"))
        self.assertIn("counts words", self.run_command(str(folder / "build" / "word_count"), "--help"))
        self.assertIn("galley", self.run_command(str(prefix / "bin" / "galley"), "--help"))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""The TypeScript client against the real binary: compiled by tsc, its own tests under node's test runner, the README's examples as programs.

npm packages go to a folder of the build (GALLEY_NPM_FOLDER), as package-lock.json pins them; the sources are copied there.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE.parents[1] / "tests" / "server"))

from galley_server import BINARY, ROOT, Caller, Server, token_of  # noqa: E402

FOLDER = pathlib.Path(os.environ.get("GALLEY_NPM_FOLDER") or ROOT / "build" / "npm-typescript")
WORKER = Caller("worker@machines.example", "worker", "")
PATIENCE_SECONDS = 600
EXAMPLE = re.compile(r"^```ts\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What each example of the README prints, in order.
PRINTED = [["{ bytes: 96426 }"], ["task.snapshot scheduled 0", "task.completed completed 100"], ["[ 3, 4 ]", "true cancelled"]]


def run(*command, **environment):
    done = subprocess.run(command, cwd=FOLDER, env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-8000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def copy_sources():
    """The sources as they are now, the examples among them; and the pinned packages, once for each state of the lock file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("src", "test", "readme", "dist"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    for name in ("src", "test"):
        shutil.copytree(HERE / name, FOLDER / name)
    for name in ("package.json", "package-lock.json", "tsconfig.json"):
        shutil.copy(HERE / name, FOLDER / name)
    (FOLDER / "readme").mkdir()
    examples = EXAMPLE.findall((HERE / "README.md").read_text(encoding="utf-8"))
    for number, example in enumerate(examples):
        (FOLDER / "readme" / f"example{number}.ts").write_text(example.replace('from "galley"', 'from "../src/index.js"'), encoding="utf-8")
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = FOLDER / "installed-lock.json"
    if not stamp.exists() or stamp.read_bytes() != lock:
        run("npm", "ci", "--no-audit", "--no-fund")
        stamp.write_bytes(lock)
    return len(examples)


class TypeScript(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.examples = copy_sources()
        run("node_modules/.bin/tsc")

    def test_its_own_tests_pass(self):
        files = sorted(str(path.relative_to(FOLDER)) for path in (FOLDER / "dist" / "test").glob("*.test.js"))
        self.assertEqual(len(files), len(list((HERE / "test").glob("*.test.ts"))))
        output = run("node", "--test", *files, GALLEY_BINARY=BINARY)
        self.assertRegex(output, r"# fail 0\b")
        self.assertNotRegex(output, r"# pass 0\b")

    def test_the_examples_of_the_readme_print_what_they_say(self):
        self.assertEqual(self.examples, len(PRINTED))
        server = Server()
        self.addCleanup(server.close)
        server.start()
        for number, expected in enumerate(PRINTED):
            output = run("node", f"dist/readme/example{number}.js", GALLEY_URL=f"http://127.0.0.1:{server.port}", GALLEY_TOKEN=token_of(WORKER)).splitlines()
            self.assertEqual([line for line in output if line in expected], expected, output)

    def test_the_package_has_all_that_it_needs_and_no_dependency(self):
        listed = run("npm", "pack", "--dry-run", "--json", "--ignore-scripts")
        for name in ("dist/src/index.js", "dist/src/index.d.ts", "dist/src/heart.js"):
            self.assertIn(f'"{name}"', listed)
        self.assertNotIn("dist/test/", listed)
        self.assertNotIn('"dependencies"', (HERE / "package.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    if shutil.which("npm") is None:
        raise SystemExit("npm is missing: tools/setup.sh installs it")
    unittest.main()

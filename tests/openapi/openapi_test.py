#!/usr/bin/python3
"""The OpenAPI document by others' judgement: an npm validator, and a client that an npm generator makes from it, doing the whole main job.

npm packages go to a folder of the build (GALLEY_NPM_FOLDER), as package-lock.json pins them.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "server"))

from galley_server import ADMIN, BINARY, OWNER, ROOT, STRANGER, Server, run_galley, token_of  # noqa: E402

FOLDER = pathlib.Path(os.environ.get("GALLEY_NPM_FOLDER") or ROOT / "build" / "npm-openapi")
PATIENCE_SECONDS = 600


def run(*command, **environment):
    done = subprocess.run(command, cwd=FOLDER, env={**os.environ, **environment}, capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def install():
    """Copies the sources and installs the pinned packages, once for each state of the lock file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = FOLDER / "installed-lock.json"
    for name in ("package.json", "package-lock.json", "scenario.ts", "tsconfig.json", "validate.mjs"):
        shutil.copy(HERE / name, FOLDER / name)
    if not stamp.exists() or stamp.read_bytes() != lock:
        run("npm", "ci", "--no-audit", "--no-fund")
        stamp.write_bytes(lock)


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install()
        (FOLDER / "openapi.json").write_bytes(run_galley("openapi").stdout)

    def test_the_validator_finds_nothing_wrong(self):
        self.assertIn("valid OpenAPI 3.1", run("node", "validate.mjs", "openapi.json"))

    def test_the_validator_finds_what_is_wrong(self):
        broken = (FOLDER / "openapi.json").read_text(encoding="utf-8").replace('"operationId"', '"operationID"')
        (FOLDER / "broken.json").write_text(broken, encoding="utf-8")
        with self.assertRaises(AssertionError):
            run("node", "validate.mjs", "broken.json")

    def test_a_generated_client_does_the_whole_job(self):
        (FOLDER / "generated").mkdir(exist_ok=True)
        run("node_modules/.bin/openapi-typescript", "openapi.json", "--default-non-nullable=false", "-o", "generated/api.d.ts")
        run("node_modules/.bin/tsc", "--project", "tsconfig.json")
        server = Server()
        self.addCleanup(server.close)
        server.start()
        output = run("node", "out/scenario.js", GALLEY_URL=f"http://127.0.0.1:{server.port}", ADMIN_TOKEN=token_of(ADMIN),
                     OWNER_TOKEN=token_of(OWNER), OWNER_EMAIL=OWNER.email, STRANGER_TOKEN=token_of(STRANGER))
        self.assertIn("did the whole job", output)
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    if shutil.which("npm") is None:
        raise SystemExit(f"npm is missing: tools/setup.sh installs it (the binary is {BINARY})")
    unittest.main()

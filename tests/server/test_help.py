#!/usr/bin/python3
"""Every command says what it does and shows examples, and the examples are commands that the program understands."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from galley_server import BINARY, PATIENCE_SECONDS, environment, run_galley

# What the command line says when it does not understand.
MISUNDERSTOOD = "Run with --help"


def help_of(*command):
    done = run_galley(*command, "--help")
    assert done.returncode == 0, (command, done)
    return done.stdout.decode()


def subcommands(text):
    _, _, listed = text.partition("\nSubcommands:\n")
    return re.findall(r"^  (\w+)", listed.split("\n\n")[0], re.MULTILINE)


def every_command(path=()):
    text = help_of(*path)
    yield path, text
    for name in subcommands(text):
        yield from every_command((*path, name))


def examples(text):
    """The lines under "Examples:" that run the program itself."""
    _, _, shown = text.partition("Example")
    return [line.strip() for line in shown.split("\n\n")[0].splitlines() if re.match(r"  (\w+=\S+ )?galley ", line)]


class Help(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.commands = dict(every_command())

    def test_every_command_has_examples(self):
        self.assertGreater(len(self.commands), 30)
        for path, text in self.commands.items():
            self.assertRegex(text, r"\nExamples?:\n  \S", path)

    def test_the_examples_are_understood(self):
        """Run where they find nothing to work on: settings that are refused, no server, a folder of their own."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="galley-test-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "galley").symlink_to(pathlib.Path(BINARY).resolve())
        variables = environment(GALLEY_THREADS="none", GALLEY_URL="http://127.0.0.1:9", GALLEY_JWT_SECRET=None)
        variables["PATH"] = f"{folder}:{variables['PATH']}"
        shown = sorted({line for text in self.commands.values() for line in examples(text)})
        self.assertGreater(len(shown), 40)
        for line in shown:
            command = re.sub(r"(?<![\w.])/(etc/galley|var/lib/galley|backup)\b", str(folder), line)
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=variables, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
            self.assertNotIn(MISUNDERSTOOD, done.stderr, line)

    def test_what_is_not_understood_is_said(self):
        done = run_galley("doctor", "--depe")
        self.assertEqual(done.returncode, 2)
        self.assertIn(MISUNDERSTOOD, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()

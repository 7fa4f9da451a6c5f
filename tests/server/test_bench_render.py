#!/usr/bin/python3
"""`galley bench render` and `galley render --timings`: a figure for each phase of a render."""
import json
import os
import shutil
import tempfile
import unittest

from galley_server import run_galley

PHASES = ["parse", "style", "box", "layout", "paint", "write"]
PAGE = "<!DOCTYPE html><title>t</title><style>p { break-after: page }</style>" + "<p>One page of words.</p>" * 3


class BenchRender(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="galley-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.html = os.path.join(self.folder, "three.html")
        with open(self.html, "w", encoding="utf-8") as out:
            out.write(PAGE)

    def test_every_file_gets_its_figures_and_those_of_its_phases(self):
        done = run_galley("bench", "render", self.html, self.html, "--runs", "3", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        figures = json.loads(done.stdout)
        self.assertEqual([f["file"] for f in figures], [self.html, self.html])
        for file in figures:
            self.assertEqual((file["pages"], file["threads"]), (3, 1))
            self.assertGreater(file["bytes"], 0)
            self.assertLessEqual(file["min_ms"], file["median_ms"])
            self.assertLessEqual(file["median_ms"], file["p95_ms"])
            self.assertEqual(list(file["phases_median_ms"]), PHASES)
            for phase in PHASES:
                self.assertGreater(file["phases_median_ms"][phase], 0, phase)

    def test_several_threads_render_at_once(self):
        done = run_galley("bench", "render", self.html, "--runs", "2", "--threads", "3", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        figures = json.loads(done.stdout)[0]
        self.assertEqual((figures["pages"], figures["threads"]), (3, 3))
        self.assertGreater(figures["renders_per_s"], 0)

    def test_a_file_that_is_not_there_is_named(self):
        done = run_galley("bench", "render", os.path.join(self.folder, "none.html"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"none.html", done.stderr)

    def test_timings_of_a_render_name_each_phase(self):
        pdf = os.path.join(self.folder, "three.pdf")
        done = run_galley("render", self.html, "-o", pdf, "--timings")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line.split() for line in done.stderr.decode().splitlines() if line.endswith(" ms")]
        self.assertEqual([line[0] for line in lines], PHASES + ["total"])
        with open(pdf, "rb") as written:
            self.assertTrue(written.read().startswith(b"%PDF-"))


if __name__ == "__main__":
    unittest.main()

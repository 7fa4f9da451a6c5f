#!/usr/bin/python3
"""Documents that want to harm: each is made, or ends with the limit that it broke, and the server lives on (R44)."""
import struct
import unittest
import zlib

from galley_server import BROKER, in_parallel
from test_documents import DocumentCase, form


def giant_png(side):
    """A PNG whose head promises side × side pixels and whose bytes are few."""
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


def var_bomb(levels):
    """Each custom property names the next one ten times."""
    names = "".join(f"--v{level}:{f'var(--v{level + 1}) ' * 10};" for level in range(levels))
    return f"<style>:root{{{names}--v{levels}:x}} p{{font-family:var(--v0)}}</style><p>boom"


# Made, however much they ask for.
HARMLESS = {
    "deep nesting": "<div>" * 100_000 + "x",
    "deep inline nesting": "<b><i>" * 50_000 + "x",
    "open tables in tables": "<table><tr><td>" * 5_000,
    "a table of a thousand spans": "<table>" + '<tr><td colspan="1000" rowspan="65534">x' * 200 + "</table>",
    "a column that spans for ever": '<table><colgroup span="999999999"></colgroup><tr><td>x</table>',
    "var() within var()": var_bomb(12),
    "a cycle of var()": "<style>p{--a:var(--b);--b:var(--a);color:var(--a)}</style><p>x",
    "a counter without end": "<style>p{counter-increment:c 2147483647}p::before{content:counter(c,lower-roman) counters(c,'.')}</style>" + "<p>x" * 2_000,
    "counters within counters": "<style>div{counter-reset:c}div::before{content:counters(c,'.')}</style>" + "<div>" * 400,
    "quotes without end": "<style>q{quotes:'«' '»'}</style>" + "<q>" * 400,
    "a box of a million pixels": '<div style="width:1e9px;height:1e6px;background:red">x',
    "no width at all": '<div style="width:0;letter-spacing:-1e9px;font-size:1e9px">words of a text</div>',
    "a page without room": "<style>@page{size:1px 1px;margin:1cm}</style><p>" + "x " * 50,
    "margins that eat the page": "<style>@page{margin:100cm}</style><p>x",
    "calc() within calc()": f'<div style="width:{"calc(1px + " * 2_000}1px{")" * 2_000}">x',
    "selectors without end": f"<style>{'div ' * 5_000}{{color:red}}{':not(' * 2_000}p{')' * 2_000}{{color:red}}</style><p>x",
    "attributes without end": "<p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">x",
    "an endless word": "<p>" + "x" * 500_000,
    "marks upon marks": "<p>x" + "\u0301" * 50_000,
    "directions upon directions": "<p>" + "\u202e\u2066" * 20_000 + "x",
    "floats upon floats": '<div style="float:left;width:30%">' * 300 + "x",
    "flex in flex": '<div style="display:flex">' * 150 + "x",
    "a gradient of ten thousand colours": f'<p style="background:linear-gradient({",".join(["red", "blue"] * 5_000)})">x',
    "links to nowhere": "".join(f'<a href="#n{number}">x</a>' for number in range(20_000)),
    "entities that are none": "<p>" + "&#x110000;&#0;&notit;" * 20_000,
    "no HTML": "\0\1\2" * 1_000,
    "a data URL of nothing": '<img src="data:image/png;base64,' + "A" * 100_000 + '">',
    "a sheet of brackets": "<style>" + "{[(" * 50_000 + "</style><p>x",
    "a font of nothing": '<style>@font-face{font-family:x;src:url("data:font/ttf;base64,AAEAAA")}p{font-family:x}</style><p>x',
}


class Hostile(DocumentCase):
    flags = ("--child-cpu-time", "60s", "--workers", "2")

    def outcome(self, html):
        answer = self.ask({"html": html}, wait=60)
        if answer.status == 202:  # this machine is busy: ask again
            answer = self.server.get(f"/api/v1/tasks/{answer.json()['task_id']}?wait=60", BROKER)
        return answer

    def tearDown(self):
        self.assertEqual(self.made({"html": f"<p>The server lives on after {self.id()}"})["page_count"], 1)

    def test_harmless_in_the_end(self):
        for name, html in HARMLESS.items():
            with self.subTest(name):
                answer = self.outcome(html)
                self.assertIn(answer.status, (200, 201), answer)
                self.assertEqual(answer.json()["status"], "completed", answer)

    def test_all_at_once_harm_nobody(self):
        bodies = list(HARMLESS.values())[:8]
        answers = in_parallel(len(bodies), lambda number: self.ask({"html": bodies[number] + "<p>at once"}, wait=60))
        self.assertLessEqual({answer.status for answer in answers}, {201, 202})

    def test_a_giant_picture_is_left_out_by_name(self):
        body, headers = form([("index.html", '<img src="giant.png"><p>text'), ("giant.png", giant_png(60_000))])
        result = self.made(body, headers=headers)
        self.assertTrue(any("image" in warning for warning in result["warnings"]), result)

    def test_sheets_that_import_each_other_end(self):
        body, headers = form([("index.html", '<link rel="stylesheet" href="a.css"><p>x'), ("a.css", '@import "b.css"; p{color:red}'), ("b.css", '@import "a.css";')])
        result = self.made(body, headers=headers)
        self.assertTrue(any("@import" in warning for warning in result["warnings"]), result)

    def test_sheets_that_import_a_thousand_others_end(self):
        imports = "".join(f'@import "a.css?{number}";' for number in range(1_000))
        body, headers = form([("index.html", '<link rel="stylesheet" href="a.css"><p>x'), ("a.css", imports)])
        self.assertIn(self.ask(body, headers=headers).status, (201, 422))


class Limited(DocumentCase):
    flags = ("--documents-pages-max", "500", "--documents-elements-max", "200000", "--documents-output-bytes-max", "300KB", "--documents-resource-bytes-max", "100KB",
             "--child-cpu-time", "4s", "--child-memory-bytes-max", "256MiB", "--workers", "1")

    def assert_ends(self, body, name, **options):
        answer = self.ask(body, wait=60, **options)
        if answer.status == 202:
            task = self.server.get(f"/api/v1/tasks/{answer.json()['task_id']}?wait=60", BROKER).json()
            self.assertEqual(task["status"], "failed", task)
            self.assertIn(name, task["error"])
        else:
            self.assertIn(name, self.assert_problem(answer, 422, "limit_exceeded")["detail"])
        self.assertEqual(self.made({"html": f"<p>on after {name}"})["page_count"], 1)

    def test_an_explosion_of_pages(self):
        self.assert_ends({"html": "<style>p{break-after:page}</style>" + "<p>x" * 2_000}, "pages_max")

    def test_a_million_elements(self):
        body, headers = form([("index.html", "<b>x</b>" * 500_000)])
        self.assert_ends(body, "200000 nodes", headers=headers)

    def test_an_output_without_end(self):
        words = " ".join(str(number * 7919 % 1_000_003) for number in range(180_000))
        self.assert_ends({"html": f'<p style="font-size:2pt">{words}', "options": {"margin": "0"}}, "output_bytes_max")

    def test_processor_time(self):
        rules = "".join(f".c{number} ~ .d{number} {{color:red}}" for number in range(3_000))
        siblings = "".join(f'<i class="d{number % 3_000}"></i>' for number in range(60_000))
        answer = self.ask({"html": f"<style>{rules}</style>{siblings}"}, wait=60)
        if answer.status != 201:
            self.assertRegex(self.assert_problem(answer, 422, "limit_exceeded")["detail"], "processor time|steps")

    def test_resources_beyond_their_bytes_count_as_missing(self):
        body, headers = form([("index.html", '<link rel=stylesheet href="a.css"><p>x'), ("a.css", "p{}" + " " * 200_000)])
        result = self.made(body, headers=headers)
        self.assertIn("larger than 100000 bytes", result["resources"][0]["missing"])
        with_policy, headers = form([("index.html", '<link rel=stylesheet href="a.css"><p>x'), ("a.css", "p{}" + " " * 200_000),
                                     ("options", '{"resource_policy":"fail"}')])
        self.assert_problem(self.ask(with_policy, headers=headers), 422, "larger than")


if __name__ == "__main__":
    unittest.main()

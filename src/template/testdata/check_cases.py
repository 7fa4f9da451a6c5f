#!/usr/bin/python3
"""Renders every case of cases.json with Jinja2 itself and compares: the table must tell the truth about Jinja.

Run by hand after changing the table; needs python3-jinja2. Exit 0 when all agree.
"""
import json
import pathlib
import sys

import jinja2

HERE = pathlib.Path(__file__).parent


def main():
    environment = jinja2.Environment(autoescape=True)
    wrong = 0
    for case in json.loads((HERE / "cases.json").read_text(encoding="utf-8")):
        got = environment.from_string(case["template"]).render(**case["data"])
        if got != case["want"]:
            wrong += 1
            print(f"{case['name']}\n  table: {case['want']!r}\n  jinja: {got!r}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

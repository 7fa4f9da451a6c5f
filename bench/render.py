#!/usr/bin/python3
"""Documents to PDF: Galley beside WeasyPrint, ReportLab, a warm Chromium and the lower bound, in one run, with ratios.

    bench/render.py --galley build/release/galley FILE.html … [--runs 50] [--only galley,floor] [--keep NAME]

Every figure is the median of warm renders in one process on one thread. Peers that are not installed are left out. The lower bound (`galley_render_floor`) shapes, writes,
compresses and subsets the same text without parsing, styles or layout. "cold" is the whole command, from its start to its end.
"""
import argparse
import csv
import datetime
import html.parser
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import machine

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PEERS = {"weasyprint": "weasyprint_file.py", "reportlab": "reportlab_file.py", "chromium": "chromium_file.py"}
PHASES = ["parse", "style", "box", "layout", "paint", "write"]


class Text(html.parser.HTMLParser):
    """The words of the body, a line per element's own text."""

    def __init__(self):
        super().__init__()
        self.lines, self.skipped = [], 0

    def handle_starttag(self, tag, attrs):
        self.skipped += tag in ("style", "script", "title", "svg")

    def handle_endtag(self, tag):
        self.skipped -= tag in ("style", "script", "title", "svg")

    def handle_data(self, data):
        words = " ".join(data.split())
        if words and not self.skipped:
            self.lines.append(words)


def galley(options, path):
    done = subprocess.run([options.galley, "bench", "render", path, "--runs", str(options.runs), "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)[0]


def cold_ms(options, path):
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(11):
            began = time.perf_counter()
            subprocess.run([options.galley, "render", path, "-o", folder + "/out.pdf", "--quiet"], check=True)
            times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times[1:])


def floor_ms(options, path, pages):
    program = os.path.join(os.path.dirname(options.galley), "bench", "galley_render_floor")
    if not os.path.exists(program):
        return None
    parser = Text()
    parser.feed(pathlib.Path(path).read_text(encoding="utf-8"))
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as text:
        text.write("\n".join(parser.lines) + "\n")
        text.flush()
        done = subprocess.run([program, text.name, str(pages), str(options.runs)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def peer_ms(name, path, runs):
    try:
        done = subprocess.run(["/usr/bin/python3", os.path.join(ROOT, "bench", "peers", PEERS[name]), path, str(runs)], capture_output=True, text=True, check=True, timeout=1800)
        return float(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None


def peer_runs(ours_ms):
    return 5 if ours_ms < 5 else 2 if ours_ms < 30 else 1  # the peers need seconds for the large ones


def measure(options, path, wanted):
    ours = galley(options, path)
    row = {"file": os.path.basename(path), "pages": ours["pages"], "galley": ours["median_ms"], "min": ours["min_ms"], "p95": ours["p95_ms"]}
    row |= ours["phases_median_ms"]
    if "cold" in wanted:
        row["cold"] = cold_ms(options, path)
    if "floor" in wanted:
        row["floor"] = floor_ms(options, path, ours["pages"])
    for name in PEERS:
        if name in wanted:
            row[name] = peer_ms(name, path, peer_runs(ours["median_ms"]))
    return row


def show(row):
    print(f"{row['file']}: {row['pages']} pages, {row['galley']:.3f} ms (least {row['min']:.3f}, p95 {row['p95']:.3f})")
    print("  " + ", ".join(f"{phase} {row[phase]:.3f}" for phase in PHASES))
    if row.get("cold"):
        print(f"  cold command {row['cold']:.1f} ms")
    if row.get("floor"):
        print(f"  lower bound {row['floor']:.3f} ms: Galley takes {row['galley'] / row['floor']:.1f} times as long")
    for name in PEERS:
        if row.get(name):
            print(f"  {name} {row[name]:,.0f} ms: {row[name] / row['galley']:,.0f} times as long")
    sys.stdout.flush()


def keep(rows, name):
    path = f"{ROOT}/bench/results/{datetime.date.today().isoformat()}-{name}.csv"
    columns = ["file", "pages", "galley", "min", "p95", *PHASES, "cold", "floor", *PEERS]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["# " + machine.describe() + "; ms"])
        writer.writerow(columns)
        for row in rows:
            writer.writerow([f"{row[c]:.3f}" if isinstance(row.get(c), float) else row.get(c) for c in columns])
    print("kept in " + os.path.relpath(path, ROOT))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--galley", required=True)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--only", default="cold,floor," + ",".join(PEERS), help="what to measure beside Galley's warm figures, comma-separated")
    parser.add_argument("--keep", metavar="NAME", help="write bench/results/<date>-NAME.csv")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    options.galley = os.path.abspath(options.galley)
    print(machine.describe())
    rows = []
    for path in options.files:
        rows.append(measure(options, path, set(options.only.split(","))))
        show(rows[-1])
    if options.keep:
        keep(rows, options.keep)


if __name__ == "__main__":
    main()

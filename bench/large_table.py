#!/usr/bin/python3
"""What a table of very many rows costs as a command: time and the most memory of `galley render`.

`bench/large_table.py --galley build/release/galley --rows 100000 --runs 3`. The rows are like those of a ledger: numbers, dates, names and a badge each,
no two alike, the same at every run. `--write FILE` only writes the document.
"""
import argparse
import datetime
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import machine

HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Ledger</title><style>
@page { size: A4 landscape; margin: 16mm 12mm; @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt "Liberation Sans", sans-serif } }
body { font: 8pt/1.3 "Liberation Sans", sans-serif; margin: 0 }
table { width: 100%; border-collapse: collapse }
th, td { border: .5pt solid #cbd5df; padding: 1mm 1.5mm; text-align: left }
thead th { background: #0f4c81; color: #fff }
tbody tr:nth-child(even) { background: #f4f7fa }
.num { text-align: right }
.badge { display: inline-block; padding: 0 1.5mm; border-radius: 5pt; color: #fff; font-weight: bold; font-size: 7pt; background: #1b7f5c }
.late { background: #b7791f }
</style></head><body><table>
<thead><tr><th>#<th>Reference<th>Date<th>Vessel<th>Port<th class="num">Quantity<th class="num">Freight<th>State</tr></thead><tbody>
"""
VESSELS = ["MT NORTHERN CROSS", "MT PELICAN", "MT OCEAN LANTERN", "MT BLUE HERON", "MT GRANITE COAST"]
PORTS = ["Piraeus", "Valletta", "Sohar", "Augusta", "Las Palmas"]


def write_document(path, rows):
    dice = random.Random(5)
    first = datetime.date(2020, 1, 1)
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEAD)
        for i in range(1, rows + 1):
            day = first + datetime.timedelta(days=i % 2000)
            late = dice.random() < 0.2
            out.write(f'<tr><td class="num">{i}</td><td>STS-{dice.choice(PORTS)[:3].upper()}-{i:06d}</td><td>{day}</td><td>{dice.choice(VESSELS)}</td>'
                      f'<td>{dice.choice(PORTS)}</td><td class="num">{dice.randrange(3_000, 152_000):,}</td><td class="num">{dice.randrange(1_800_000, 89_000_000) / 100:,.2f}</td>'
                      f'<td><span class="badge{" late" if late else ""}">{"delayed" if late else "completed"}</span></td></tr>\n')
        out.write("</tbody></table></body></html>\n")


def run_once(galley, document, pdf):
    begin = time.monotonic()
    process = subprocess.Popen([galley, "render", document, pdf], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"galley render ended with {process.returncode}")
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--galley", default="build/release/galley")
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--write", metavar="FILE")
    args = options.parse_args()
    if args.write:
        return write_document(args.write, args.rows)
    with tempfile.TemporaryDirectory() as folder:
        document, pdf = os.path.join(folder, "table.html"), os.path.join(folder, "table.pdf")
        write_document(document, args.rows)
        runs = [run_once(args.galley, document, pdf) for _ in range(args.runs)]
        sizes = [pathlib.Path(path).stat().st_size / 1e6 for path in (document, pdf)]
    print(machine.describe())
    print(f"{args.rows} rows, HTML {sizes[0]:.1f} MB, PDF {sizes[1]:.1f} MB: {statistics.median(r[0] for r in runs):.2f} s (least {min(r[0] for r in runs):.2f}), "
          f"processor {statistics.median(r[1] for r in runs):.2f} s, at most {max(r[2] for r in runs):.0f} MiB")
    return None


if __name__ == "__main__":
    main()

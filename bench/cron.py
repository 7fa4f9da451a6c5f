#!/usr/bin/python3
"""1,000 next times of cron expressions: Galley beside croniter, in one run.

Both begin at the same moment in UTC and must end at the same. croniter's object is made once, as Galley's expression is parsed once. The rounds of
the two alternate, and the figures are medians; croniter's are processor time, as its long rounds would be interrupted by neighbours and Galley's short ones not.
"""
import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import time

from croniter import croniter

import machine

ROOT = pathlib.Path(__file__).resolve().parents[1]
FROM = datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc)
EXPRESSIONS = ["* * * * *", "*/5 * * * *", "17 * * * *", "30 2 * * *", "30 2 * * mon-fri", "0 9-17/2 * * 1-5", "0 0 1,15 * *", "0 8 l * *", "0 8 * * fri#3",
               "0 0 1 */3 *", "*/10 * * * * *"]


def croniter_once(expression, count):
    walk = croniter(expression, FROM)
    began = time.process_time()
    for _ in range(count):
        last = walk.get_next(float)
    return (time.process_time() - began) * 1e6, int(last)


def galley_once(binary, expression, count, runs):
    done = subprocess.run([binary, "bench", "cron", expression, "--count", str(count), "--runs", str(runs), "--json"], capture_output=True, check=True)
    figures = json.loads(done.stdout)[0]
    assert figures["times"] == count, figures
    return figures["micros"], figures["last_unix"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", nargs="?", default=str(ROOT / "build" / "release" / "galley"))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--csv", help="write the figures here")
    asked = parser.parse_args()
    lines = [f"# {machine.describe()}; {asked.count} next times, median of {asked.rounds} rounds", "expression,galley_us,croniter_us,ratio"]
    print(lines[0])
    print(f"{'expression':<20} {'galley us':>12} {'croniter us':>12} {'ratio':>8}")
    ratios = []
    for expression in EXPRESSIONS:
        ours, theirs = [], []
        for _ in range(asked.rounds):
            micros, our_last = galley_once(asked.binary, expression, asked.count, 20)
            ours.append(micros)
            micros, their_last = croniter_once(expression, asked.count)
            theirs.append(micros)
            assert our_last == their_last, (expression, our_last, their_last)
        galley, peer = statistics.median(ours), statistics.median(theirs)
        ratios.append(peer / galley)
        print(f"{expression:<20} {galley:12.1f} {peer:12.1f} {ratios[-1]:8.0f}")
        lines.append(f'"{expression}",{galley:.1f},{peer:.1f},{ratios[-1]:.0f}')
    print(f"median ratio {statistics.median(ratios):.0f}, smallest {min(ratios):.0f}")
    if asked.csv:
        pathlib.Path(asked.csv).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

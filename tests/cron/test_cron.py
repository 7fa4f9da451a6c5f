"""`galley cron next|validate|describe`: its output and exit codes, and the same questions to croniter.

Where we differ from croniter on purpose is listed in docs/cron.md; the expressions made here keep clear of that, and each difference
has a case of its own below.
"""
import datetime
import json
import os
import random
import subprocess
import unittest

from croniter import croniter
from croniter.croniter import CroniterError

GALLEY = os.environ.get("GALLEY_BINARY", "build/release/galley")
ASKED = int(os.environ.get("GALLEY_CRON_CASES", "4000"))
START = datetime.datetime(2026, 1, 31, 22, 58, 30, tzinfo=datetime.timezone.utc)
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()


def galley(*arguments):
    return subprocess.run([GALLEY, "cron", *arguments], capture_output=True, text=True, timeout=60)


def next_times(expression, count, start=START, zone="UTC"):
    done = galley("next", expression, "--from", start.isoformat(), "--count", str(count), "--tz", zone, "--json")
    if done.returncode != 0:
        return done.stderr
    return [datetime.datetime.fromisoformat(time["utc"].replace("Z", "+00:00")) for time in json.loads(done.stdout)["times"]]


def next_times_of_all(expressions, count):
    """One process for all: an expression a line, an answer a line."""
    done = subprocess.run([GALLEY, "cron", "next", "-", "--from", START.isoformat(), "--count", str(count), "--json"],
                          input="".join(expression + "\n" for expression in expressions), capture_output=True, text=True, timeout=240)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(expressions), done
    return [answer.get("error") or [datetime.datetime.fromisoformat(time["utc"].replace("Z", "+00:00")) for time in answer["times"]] for answer in answers]


def croniter_times(expression, count):
    horizon = START + datetime.timedelta(days=365)
    times = []
    walk = croniter(expression, START)
    for _ in range(count):
        time = walk.get_next(datetime.datetime)
        if time > horizon:
            break
        times.append(time)
    return times


def piece(pick, low, high, names=None):
    """One entry of a list: a value, a range, a step, by name now and then."""
    def value(number):
        return names[number - low] if names and number - low < len(names) and pick.random() < 0.3 else str(number)

    first, last = sorted(pick.sample(range(low, high + 1), 2))
    step = pick.randint(1, max(1, (high - low) // 2))
    return pick.choice([value(first), f"{value(first)}-{value(last)}", f"*/{step}", f"{first}-{last}/{step}", f"{first}/{step}"])


def field(pick, low, high, names=None):
    if pick.random() < 0.4:
        return "*"
    return ",".join(piece(pick, low, high, names) for _ in range(pick.choice([1, 1, 1, 2, 3])))


def any_expression(pick):
    day = pick.choice(["*", "*", "l", field(pick, 1, 28)])
    week_day = pick.choice(["*", field(pick, 0, 6, DAYS)])
    if day == "*" and pick.random() < 0.2:
        week_day = pick.choice([f"{pick.randint(0, 6)}#{pick.randint(1, 5)}", f"{pick.choice(DAYS)}#{pick.randint(1, 4)}", f"l{pick.randint(0, 6)}"])
    fields = [field(pick, 0, 59), field(pick, 0, 23), day, field(pick, 1, 12, MONTHS), week_day]
    if pick.random() < 0.3 and "/" not in week_day:  # steps reach 7, which croniter takes for Sunday with five fields only
        fields.append(field(pick, 0, 59))
    return " ".join(fields)


class BesideCroniter(unittest.TestCase):
    def test_random_expressions_fire_at_the_same_times(self):
        pick = random.Random(20260131)
        expressions = [any_expression(pick) for _ in range(ASKED)]
        for expression, times in zip(expressions, next_times_of_all(expressions, 5)):
            with self.subTest(expression):
                self.assertEqual(times, croniter_times(expression, 5))

    def test_both_day_fields_and_last_days_fire_at_the_same_times(self):
        """What random expressions meet too rarely: either day field is enough, the last day, numbered and last weekdays, names in ranges."""
        days = ["13", "1,15", "l", "1-7", "*/9", "28-31"]
        week_days = ["fri", "mon-fri", "sun", "0", "1,3,5", "tue-sat/2"]
        expressions = [f"0 8 {day} * {week_day}" for day in days for week_day in week_days]
        expressions += [f"30 4 * {month} {week_day}" for month in ("*", "feb", "jan-mar", "*/3") for week_day in
                        [f"{day}#{number}" for day in ("mon", "5", "sun") for number in range(1, 6)] + [f"l{day}" for day in range(7)]]
        for expression, times in zip(expressions, next_times_of_all(expressions, 10)):
            with self.subTest(expression):
                self.assertEqual(times, croniter_times(expression, 10))

    def test_both_refuse(self):
        for expression in ["60 * * * *", "* 24 * * *", "* * 32 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *", "5-1 x * * *", "* * * *", "", "a b c d e", "-1 * * * *",
                           "0 0 * * 1#6", "0 0 * foo *", "1,, * * * *", "* * * * * 60"]:
            with self.subTest(expression):
                self.assertIsInstance(next_times(expression, 1), str)
                with self.assertRaises((CroniterError, ValueError)):
                    croniter(expression, START)

    def test_aliases(self):
        for alias in ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"]:
            with self.subTest(alias):
                self.assertEqual(next_times(alias, 3), croniter_times(alias, 3))


class Differences(unittest.TestCase):
    """docs/cron.md, "Differences from croniter"."""

    def test_the_nth_weekday_or_a_month_day(self):
        times = [time.day for time in next_times("0 0 13 * fri#1", 4)]
        self.assertEqual(times, [6, 13, 6, 13], "either is enough; croniter asks for the first Friday in both of its searches")

    def test_the_first_behind_a_month_that_lacks_a_day_of_the_list(self):
        start = datetime.datetime(2026, 2, 27, 12, tzinfo=datetime.timezone.utc)
        self.assertEqual([time.day for time in next_times("0 8 1,30 * *", 2, start)], [1, 30])
        self.assertEqual(croniter("0 8 1,30 * *", start).get_next(datetime.datetime).day, 30, "it leaves out 1 March")

    def test_seven_is_sunday_with_seconds_too(self):
        self.assertEqual(next_times("0 0 * * 7 0", 3), next_times("0 0 * * 0 0", 3))

    def test_a_range_over_the_end(self):
        self.assertEqual([time.hour for time in next_times("0 22-1 * * *", 4)], [23, 0, 1, 22])
        with self.assertRaises(CroniterError):
            croniter("0 22-1 * * *", START)

    def test_working_days_years_and_what_never_fires(self):
        self.assertEqual([time.day for time in next_times("0 0 15W * *", 3)], [16, 16, 15])
        self.assertEqual([time.year for time in next_times("0 0 1 1 * 0 2027", 3)], [2027])
        self.assertIn("never fires", next_times("0 0 30 2 *", 1))

    def test_numbered_and_plain_weekdays_together(self):
        self.assertEqual([time.day for time in next_times("0 0 * * 1,fri#1", 5)], [2, 6, 9, 16, 23])


class Command(unittest.TestCase):
    def test_next_prints_local_times_with_their_offset(self):
        done = galley("next", "30 2 * * *", "--tz", "Europe/Berlin", "--from", "2026-03-28", "--count", "3")
        self.assertEqual(done.stdout.split(), ["2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"])
        self.assertEqual(galley("next", "0 0 * * *", "--from", "2026-03-28T01:02:03.5+02:00", "--count", "1").stdout, "2026-03-28T00:00:00Z\n")
        self.assertEqual(galley("next", "0 0 * * *", "--tz", "America/St_Johns", "--from", "2026-01-01T00:00:00", "--count", "1").stdout, "2026-01-02T00:00:00-03:30\n")

    def test_lines_of_standard_input(self):
        done = subprocess.run([GALLEY, "cron", "next", "-", "--from", "2026-01-01", "--count", "1"], input="@daily\n61 * * * *\n0 8 L * *\n",
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, "@daily\n  2026-01-02T00:00:00Z\n0 8 L * *\n  2026-01-31T08:00:00Z\n"))
        self.assertIn("61 * * * *", done.stderr)

    def test_a_search_that_ends_says_so(self):
        done = galley("next", "0 0 29 2 *", "--from", "2026-03-01")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("365 days", done.stderr)
        self.assertTrue(json.loads(galley("next", "0 0 29 2 *", "--from", "2026-03-01", "--json").stdout)["truncated"])

    def test_a_thousand_times(self):
        self.assertEqual(len(next_times("* * * * *", 1000)), 1000)
        self.assertEqual(galley("next", "* * * * *", "--count", "1001").returncode, 2)
        self.assertEqual(galley("next", "* * * * *", "--count", "0").returncode, 2)

    def test_bad_input_is_named(self):
        self.assertIn("hour", galley("next", "0 24 * * *").stderr)
        self.assertIn("Mars/Olympus", galley("next", "0 0 * * *", "--tz", "Mars/Olympus").stderr)
        self.assertIn("--from", galley("next", "0 0 * * *", "--from", "yesterday").stderr)
        self.assertEqual(galley("next", "0 0 * * *", "--from", "yesterday").returncode, 1)
        self.assertEqual(galley("next").returncode, 2)

    def test_validate(self):
        done = galley("validate", "0 8 * * fri#3")
        self.assertEqual((done.returncode, done.stdout), (0, "valid: At 08:00 on the third Friday of the month\n"))
        done = galley("validate", "0 8 30 2 *", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["valid"], False)
        self.assertEqual(galley("validate", "15 30 2 * * *", "--seconds-first").stdout, "valid: At 02:30:15\n")

    def test_describe(self):
        done = galley("describe", "30 4 * * *", "--tz", "Europe/Berlin", "--from", "2026-01-01")
        self.assertEqual(done.stdout.splitlines()[:4], ["At 04:30", "runs per day  1", "gaps          23 h to 1 d 1 h", "next          2026-01-01T04:30:00+01:00"])
        told = json.loads(galley("describe", "*/5 * * * *", "--json").stdout)
        self.assertEqual((told["runs_per_day"], told["shortest_gap_seconds"]), (288, 300))


if __name__ == "__main__":
    unittest.main()

"""Rules that look at one file at a time."""
import re

from tree import CPP, Finding, is_test

LINES_MAX = 600
COLUMNS_MAX = 120
# Tables of cases in tests, and scripts, are read across: a wrapped row is harder to compare with the next.
WIDE_COLUMNS_MAX = 180
# A line with a word this long (an address, encoded bytes) cannot be broken.
UNBREAKABLE = 70

OS_DOOR = [
    (r"\b(?:system|steady|high_resolution|utc|file)_clock::now\b|\bgettimeofday\b|\bclock_gettime\b|\btime\(nullptr\)",
     "reads a clock; take an os::Clock"),
    (r"\brandom_device\b|\bmt19937|\bs?rand\(|\bgetrandom\b|\bgetentropy\b|\bRAND_bytes\b",
     "makes its own randomness; take an os::Random"),
    (r"\bfopen\b|\b[io]?fstream\b|(?<![\w>])::open(?:at)?\(|(?<![\w>])::creat\(",
     "opens a file; take os::Files"),
]
SLEEPS = r"\bsleep_(?:for|until)\b|\b(?:u|nano)sleep\(|(?<![\w.>])sleep\("
BANNED = [
    (r"\bTODO\b[:\s]*(?:\*/)?$", "a TODO says what is to be done, or it goes"),
    (r"\bFIXME\b|\bXXX\b", "mend it, or say what is missing with GAP:"),
    (r"(?i)\bhack(?:s|y)?\b", "say what is done and why instead"),
]
MACHINE_PATH = re.compile(r"(?<![\w./:*$}~-])/(?:home|root|work|Users)/\w")


def header_contract(tree):
    for path in tree.select("src/", "include/", suffixes=(".h",)):
        first = next(tree.lines(path))[1]
        if not first.startswith(f"// {path} — "):
            yield Finding(path, 1, "header_contract", f"begin with \"// {path} — \" and the header's purpose")
        if "\n#pragma once\n" not in (tree.text(path) or ""):
            yield Finding(path, 1, "header_contract", "add #pragma once after the contract comment")


def file_length(tree):
    for path in tree.select("src/", "tests/", "fuzz/", "bench/", "tools/", suffixes=CPP + (".py", ".ts")):
        count = (tree.text(path) or "").count("\n")
        if count > LINES_MAX:
            yield Finding(path, LINES_MAX + 1, "file_length", f"{count} lines; split by idea below {LINES_MAX}")


def line_form(tree):
    for path in tree.select("src/", "include/", "examples/", "tests/", "fuzz/", "bench/", suffixes=CPP + (".py",)):
        columns_max = WIDE_COLUMNS_MAX if path.endswith(".py") or is_test(path) else COLUMNS_MAX
        for number, line in tree.lines(path):
            if len(line) > columns_max and not any(len(word) > UNBREAKABLE for word in line.split()):
                yield Finding(path, number, "line_form", f"{len(line)} columns; break below {columns_max}")
            if "\t" in line:
                yield Finding(path, number, "line_form", "a tab; use spaces (in a text, write \\t)")
            if line != line.rstrip():
                yield Finding(path, number, "line_form", "blanks at the line's end; cut them off")


def os_door(tree):
    for path in tree.select("src/", "fuzz/", suffixes=CPP):
        if path.startswith("src/os/") or is_test(path):
            continue
        for number, line in tree.code_lines(path):
            for pattern, message in OS_DOOR:
                if re.search(pattern, line):
                    yield Finding(path, number, "os_door", message)


def no_sleep(tree):
    for path in tree.select("src/", "tests/", suffixes=CPP):
        if not is_test(path):
            continue
        for number, line in tree.code_lines(path):
            if re.search(SLEEPS, line):
                yield Finding(path, number, "no_sleep", "a test sleeps; wait for a signal or turn a fake clock")


def banned_words(tree):
    for path in tree.select("src/", "include/", "examples/", "fuzz/", "bench/", suffixes=CPP):
        for number, line in tree.lines(path):
            for pattern, message in BANNED:
                if re.search(pattern, line):
                    yield Finding(path, number, "banned_words", message)


def machine_paths(tree):
    for path in tree.paths:
        text = tree.text(path)
        if text is None or "\0" in text or not MACHINE_PATH.search(text):
            continue
        for number, line in tree.lines(path):
            if MACHINE_PATH.search(line):
                yield Finding(path, number, "machine_paths", "a path of one machine; make it relative or configurable")


RULES = [header_contract, file_length, line_form, os_door, no_sleep, banned_words, machine_paths]

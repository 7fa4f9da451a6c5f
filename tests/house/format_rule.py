"""clang-format over all C++ files, in parallel."""
import concurrent.futures
import os
import re
import subprocess

from tree import CPP, Finding

FILES_PER_RUN = 16
MESSAGE = re.compile(r"^(.*?):(\d+):\d+: (?:error|warning): ")


def check(tree, clang_format, paths):
    done = subprocess.run([clang_format, "--dry-run", "-Werror", *paths], cwd=tree.root, capture_output=True, text=True)
    found = {}
    for line in done.stderr.splitlines():
        match = MESSAGE.match(line)
        if match:
            found.setdefault(match.group(1), int(match.group(2)))
    if done.returncode != 0 and not found:
        found[paths[0]] = 1
    advice = f"run {os.path.basename(clang_format)} -i on it"
    return [Finding(path, line, "format", advice) for path, line in found.items()]


def format_rule(tree, clang_format):
    paths = tree.select("src/", "include/", "examples/", "tests/", "fuzz/", "bench/", suffixes=CPP)
    runs = [paths[i:i + FILES_PER_RUN] for i in range(0, len(paths), FILES_PER_RUN)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for findings in pool.map(lambda run: check(tree, clang_format, run), runs):
            yield from findings

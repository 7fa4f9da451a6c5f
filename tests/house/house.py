#!/usr/bin/python3
"""Checks the house rules and prints file:line: rule: message. Exit 0 when nothing was found, else 1."""
import argparse
import pathlib
import sys

import structure_rules
import text_rules
from exceptions import EXCEPTIONS
from format_rule import format_rule
from tree import Finding, Tree


def without_exceptions(findings, exceptions):
    """The findings that no exception covers, and the exceptions that covered nothing."""
    used = {(found.rule, found.path) for found in findings} & exceptions.keys()
    kept = [found for found in findings if (found.rule, found.path) not in used]
    stale = [Finding(path, 1, "exceptions", f"no longer breaks {rule}; take it out of tests/house/exceptions.py")
             for rule, path in exceptions.keys() - used]
    return sorted(set(kept + stale))


def find_all(tree, compile_commands=None, exceptions=None):
    findings = []
    for rule in text_rules.RULES + structure_rules.RULES:
        extra = [compile_commands] if rule is structure_rules.tests_in_build else []
        findings.extend(rule(tree, *extra))
    return without_exceptions(findings, EXCEPTIONS if exceptions is None else exceptions)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--compile-commands", type=pathlib.Path, help="of the configured build")
    parser.add_argument("--only", choices=["format"], help="run clang-format instead of the other rules")
    parser.add_argument("--clang-format", default="clang-format-19")
    options = parser.parse_args()
    tree = Tree(options.root)
    if options.only == "format":
        findings = sorted(format_rule(tree, options.clang_format))
    else:
        findings = find_all(tree, options.compile_commands)
    for found in findings:
        print(found)
    print(f"{len(findings)} findings in {len(tree.paths)} files", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

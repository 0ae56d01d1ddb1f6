#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the compiled checks with python-stdnum (Debian python3-stdnum), number by number.

    python3 tests/oracles/compare_checks.py BUILD/check_stream [--count 100000] [--only CHECK,…] [--seed N]

For each kind of check_kinds.py: of eight numbers one is valid, five are mutated from it, two random.
The kinds in SLOW get a twentieth of the count. Ends with 1 on a disagreement that check_kinds.py does
not explain, with 77 when stdnum is not installed."""
import argparse
import random
import subprocess
import sys

try:
    import stdnum  # noqa: F401
except ImportError:
    print("python3-stdnum is not installed")
    sys.exit(77)

import check_kinds

SLOW = {"cn_ric", "mac", "imsi"}


def values_of(kind, count):
    values = []
    while len(values) < count:
        good = check_kinds.make_valid(kind)
        values += [good] + [check_kinds.mutate(good) for _ in range(5)]
        values += [check_kinds.fill(kind[3]) for _ in range(2)]
    return values[:count]


def verdicts(program, kind, values):
    lines = "".join("%s\t%s\t%s\n" % (kind[0], kind[1], v) for v in values)
    done = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
    return [line != "0" for line in done.stdout.split()]


def compare(program, kind, count):
    """Disagreements without a reason, and how many numbers were valid."""
    module = check_kinds.module_of(kind[2])
    values = values_of(kind, count)
    wrong = []
    valid = 0
    ours = verdicts(program, kind, values)
    if len(ours) != len(values):
        sys.exit("%s: %d verdicts on %d numbers" % (kind[0], len(ours), len(values)))
    for value, mine in zip(values, ours):
        theirs = check_kinds.is_valid(module, value)
        valid += theirs
        if not check_kinds.agree(kind, value, theirs, mine):
            wrong.append((value, theirs, mine))
    return wrong, valid


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=7064)
    args = parser.parse_args()
    only = set(filter(None, args.only.split(",")))
    failed = 0
    for kind in check_kinds.KINDS:
        if only and kind[0] not in only:
            continue
        random.seed("%d %s %s" % (args.seed, kind[0], kind[2]))
        count = max(args.count // 20, 1) if kind[0] in SLOW else args.count
        wrong, valid = compare(args.program, kind, count)
        failed += len(wrong) > 0
        print("%-18s %-24s %7d numbers %6d valid %5d disagree" % (kind[0], kind[2], count, valid, len(wrong)))
        for value, theirs, mine in wrong[:3]:
            print("    %s: stdnum %s, ours %s" % (value, theirs, mine))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

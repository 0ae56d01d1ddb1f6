#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Scans the sample corpus with a ThreadSanitizer build, with several numbers of threads and small parts: a data race ends
the program with a code of its own (66) and a report.

    tsan_scan.py PROGRAM
"""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "corpus"))
import generate  # noqa: E402


def main():
    with tempfile.TemporaryDirectory() as folder:
        generate.generate(folder, 3)
        for options in (("--threads", "1"), ("--threads", "4"), ("--threads", "8", "--block-size", "4096", "--part-size", "8192")):
            done = subprocess.run([sys.argv[1], "scan", f"{folder}/data", "--output", f"{folder}/out", "--overwrite",
                                   "--select", "all", *options], capture_output=True, text=True, timeout=600, check=False)
            print(" ".join(options), "ended with", done.returncode)
            if done.returncode != 3 or "ThreadSanitizer" in done.stderr:
                print(done.stderr[-20000:])
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

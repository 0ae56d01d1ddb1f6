#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the tests of JUnit files: prints "PASSED FAILED SKIPPED", then the names of what was skipped or failed.

    junit.py FILE...

A file that is missing or broken counts as one failure: a group that ended before it could report is no success.
"""

import sys
import xml.etree.ElementTree as ElementTree


def count(path):
    passed, failed, skipped = 0, [], []
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        return 0, [f"{path}: {error}"], []
    for case in cases:
        name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            failed.append(name)
        elif case.find("skipped") is not None and "Unable to find" in case.find("skipped").get("message", ""):
            failed.append(f"{name} was not built")
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            reason = case.find("skipped").get("message", "") if case.find("skipped") is not None else ""
            skipped.append(f"{name} {reason}".strip())
        else:
            passed += 1
    if not cases:
        failed.append(f"{path}: no test was run")
    return passed, failed, skipped


def main():
    passed, failed, skipped = 0, [], []
    for path in sys.argv[1:]:
        one = count(path)
        passed, failed, skipped = passed + one[0], failed + one[1], skipped + one[2]
    print(passed, len(failed), len(skipped))
    for word, names in (("failed", failed), ("skipped", skipped)):
        for name in names:
            print(f"{word}: {name}")


if __name__ == "__main__":
    main()

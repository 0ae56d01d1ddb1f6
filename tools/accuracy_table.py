#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of figures in docs/accuracy.md anew.

    accuracy_table.py PROGRAM GOLD...

Runs `PROGRAM bench accuracy` over the gold files (or folders of them), with all detectors and with the recommended ones,
and replaces what stands between the marks <!-- figures --> and <!-- /figures -->.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs/accuracy.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"
GROUPS = ("structured", "credentials", "names and addresses")


def measure(program, gold, select):
    arguments = [part for path in gold for part in ("--gold", path)]
    done = subprocess.run([program, "bench", "accuracy", *arguments, "--select", select, "--output", "json"], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)


def rate(value):
    return "–" if value is None else f"{value:.3f}"


def row(name, count):
    return (f"| {name} | {count['labels']} | {count['found']} | {count['missed']} | {count['wrong']} | "
            f"{rate(count['precision'])} | {rate(count['recall'])} | {rate(count['f1'])} |")


def by_file(figures):
    yield "| file | group | labels | found | missed | wrong | precision | recall | F1 |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for file in [*figures["files"], {"gold": "all", **figures["total"]}]:
        for group in GROUPS:
            count = file["groups"][group]
            if count["labels"] or count["wrong"]:
                yield "| `" + os.path.basename(file["gold"]) + "` " + row(group, count)


def by_type(figures):
    yield "| type | labels | found | missed | wrong | precision | recall | F1 |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name, count in figures["total"]["types"].items():
        yield row(name, count)


def without_labels(everything, recommended):
    yield "| documents without a label | MB | wrong, all detectors | a MB | wrong, recommended | a MB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for file, other in zip(everything["files"], recommended["files"]):
        megabytes = file["unlabelled"]["bytes"] / 1e6
        if megabytes >= 0.001:
            counts = [part["unlabelled"]["wrong"] for part in (file, other)]
            cells = " | ".join(f"{count} | {count / megabytes:.2f}" for count in counts)
            yield f"| `{os.path.basename(file['gold'])}` | {megabytes:.2f} | {cells} |"


def whole(figures):
    for file in figures["files"]:
        count = file["whole"]
        if count["some"] + count["none"]:
            yield (f"`{os.path.basename(file['gold'])}`, labelled as a whole: something is found in {count['someFound']} of "
                   f"{count['some']} documents that hold something, and in {count['noneFound']} of {count['none']} that hold nothing.")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    program, gold = sys.argv[1], sys.argv[2:]
    everything, recommended = measure(program, gold, "all"), measure(program, gold, "recommended")
    parts = (by_file(everything), without_labels(everything, recommended), whole(everything), by_type(everything))
    text = "\n".join("\n".join(part) + "\n" for part in parts)
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(before + BEGIN + "\n" + text + "\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()

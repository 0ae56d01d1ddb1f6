#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a gold file for `assay bench accuracy` of the sample that generate.py makes.

    gold.py --out FILE [--seed N] [--rows N]

One labelled document a line (docs/accuracy.md has the format), for each file of the sample that is plain UTF-8 text,
cut to its first N lines. Offsets are turned from bytes into characters. corpus/gold.jsonl, which the bench takes when no
other is named, was made by `gold.py --out corpus/gold.jsonl`.
"""

import argparse
import json
import re
import tempfile
from pathlib import Path

import generate

# What generate.py labels wherever it writes it, in the words of the gold format.
SCOPE = ("CREDIT_CARD_NUMBER", "BANK", "NATIONAL_ID", "HEALTH", "DATE", "CREDENTIALS", "EMAIL_ADDRESS", "PHONE_NUMBER",
         "IP_ADDRESS", "VEHICLE_IDENTIFICATION_NUMBER")
# The gold format has one type for the tokens of all vendors that it does not name.
VENDOR_TOKEN = re.compile(r"(GITHUB|SLACK)_TOKEN")
LOOKS_PACKED = ("packed/", "archives/", "images/", "docs/")


def document(path, data, items, rows):
    text = data.decode("utf-8")
    lines = text.splitlines(keepends=True)
    kept = "".join(lines[:rows])
    size = len(kept.encode("utf-8"))
    spans = []
    for item in items:
        if item["end"] <= size:
            start = len(data[:item["start"]].decode("utf-8"))
            kind = "SECRET" if VENDOR_TOKEN.fullmatch(item["type"]) else item["type"]
            spans.append({"start": start, "end": start + len(item["value"]), "type": kind})
    return {"source": "sample", "id": path, "ext": Path(path).suffix or ".txt", "text": kept,
            "spans": sorted(spans, key=lambda span: span["start"]), "scope": list(SCOPE)}


def documents(seed, rows):
    with tempfile.TemporaryDirectory() as folder:
        corpus = generate.generate(folder, seed)
        for label in corpus.labels:
            path = label["path"]
            if label["kind"] != "file" or label["member"] is not None or path.startswith(LOOKS_PACKED):
                continue
            data = (corpus.folder / "data" / path).read_bytes()
            items = [item for item in corpus.labels
                     if item["kind"] == "item" and item["path"] == path and item["member"] is None]
            try:
                data.decode("utf-8")
            except UnicodeDecodeError:
                continue  # the gold format holds characters; other encodings have tests of their own
            if b"\0" not in data and data:
                yield document(path, data, items, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", required=True, help="gold file to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=60, help="lines of each document (default 60)")
    options = parser.parse_args()
    with open(options.out, "w", encoding="utf-8") as out:
        for line in documents(options.seed, options.rows):
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

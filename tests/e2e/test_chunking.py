# SPDX-License-Identifier: Apache-2.0
"""Invariants 1 and 6: neither part size, block size, number of threads nor a second run changes a byte of the files."""

import os
import random

import generate
import pytest
import values
from e2e_fixtures import places

ALL = ("--select", "all", "--min-confidence", "0")


@pytest.fixture(scope="module")
def small_texts(tmp_path_factory):
    """A few KiB of each kind of text, small enough for blocks of one byte."""
    folder = tmp_path_factory.mktemp("small-texts")
    r = random.Random(11)
    makers = {"table.csv": generate.customers(r, 9), "letter.txt": generate.letter(r), "events.jsonl": generate.events(r, 12),
              "orders.json": generate.orders(r, 6), "access.log": generate.access_log(r, 12),
              "utf16.txt": generate.letter(r, "utf-16-le", b"\xff\xfe"), "code.py": generate.source_code(r, 60),
              "key.pem": generate.key_file("PKCS", values.pkcs_key(r))}
    for name, text in makers.items():
        (folder / name).write_bytes(bytes(text.data))
    (folder / "table.csv.gz").write_bytes(generate.gzip_bytes(bytes(makers["table.csv"].data)))
    archive = generate.Archive()
    archive.text("letter.txt", makers["letter.txt"])
    archive.text("table.csv", makers["table.csv"])
    (folder / "both.zip").write_bytes(archive.zip())
    (folder / "both.tar").write_bytes(archive.tar())
    return folder


def compared(assay, target, output, *options):
    return assay.scan(target, output=output, options=(*ALL, *options), timeout=300).compared()


def same(truth, other):
    for name, data in truth.items():
        assert data == other[name], f"{name} differs:\n{first_difference(data, other[name])}"


def first_difference(a, b):
    for one, two in zip(a.splitlines(), b.splitlines()):
        if one != two:
            at = next((i for i, (x, y) in enumerate(zip(one, two)) if x != y), min(len(one), len(two)))
            return f"{one[max(0, at - 120):at + 60]!r}\n{two[max(0, at - 120):at + 60]!r}"
    return f"{len(a)} and {len(b)} bytes"


@pytest.mark.parametrize("block", ["1", "2", "3", "7", "61", "64", "65", "255", "1000", "4096", "65536"])
def test_block_size_of_small_texts_changes_nothing(assay, small_texts, tmp_path, block):
    truth = compared(assay, small_texts, tmp_path / "out")
    same(truth, compared(assay, small_texts, tmp_path / "out", "--block-size", block))


@pytest.mark.parametrize("part", ["1", "3", "64", "1000", "65536"])
def test_part_size_of_small_texts_changes_nothing(assay, small_texts, tmp_path, part):
    truth = compared(assay, small_texts, tmp_path / "out")
    same(truth, compared(assay, small_texts, tmp_path / "out", "--part-size", part))


@pytest.mark.parametrize("options", [
    ("--threads", "1"), ("--threads", "2"), ("--threads", "8"), ("--part-size", "64KiB"), ("--part-size", "1MiB"),
    ("--block-size", "4KiB"), ("--block-size", "5003"), ("--block-size", "1MiB"), ("--memory", "64MiB"),
    ("--threads", "8", "--block-size", "4099", "--part-size", "10007"),
], ids=" ".join)
def test_settings_change_nothing_on_the_corpus(assay, corpus, tmp_path, options):
    truth = compared(assay, corpus.data, tmp_path / "out", "--threads", "3")
    same(truth, compared(assay, corpus.data, tmp_path / "out", *options))


def test_a_second_run_is_the_same(assay, corpus, tmp_path):
    truth = compared(assay, corpus.data, tmp_path / "out")
    for _ in range(2):
        same(truth, compared(assay, corpus.data, tmp_path / "out"))


def test_another_working_folder_and_spelling_is_the_same(assay, corpus, tmp_path):
    """Finding ids come from the absolute path, not from how the target was spelled."""
    one = assay.scan(corpus.data, output=tmp_path / "out", options=ALL)
    ids = [f["Id"] for f in one.asff]
    two = assay.scan(os.path.join(corpus.data, "crm", ".."), output=tmp_path / "out", options=ALL)
    assert [f["Id"] for f in two.asff] == ids


def test_arrival_order_does_not_matter(assay, corpus, tmp_path):
    """A copy whose files were made in the opposite order gives the same records."""
    copy = tmp_path / "copy"
    files = sorted(p for p in corpus.data.rglob("*") if p.is_file())
    for path in reversed(files):
        target = copy / path.relative_to(corpus.data)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())

    def view(scan):
        return [(r["resourcesAffected"]["s3Object"]["key"], sorted(places(r))) for r in scan.results]
    assert view(assay.scan(copy, output=tmp_path / "a", options=ALL)) == view(
        assay.scan(corpus.data, output=tmp_path / "b", options=ALL))


def test_values_are_found_at_every_offset_around_block_ends(assay, tmp_path):
    """One line after the other is one byte longer, so that values stand at every distance from the ends of
    blocks and parts of 4 KiB."""
    r, text = random.Random(5), generate.Text()
    makers = (("USA_SOCIAL_SECURITY_NUMBER", "SSN ", values.ssn), ("CREDIT_CARD_NUMBER", "credit card ", values.card),
              ("GITHUB_TOKEN", "token ", values.github_token), ("EMAIL_ADDRESS", "to ", values.email),
              ("AWS_CREDENTIALS", "aws_secret_access_key = ", values.aws_secret))
    for i in range(5 * 420):
        kind, before, make = makers[i % len(makers)]
        lead = (i * 67) % 331
        text.put("x " * (lead // 2) + "y" * (lead % 2) + f" {before}").plant(kind, make(r)).put("\n")
    path = tmp_path / "many.txt"
    path.write_bytes(bytes(text.data))
    wanted = {(i["type"], i["start"], i["end"]) for i in text.items}
    for block in ("4096", "4099"):
        scan = assay.scan(path, output=tmp_path / "out", options=("--select", "all", "--block-size", block,
                                                                  "--part-size", block))
        found = places(scan.results[0])
        assert wanted - found == set(), sorted(wanted - found)[:5]


def test_a_long_line_hides_nothing(assay, tmp_path):
    """Values in one line of a few MiB, longer than any block."""
    r, text = random.Random(6), generate.Text()
    for i in range(900):
        text.put("lorem ipsum dolor " * r.randint(100, 300) + "SSN ").plant("USA_SOCIAL_SECURITY_NUMBER", values.ssn(r)).put(" ")
    path = tmp_path / "long.txt"
    path.write_bytes(bytes(text.data))
    scan = assay.scan(path, output=tmp_path / "out")
    assert {(i["type"], i["start"], i["end"]) for i in text.items} <= places(scan.results[0])

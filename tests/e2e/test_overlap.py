# SPDX-License-Identifier: Apache-2.0
"""TARGETs that overlap or repeat: every object is scanned and recorded once, and everything still adds up."""

import os

import pytest
from e2e_fixtures import identity, status
from test_faults import ENVIRONMENT, FaultServer
from test_interrupt import check

LINE = b"SSN 219-45-6781 stands here and there is some more text around it\n"


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "data"
    for name in ("a.txt", "sub/b.txt", "sub/deep/c.txt", "sub2/d.txt", "sub-e.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LINE)
    (tmp_path / "link").symlink_to(root / "sub")
    return root


def counts(scan):
    assert scan.summary["listed"]["objects"] == sum(t["listed"]["objects"] for t in scan.summary["targets"])
    return [t["duplicates"]["objects"] for t in scan.summary["targets"]]


@pytest.mark.parametrize("targets, twice", [
    (["data", "data"], [0, 5]), (["data", "data/sub"], [0, 2]), (["data/sub", "data"], [0, 2]), (["data", "link"], [0, 2]),
    (["data", "data/a.txt"], [0, 1]), (["data/a.txt", "data/./a.txt"], [0, 1]), (["data/a.txt", "data"], [0, 1]),
    (["data/sub", "data/sub2"], [0, 0]), (["data/sub/deep", "data/sub", "data"], [0, 1, 2])])
def test_each_object_once_under_the_first_that_lists_it(assay, tree, tmp_path, targets, twice):
    scan = assay.scan(*(tmp_path / t for t in targets), output=tmp_path / "out", expect=(0,))
    assert counts(scan) == twice
    total = scan.summary["listed"]["objects"] - sum(twice)
    assert scan.summary["complete"]["objects"] == len(scan.results) == scan.summary["detections"]["reported"] == total
    assert scan.summary["filtered"] == scan.summary["duplicates"] == {"objects": sum(twice), "bytes": sum(twice) * len(LINE)}
    lines = [line for line in scan.ended.stderr.decode().splitlines() if "earlier TARGET" in line]
    assert len(lines) == sum(n != 0 for n in twice), scan.ended.text
    check(scan)


def test_standard_input_twice_is_refused(assay, tmp_path):
    ended = assay.run("scan", "-", "-", "--output", tmp_path / "out", stdin=LINE)
    assert ended.code == 2 and "once only" in ended.text


def test_what_the_first_target_filters_out_the_second_still_gives(assay, tree, tmp_path):
    """Globs match keys, and keys are relative to the TARGET."""
    scan = assay.scan(tree, tree / "sub", output=tmp_path / "out", options=("--exclude-key", "sub/*"), expect=(0,))
    assert sorted(identity(r)[0] for r in scan.results) == ["a.txt", "b.txt", "deep/c.txt", "sub-e.txt", "sub2/d.txt"]
    assert counts(scan) == [0, 0]


def test_what_lies_too_deep_for_the_first_target_the_second_still_gives(assay, tmp_path):
    root = tmp_path / "deep"
    root.mkdir()
    steps = ["d"] * 205
    here = os.open(root, os.O_RDONLY)
    for step in steps:
        os.mkdir(step, dir_fd=here)
        below = os.open(step, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    file = os.open("f.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    os.write(file, LINE)
    os.close(file)
    os.close(here)
    scan = assay.scan(root, root.joinpath(*steps), output=tmp_path / "out", expect=(3,))
    assert [identity(r)[0] for r in scan.results if status(r) == ("COMPLETE", None)] == ["f.txt"]
    assert counts(scan) == [0, 0]


def test_one_origin_name_does_not_join_two_folders(assay, tree, tmp_path):
    """--origin names a cluster; local files keep their path as identity."""
    (tree / "sub/same.txt").write_bytes(LINE)
    (tree / "sub2/same.txt").write_bytes(LINE)
    scan = assay.scan(tree / "sub", tree / "sub2", output=tmp_path / "out", options=("--origin", "here"), expect=(0,))
    ids = [r["id"] for r in scan.results]
    assert len(ids) == len(set(ids)) == 5
    check(scan)


@pytest.mark.parametrize("targets, twice", [
    (["s3://files", "s3://files"], [0, 5]), (["s3://files/sub", "s3://files/sub/"], [0, 2]),
    (["s3://files/sub/", "s3://files/sub"], [0, 2]), (["s3://files/a.txt", "s3://files/sub2"], [0, 0])])
def test_overlapping_prefixes(assay, tree, tmp_path, targets, twice):
    with FaultServer("--root", tree, "--every", "ok-1") as server:
        scan = assay.scan(*targets, output=tmp_path / "out", env=ENVIRONMENT, expect=(0,),
                          options=("--endpoint-url", server.endpoint))
    assert counts(scan) == twice
    assert len(scan.results) == scan.summary["listed"]["objects"] - sum(twice)
    check(scan)


def test_a_listing_that_repeats_keys(assay, tree, tmp_path):
    with FaultServer("--root", tree, "--every", "ok-1") as server:
        scan = assay.scan("s3://list-repeats", output=tmp_path / "out", env=ENVIRONMENT, options=("--endpoint-url", server.endpoint))
        circles = assay.scan("s3://list-circles", output=tmp_path / "out2", env=ENVIRONMENT, timeout=60,
                             options=("--endpoint-url", server.endpoint))
    assert len(scan.results) == 1500 and scan.summary["listed"]["objects"] == 1503 and counts(scan) == [3]
    assert "repeats 3 of its entries" in scan.ended.text
    check(scan)
    assert len(circles.results) == 1000
    target = circles.summary["targets"][0]
    assert target["status"] == "PARTIAL" and "no end" in target["message"]
    check(circles)


def test_two_empty_targets_are_told_once_each(assay, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    ended = assay.run("scan", tmp_path / "one", tmp_path / "two", "--output", tmp_path / "out")
    assert ended.code == 4
    assert ended.stderr.count(b"nothing is there") == 2, ended.text

# SPDX-License-Identifier: Apache-2.0
"""`--baseline`: what an earlier run found does not count for --fail-on; everything is reported all the same."""

import pytest

SSN, OTHER = "My SSN: 512-43-8870\n", "My SSN: 518-43-8871\n"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "data"
    path.mkdir()
    (path / "a.txt").write_text(SSN)
    (path / "b.txt").write_text("nothing\n")
    return path


def test_what_is_known_does_not_fail_and_what_is_new_does(assay, folder, tmp_path):
    fail = ("--fail-on", "low")
    first = assay.scan(folder, output=tmp_path / "old", options=fail, expect=(1,))
    known = (*fail, "--baseline", tmp_path / "old")
    same = assay.scan(folder, output=tmp_path / "same", options=known, expect=(0,))
    assert same.macie == first.macie or len(same.macie) == len(first.macie) == 1
    assert same.summary["findings"]["newBySeverity"] == {"High": 0, "Medium": 0, "Low": 0}
    assert sum(same.summary["findings"]["bySeverity"].values()) == 1
    assert "newBySeverity" not in first.summary["findings"]

    (folder / "b.txt").write_text(OTHER)
    more = assay.scan(folder, output=tmp_path / "more", options=known, expect=(1,))
    assert sum(more.summary["findings"]["newBySeverity"].values()) == 1
    (folder / "b.txt").write_text("nothing\n")
    (folder / "a.txt").write_text(SSN + OTHER)
    assay.scan(folder, output=tmp_path / "increase", options=known, expect=(1,))
    (folder / "a.txt").write_text(SSN)
    (folder / "unread.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n")
    assay.scan(folder, output=tmp_path / "partial", options=known, expect=(3,))


def test_a_baseline_may_be_the_folder_that_is_overwritten(assay, folder, tmp_path):
    out = tmp_path / "out"
    assay.scan(folder, output=out, options=("--fail-on", "low"), expect=(1,))
    assay.scan(folder, output=out, options=("--fail-on", "low", "--baseline", out), expect=(0,))


def test_a_baseline_that_cannot_be_read_is_wrong_usage(assay, folder, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "results.jsonl").write_text("{}\n")
    for baseline, message in ((empty, b"results.jsonl"), (broken, b"results.jsonl:1:")):
        ended = assay.run("scan", folder, "--baseline", baseline)
        assert ended.code == 2 and message in ended.stderr

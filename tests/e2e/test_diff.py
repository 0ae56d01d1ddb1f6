# SPDX-License-Identifier: Apache-2.0
"""`assay diff`: what came, went and changed between two runs or between Macie's own results, and its exit codes."""

import gzip
import json
import shutil

import pytest

SSN, CARD = "My SSN: 512-43-8870\n", "credit card 4929123456789015\n"


def record(key, types, status="COMPLETE", reason=None, member=None, bucket="b"):
    s3_object = {"key": key}
    if member:
        s3_object["embeddedFileDetails"] = {"filePath": member}
    detections = [{"type": name, "count": count} for name, count in types.items()]
    return json.dumps({
        "id": key, "resourcesAffected": {"s3Bucket": {"name": bucket}, "s3Object": s3_object},
        "classificationDetails": {"result": {"status": {"code": status, "reason": reason}, "sensitiveData": [
            {"category": "PERSONAL_INFORMATION", "detections": detections}]}}}) + "\n"


def diff(assay, old, new, *options, code=1):
    ended = assay.run("diff", old, new, "--output", "json", *options)
    assert ended.code == code, ended.text
    return json.loads(ended.stdout)


def changes(result):
    return {(o["key"], t["type"], t["old"], t["new"]) for o in result["objects"] for t in o["types"]}


@pytest.fixture
def runs(assay, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "same.txt").write_text(SSN)
    (data / "more.txt").write_text(SSN)
    (data / "gone.txt").write_text(SSN)
    (data / "plain.txt").write_text("nothing\n")
    assay.scan(data, output=tmp_path / "old", expect=(0,))
    (data / "more.txt").write_text(SSN + "Her SSN: 518-43-8871\n")
    (data / "gone.txt").unlink()
    (data / "fresh.txt").write_text(SSN)
    (data / "other.txt").write_text("nothing\n")
    assay.scan(data, output=tmp_path / "new", expect=(0,))
    return tmp_path / "old", tmp_path / "new"


def test_two_runs(assay, runs):
    result = diff(assay, *runs)
    ssn = "USA_SOCIAL_SECURITY_NUMBER"
    assert changes(result) == {("more.txt", ssn, 1, 2), ("gone.txt", ssn, 1, 0), ("fresh.txt", ssn, 0, 1)}
    assert {o["key"]: o["change"] for o in result["objects"]} == {
        "more.txt": "CHANGED", "gone.txt": "WENT", "fresh.txt": "CAME"}
    counts = result["summary"]["counts"]
    assert (counts["objectsSame"], counts["onlyOld"], counts["onlyNew"]) == (2, 1, 2)
    assert (counts["typesCame"], counts["typesWent"], counts["typesChanged"]) == (1, 1, 1)
    text = assay.run("diff", *runs)
    assert text.code == 1 and f"  ~ {ssn} 1 -> 2\n" in text.text and f"  + {ssn} 1\n" in text.text


def test_the_same_is_0(assay, runs):
    assert diff(assay, runs[0], runs[0], code=0)["summary"]["same"] is True


def test_macies_results_plain_compressed_and_in_folders(assay, tmp_path):
    folder = tmp_path / "AWSLogs/Macie/job"
    folder.mkdir(parents=True)
    old = record("a", {"NAME": 3}) + record("z.zip", {"NAME": 2}) + record("z.zip", {"NAME": 2}, member="m")
    (folder / "1.jsonl.gz").write_bytes(gzip.compress(old.encode()) + gzip.compress(record("c", {}).encode()))
    (folder / "2.jsonl.gz").write_bytes(gzip.compress(record("b", {"AWS_CREDENTIALS": 1}).encode()))
    plain = tmp_path / "new.jsonl"
    plain.write_text(record("a", {"NAME": 3}) + record("b", {"AWS_CREDENTIALS": 4}) + record("z.zip", {"NAME": 2}) +
                     record("c", {}))
    assert changes(diff(assay, tmp_path / "AWSLogs", plain)) == {("b", "AWS_CREDENTIALS", 1, 4)}


def test_what_is_gone_unread_is_said_to_be_uncertain(assay, tmp_path):
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    old.write_text(record("a", {"NAME": 3}) + record("b", {"NAME": 1}))
    new.write_text(record("a", {}, "SKIPPED", "OPAQUE_CONTENT") + record("b", {}))
    result = diff(assay, old, new)
    assert {(o["key"], t["certain"]) for o in result["objects"] for t in o["types"]} == {("a", False), ("b", True)}
    assert result["objects"][0]["status"]["new"] == {"code": "SKIPPED", "reason": "OPAQUE_CONTENT"}
    assert result["summary"]["new"]["notReadInFull"] == 1
    text = assay.run("diff", old, new).text
    assert "status COMPLETE -> SKIPPED (OPAQUE_CONTENT)" in text and "not read in full" in text


def test_a_change_of_status_alone_is_a_difference(assay, tmp_path):
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    old.write_text(record("a", {}))
    new.write_text(record("a", {}, "PARTIAL", "TIME_LIMIT"))
    assert diff(assay, old, new)["summary"]["counts"]["statusesChanged"] == 1


def test_detectors_that_were_not_looked_for_are_told(assay, tmp_path):
    (tmp_path / "a.txt").write_text(SSN + CARD)
    assay.scan(tmp_path / "a.txt", output=tmp_path / "old", options=("--select", "all"), expect=(0,))
    assay.scan(tmp_path / "a.txt", output=tmp_path / "new", options=("--select", "USA_SOCIAL_SECURITY_NUMBER"), expect=(0,))
    result = diff(assay, tmp_path / "old", tmp_path / "new", code=1)
    assert "CREDIT_CARD_NUMBER" in result["summary"]["new"]["notLookedFor"]
    went = {t["type"]: t["certain"] for o in result["objects"] for t in o["types"]}
    assert went["CREDIT_CARD_NUMBER"] is False


def test_trouble_is_2(assay, runs, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.jsonl").write_text('{"no": "result"}\n')
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(record("a", {"NAME": 3}).encode() * 50)[:-12])
    for new in ("none", "empty", "bad.jsonl", "cut.jsonl.gz"):
        ended = assay.run("diff", runs[0], tmp_path / new)
        assert ended.code == 2 and ended.stderr, new
    for arguments in ((), (runs[0],), (*runs, runs[0]), (*runs, "--select", "all")):
        assert assay.run("diff", *arguments).code == 2


def test_a_run_that_did_not_end_is_told(assay, runs):
    broken = runs[1].parent / "broken"
    shutil.copytree(runs[1], broken)
    (broken / "summary.json").unlink()
    result = diff(assay, runs[1], broken, code=0)
    assert result["summary"]["new"]["whole"] is False and result["summary"]["old"]["whole"] is True

# SPDX-License-Identifier: Apache-2.0
"""`assay explain`: it says of every place what became of it, agrees with what a scan reports, and shows no value."""

import io
import json
import subprocess
import sys
import tarfile
import zipfile

import pytest
from e2e_fixtures import ROOT, labels, places

SSN, CARD = "512-43-8870", "4929123456789015"
LINES = (f"My SSN: {SSN} ok",
         f"card {CARD[:-1]}{(int(CARD[-1]) + 1) % 10}",
         "credit card 4111111111111111",
         "phone or NHS number is 943 476 5919.",
         f"Order {SSN[:-1]}1 late")
TEXT = "\n".join(LINES) + "\n"


def explain(assay, target, *options, code=0, **more):
    ended = assay.run("explain", target, "--output", "json", *options, **more)
    assert ended.code == code, ended.text
    return json.loads(ended.stdout) if code in (0, 3) else ended.text


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    return path


def hits(explained):
    return [(n["line"], h["detector"], h["state"]) for n in explained["nominees"] for h in n["hits"]]


def test_says_why_something_was_found(assay, text):
    explained = explain(assay, text, "--select", "USA_SOCIAL_SECURITY_NUMBER")
    first = explained["nominees"][0]
    hit = first["hits"][0]
    assert (first["line"], first["column"], first["start"], first["end"]) == (1, 9, 8, 19)
    assert hit["state"] == "REPORTED" and hit["confidence"] == min(100, sum(hit["points"].values()))
    assert hit["keyword"] == {"text": "ssn", "where": "BEFORE", "distance": 2}


def test_says_why_something_was_not_found(assay, text):
    explained = explain(assay, text, "--select", "USA_SOCIAL_SECURITY_NUMBER,CREDIT_CARD_NUMBER,UK_NHS_NUMBER,PHONE_NUMBER")
    rejected = {(n["line"], verdict, id) for n in explained["nominees"] for verdict, ids in n["rejected"].items() for id in ids}
    assert (5, "NO_KEYWORD", "USA_SOCIAL_SECURITY_NUMBER") in rejected
    assert (2, "CHECK", "CREDIT_CARD_NUMBER") in rejected
    assert (3, "CREDIT_CARD_NUMBER", "TEST_VALUE") in hits(explained)
    lost = next(h for n in explained["nominees"] for h in n["hits"] if h["state"] == "LOST_OVERLAP")
    assert (lost["detector"], lost["lostTo"]) == ("PHONE_NUMBER", "UK_NHS_NUMBER")


def test_low_confidence_is_said_with_its_points(assay, text):
    explained = explain(assay, text, "--select", "USA_SOCIAL_SECURITY_NUMBER", "--min-confidence", "99")
    hit = explained["nominees"][0]["hits"][0]
    assert hit["state"] == "LOW_CONFIDENCE" and hit["confidence"] < 99


def test_keywords_of_columns_and_paths(assay, tmp_path):
    table = tmp_path / "a.csv"
    table.write_text(f"id,ssn,city\n1,{SSN},Ulm\n2,518-43-8871,Ulm\n")
    document = tmp_path / "a.json"
    document.write_text(json.dumps({"person": {"ssn": {"value": SSN}}}))
    cell = explain(assay, table)["nominees"][0]
    assert cell["hits"][0]["keyword"]["where"] == "COLUMN_NAME" and (cell["cellRow"], cell["cellColumn"]) == (2, 2)
    assert explain(assay, document)["nominees"][0]["hits"][0]["keyword"]["where"] == "JSON_PATH"


def test_one_member_of_nested_archives(assay, tmp_path):
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as tar:
        for name in ("a!/b.txt", "c.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = len(TEXT)
            tar.addfile(entry, io.BytesIO(TEXT.encode()))
    outer = tmp_path / "odd!/outer.tar"
    outer.parent.mkdir()
    with tarfile.open(outer, "w") as tar:
        entry = tarfile.TarInfo("inner.tar")
        entry.size = len(inner.getvalue())
        tar.addfile(entry, io.BytesIO(inner.getvalue()))
    for member, count in (("inner.tar!/c.txt", 2), ("inner.tar!/a!/b.txt", 2), ("inner.tar", 4)):
        explained = explain(assay, f"{outer}!/{member}", "--select", "USA_SOCIAL_SECURITY_NUMBER")
        assert explained["places"] == count, member
        assert all(n["member"].startswith(member) for n in explained["nominees"])
    assert "no member" in explain(assay, f"{outer}!/inner.tar!/d.txt", code=4)


def test_wrong_targets(assay, tmp_path, text):
    assert "no such file" in explain(assay, tmp_path / "none", code=4)
    assert "one object" in explain(assay, tmp_path, code=2)
    assert explain(assay, "-", "--select", "pci", stdin=TEXT.encode())["target"] == "-"
    for arguments in ((), (text, text), (text, "--limit", "0")):
        assert assay.run("explain", *arguments).code == 2


def test_what_was_not_read_is_said(assay, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n")
    assert explain(assay, tmp_path / "a.pdf", code=3)["status"]["code"] != "COMPLETE"


def test_output_is_bounded_and_hits_come_first(assay, tmp_path):
    path = tmp_path / "many.txt"
    path.write_text("512-43-8871 " * 5000 + f"\nSSN {SSN}\n")
    explained = explain(assay, path, "--select", "USA_SOCIAL_SECURITY_NUMBER", "--limit", "5")
    assert explained["places"] == 5001 and explained["shown"] == 5
    assert any(n["hits"] for n in explained["nominees"])
    totals = explained["totals"][0]
    assert totals["REPORTED"] + totals["NO_KEYWORD"] == 5001 and totals["REPORTED"] >= 1


def test_agrees_with_the_scan_and_shows_no_value(assay, corpus, corpus_scan):
    checked = 0
    for path in ("letters/letter.txt", "crm/customers.tsv", "events/2026/11/events.jsonl", "orders/orders.json", "config/.env",
                 "letters/brief-utf16be.txt"):
        target = corpus.data / path
        explained = explain(assay, target, "--select", "all", "--limit", "10000")
        reported = {(h["detector"], h["start"], h["end"]) for n in explained["nominees"] for h in n["hits"]
                    if h["state"] == "REPORTED"}
        found = places(corpus_scan.record(path))
        header = {place for place in reported if path.endswith(".tsv")} - found
        assert reported - header == found, path
        text = assay.run("explain", target, "--select", "all").text + json.dumps(explained)
        for item in labels(corpus, "item"):
            if item["path"] == path and len(item["value"]) > 8:
                assert item["value"] not in text
                checked += 1
    assert checked > 100


@pytest.mark.faults
def test_an_s3_object_and_a_member_of_it(assay, tmp_path):
    folder = tmp_path / "bucket"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs/a.txt").write_text(TEXT)
    with tarfile.open(folder / "b!c.tar", "w") as tar:
        tar.add(folder / "logs/a.txt", "a.txt")
    with subprocess.Popen([sys.executable, str(ROOT / "tests/servers/fault_server.py"), "--root", str(folder)],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            where = ("--endpoint-url", f"http://127.0.0.1:{int(server.stdout.readline())}", "--no-sign-request",
                     "--region", "us-east-1", "--select", "USA_SOCIAL_SECURITY_NUMBER")
            assert explain(assay, "s3://files/logs/a.txt", *where)["places"] == 2
            explained = explain(assay, "s3://files/b!c.tar!/a.txt", *where)
            assert explained["places"] == 2 and explained["nominees"][0]["member"] == "a.txt"
            assert "no member" in explain(assay, "s3://files/b!c.tar!/x", *where, code=4)
            assert "no such object" in explain(assay, "s3://files/none", *where, code=4)
        finally:
            server.kill()


def test_what_stands_beside_the_content_has_no_place(assay, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "nothing\n")
        archive.comment = f"My SSN: {SSN}".encode()
    nominee = explain(assay, path, "--select", "USA_SOCIAL_SECURITY_NUMBER")["nominees"][0]
    assert nominee["besideContent"] is True and "start" not in nominee and "start" not in nominee["hits"][0]
    text = assay.run("explain", path, "--select", "USA_SOCIAL_SECURITY_NUMBER").text
    assert text.startswith("beside the content") and SSN not in text

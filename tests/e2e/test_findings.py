# SPDX-License-Identifier: Apache-2.0
"""Findings files read by software that is not ours: botocore's model of Security Hub and Macie, moto's import, JSON and CSV
parsers with all their checks on; for the corpus and for names made to break them."""

import csv
import hashlib
import io
import json
import subprocess
import sys

import pytest
from e2e_fixtures import FINDING_FILES, ROOT, identity

ORACLE = ROOT / "tests/oracles/check_findings.py"


def strictly(text):
    """JSON with neither a key that stands twice nor a number that JSON does not have."""
    def pairs(items):
        keys = [k for k, _ in items]
        assert len(keys) == len(set(keys)), f"a key stands twice: {keys}"
        return dict(items)

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")
    return json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)


def check_folder(folder):
    done = subprocess.run([sys.executable, str(ORACLE), str(folder)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    strictly((folder / "findings.asff.json").read_bytes().decode())
    strictly((folder / "summary.json").read_bytes().decode())
    for name in ("findings.macie.jsonl", "results.jsonl"):
        for line in (folder / name).read_bytes().decode().splitlines():
            assert isinstance(strictly(line), dict)


def test_findings_of_the_corpus_pass_the_services_own_models(corpus_scan):
    assert len(corpus_scan.asff) > 20
    check_folder(corpus_scan.folder)


HOSTILE = ("=cmd|' -C calc'!A0.txt", "+1.txt", "-1.txt", "@SUM(A1).txt", "comma,name.txt", 'quote"name.txt', "line\nend.txt", "tab\tname.txt",
           "return\rname.txt", "\x01control\x7f.txt", "emoji-😀.txt", "right-\u202eleft.txt", "ü" * 100 + ".txt", "zero\u200bwidth.txt",
           "a" * 250 + ".txt", "<script>alert(1)<script>.txt", "${jndi:ldap:}.txt", "%s%n%x.txt", "back\\slash.txt")


@pytest.fixture(scope="module")
def hostile_scan(tmp_path_factory):
    from e2e_fixtures import Assay
    home = tmp_path_factory.mktemp("hostile")
    folder = home / "data"
    folder.mkdir()
    for name in HOSTILE:
        (folder / name).write_bytes(b"SSN 219-45-6781\n")
    (folder / "not-utf8").mkdir()
    with open(bytes(folder) + b"/not-utf8/\xff\xfe\x80.txt", "wb") as file:
        file.write(b"SSN 219-45-6781\n")
    (folder / "columns.csv").write_bytes(("id,ssn " + "ä" * 40 + ",\"a\"\"b\"\n" + "".join(
        f"{i},219-45-{i:04d},x\n" for i in range(1000, 1020))).encode())
    deep = {"ssn": "219-45-6781"}
    for i in range(60):
        deep = {f"level {i} with a long name and 'quotes' and \"more\"": deep}
    (folder / "deep.jsonl").write_text("\n".join(json.dumps({**deep, "n": i}) for i in range(3)) + "\n")
    (folder / "big.txt").write_bytes(b"".join(b"SSN 219-45-%04d\n" % (i % 9000 + 1) for i in range(30000)))
    return Assay(home).scan(folder, output=home / "out", options=("--select", "all"), expect=(0,))


def test_findings_of_hostile_names_pass_the_services_own_models(hostile_scan):
    assert len(hostile_scan.asff) == len(HOSTILE) + 4
    check_folder(hostile_scan.folder)


def test_hostile_names_come_back_as_they_were(hostile_scan):
    keys = {identity(r)[0] for r in hostile_scan.results}
    assert set(HOSTILE) <= keys
    odd = next(r for r in hostile_scan.results if identity(r)[0].startswith("not-utf8/"))
    assert "\ufffd" in identity(odd)[0]
    assert "keyBase64" in json.dumps(odd)


def test_a_spreadsheet_would_run_nothing(hostile_scan):
    rows = list(csv.reader(io.StringIO(hostile_scan.bytes("findings.csv").decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1, "every row has as many cells"
    for row in rows[1:]:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_files_match_the_hashes_in_the_summary(corpus_scan):
    text = json.dumps(corpus_scan.summary)
    for name in FINDING_FILES:
        assert hashlib.sha256(corpus_scan.bytes(name)).hexdigest() in text, name


def test_batches_of_a_hundred_fit_the_service(hostile_scan, corpus_scan):
    for scan in (hostile_scan, corpus_scan):
        for finding in scan.asff:
            assert len(json.dumps(finding, ensure_ascii=False, separators=(",", ":")).encode()) <= 240_000

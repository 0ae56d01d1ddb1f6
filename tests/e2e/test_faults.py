# SPDX-License-Identifier: Apache-2.0
"""An S3 server that misbehaves (tests/servers/fault_server.py). Faults that pass change nothing in the findings; faults that
stay end each object with a reason of its own, and never look like content that was read."""

import random
import subprocess
import sys

import generate
import pytest
from e2e_fixtures import ROOT, Assay, detections, identity, places, status

pytestmark = pytest.mark.faults

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIDFAULTTEST0000000", "AWS_SECRET_ACCESS_KEY": "faultfaultfaultfault", "AWS_REGION": "us-east-1"}
PART = ("--part-size", "65536")


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """A few objects of several parts each."""
    folder = tmp_path_factory.mktemp("content")
    r = random.Random(21)
    made = {"log/access.log": generate.access_log(r, 3000), "crm/customers.csv": generate.customers(r, 2500),
            "events.jsonl": generate.events(r, 1500), "letter.txt": generate.letter(r)}
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(text.data))
    archive = generate.sample_archive(r, 900)
    (folder / "backup.zip").write_bytes(archive.zip())
    (folder / "backup.tar.gz").write_bytes(generate.gzip_bytes(archive.tar()))
    (folder / "empty.txt").write_bytes(b"")
    return folder


class FaultServer:
    def __init__(self, *options):
        self.process = subprocess.Popen([sys.executable, str(ROOT / "tests/servers/fault_server.py"), *map(str, options)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.endpoint = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def s3(assay):
    class S3(Assay):
        def start(self, *arguments, env=None, **options):
            return super().start(*arguments, env={**ENVIRONMENT, **(env or {})}, **options)
    return S3(assay.home)


def view(scan):
    return {identity(r): (status(r), sorted(places(r)), sorted((d["type"], d["count"]) for d in detections(r)))
            for r in scan.results}


@pytest.fixture(scope="module")
def truth(content, tmp_path_factory):
    home = tmp_path_factory.mktemp("fault-truth")
    scan = Assay(home).scan(content, output=home / "out", options=("--select", "all"), expect=(0,))
    return view(scan)


@pytest.mark.parametrize("fault", ["ok-1", "slowdown-2", "retryafter-1", "internal-2", "reset-2", "cut-2", "nobody-1", "slow-1", "badrange-1",
                                   "fewer-1", "whole-1", "nolength-1", "region-1", "malformed-1", "temporary-1", "skew-1", "garbage-1",
                                   "lessonce"])
def test_a_fault_that_passes_changes_nothing(s3, content, truth, tmp_path, fault):
    with FaultServer("--root", content, "--every", fault) as server:
        scan = s3.scan("s3://files", output=tmp_path / "out", timeout=90, expect=(0,),
                       options=("--select", "all", "--endpoint-url", server.endpoint, *PART))
    assert view(scan) == truth


@pytest.mark.parametrize("fault, reason", [
    ("denied", "PERMISSION_DENIED"), ("kms", "INVALID_KMS_KEY"), ("ssec", "INVALID_ENCRYPTION"), ("gone", "SOURCE_OBJECT_NO_LONGER_AVAILABLE"),
    ("state", "INVALID_OBJECT_STATE"), ("changed", "OBJECT_VERSION_MISMATCH"), ("changedquiet", "OBJECT_VERSION_MISMATCH"),
])
def test_what_can_be_told_apart_is_told_apart(s3, tmp_path, content, fault, reason):
    """Invariant 9."""
    with FaultServer("--root", content, "--every", f"{fault}-1000") as server:
        scan = s3.scan("s3://files/log/", output=tmp_path / "out", timeout=90, expect=(3,),
                       options=("--select", "all", "--endpoint-url", server.endpoint, *PART))
    assert [status(r)[1] for r in scan.results] == [reason]
    assert status(scan.results[0])[0] in ("SKIPPED", "PARTIAL")
    if fault.startswith("changed"):
        assert list(detections(scan.results[0])) == [] or status(scan.results[0])[0] == "PARTIAL"


@pytest.mark.parametrize("fault, coverage, share", [("less", "PARTIAL", 2), ("lessquiet", "PARTIAL", 2), ("lesswhole", "PARTIAL", 2),
                                                    ("nothing", "SKIPPED", 0)])
@pytest.mark.parametrize("name", ["log/access.log", "backup.zip", "backup.tar.gz", "letter.txt"])
def test_fewer_bytes_than_listed_are_never_the_whole_object(s3, tmp_path, content, name, fault, coverage, share):
    """The version that was listed, or one that is not named, but of another size: what came is scanned, and it is not complete."""
    listed = (content / name).stat().st_size
    delivered = listed // share if share else 0
    with FaultServer("--root", content, "--every", f"{fault}-100000") as server:
        scan = s3.scan(f"s3://files/{name}", output=tmp_path / "out", timeout=90, expect=(3,),
                       options=("--select", "all", "--endpoint-url", server.endpoint, *PART))
    record = next(r for r in scan.results if identity(r)[0] == name and not identity(r)[1])
    assert status(record) == (coverage, "SOURCE_PROTOCOL_ERROR")
    assert f"listed with {listed} bytes" in str(record) and f"delivers {delivered} " in str(record)


def test_a_newer_version_than_the_listed_one_may_have_any_size(s3, tmp_path, content):
    with FaultServer("--root", content, "--every", "newer-100000") as server:
        scan = s3.scan("s3://files/letter.txt", output=tmp_path / "out", timeout=90, expect=(0,),
                       options=("--select", "all", "--endpoint-url", server.endpoint, *PART))
    assert [status(r)[0] for r in scan.results] == ["COMPLETE"]


@pytest.mark.parametrize("fault, reasons", [
    ("slowdown", {"SOURCE_THROTTLED"}), ("internal", {"SOURCE_UNREACHABLE"}), ("badrange", {"SOURCE_PROTOCOL_ERROR"}),
])
def test_a_fault_that_stays_is_a_reason_of_its_own(s3, tmp_path, content, fault, reasons):
    with FaultServer("--root", content, "--every", f"{fault}-100000") as server:
        scan = s3.scan("s3://files/letter.txt", output=tmp_path / "out", timeout=200, expect=(3,),
                       options=("--endpoint-url", server.endpoint))
    assert {status(r)[1] for r in scan.results} <= reasons
    assert all(status(r)[0] != "COMPLETE" for r in scan.results)


@pytest.mark.parametrize("fault, reason", [("expired", "CREDENTIALS_EXPIRED"), ("badkey", "SIGNATURE_REJECTED"),
                                           ("nokey", "CREDENTIALS_UNKNOWN"), ("late", "CLOCK_SKEWED")])
def test_credentials_that_stop_working_are_told_apart(s3, tmp_path, content, fault, reason):
    with FaultServer("--root", content, "--every", f"{fault}-100000") as server:
        scan = s3.scan("s3://files", output=tmp_path / "out", options=("--endpoint-url", server.endpoint), expect=(3,), timeout=60)
    assert {status(r) for r in scan.results} == {("SKIPPED", reason)}
    assert ENVIRONMENT["AWS_SECRET_ACCESS_KEY"] not in scan.ended.text


def test_a_redirect_elsewhere_gets_no_signature(s3, tmp_path, content):
    with FaultServer("--root", content, "--every", "evil-100000") as server:
        scan = s3.scan("s3://files/letter.txt", output=tmp_path / "out", timeout=60, expect=(3, 4),
                       options=("--endpoint-url", server.endpoint))
    if scan.code == 3:
        assert status(scan.results[0])[0] != "COMPLETE"


@pytest.mark.parametrize("bucket, code, word", [
    ("denied", 4, "AccessDenied"), ("expired", 4, "ExpiredToken"), ("missing", 4, "NoSuchBucket"), ("list-none", 4, "list-none"),
    ("list-html", 4, "list-html"), ("list-error", 4, "list-error"),
])
def test_a_listing_that_fails_is_an_error(s3, tmp_path, bucket, code, word):
    with FaultServer() as server:
        ended = s3.run("scan", f"s3://{bucket}", "--endpoint-url", server.endpoint, "--output", tmp_path / "out", timeout=120)
    assert ended.code == code, ended.text
    assert word in ended.text


@pytest.mark.parametrize("bucket", ["list-endless", "list-cut"])
def test_a_listing_that_does_not_end_well_is_never_whole(s3, tmp_path, bucket):
    with FaultServer() as server:
        ended = s3.run("scan", f"s3://{bucket}", "--endpoint-url", server.endpoint, "--output", tmp_path / "out", timeout=120)
    assert ended.code in (3, 4), ended.text


def test_archived_objects_are_skipped_by_their_class(s3, tmp_path):
    with FaultServer() as server:
        scan = s3.scan("s3://list-glacier", output=tmp_path / "out", options=("--endpoint-url", server.endpoint), expect=(3,))
    assert [status(r) for r in scan.results] == [("SKIPPED", "INVALID_OBJECT_STATE")]


def test_every_listed_key_has_a_record_though_all_are_gone(s3, tmp_path):
    """Keys of the listing that a GET does not find: each has its record, none twice."""
    with FaultServer() as server:
        scan = s3.scan("s3://list-many", output=tmp_path / "out", options=("--endpoint-url", server.endpoint), expect=(3, 4), timeout=120)
    keys = [identity(r)[0] for r in scan.results]
    assert keys == sorted(f"k{i:05d}" for i in range(2500))
    assert all(status(r)[0] == "SKIPPED" for r in scan.results)


def test_nothing_listens(s3, tmp_path):
    ended = s3.run("scan", "s3://files", "--endpoint-url", "http://127.0.0.1:9", "--output", tmp_path / "out", timeout=120)
    assert ended.code == 4 and "127.0.0.1" in ended.text

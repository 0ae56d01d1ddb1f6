# SPDX-License-Identifier: Apache-2.0
"""Against a real S3 server that verifies signatures (radosgw): the same contents give the same findings as on disk."""

import collections
import json
import random

import pytest
import radosgw
import values
from e2e_fixtures import Assay, detections, identity, places, status

pytestmark = pytest.mark.s3

MIB = 1 << 20


@pytest.fixture(scope="module")
def server():
    missing = radosgw.missing_programs()
    if missing:
        pytest.skip("not installed: " + ", ".join(missing))
    with radosgw.Radosgw() as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    boto3 = pytest.importorskip("boto3")
    from botocore.config import Config
    return boto3.client("s3", endpoint_url=server.endpoint, aws_access_key_id=server.access_key,
                        aws_secret_access_key=server.secret_key, region_name="us-east-1",
                        config=Config(s3={"addressing_style": "path"}, max_pool_connections=8,
                                      request_checksum_calculation="when_required"))


@pytest.fixture
def s3(assay, server):
    """assay with the server's settings in its environment."""
    class S3(Assay):
        def start(self, *arguments, env=None, **options):
            return super().start(*arguments, env={**server.environment(), **(env or {})}, **options)
    return S3(assay.home)


def everything(record):
    """What must be equal whether an object is on disk or in a bucket: all but where it is."""
    found = {}
    for d in detections(record):
        found[d["type"]] = (d["count"], d.get("confidence"), d.get("distinct"), json.dumps(d["occurrences"], sort_keys=True))
    return status(record), record["classificationDetails"]["result"].get("mimeType"), found


def view(scan):
    return {identity(r): everything(r) for r in scan.results}


@pytest.fixture(scope="module")
def corpus_bucket(server, client, corpus):
    client.create_bucket(Bucket="corpus")
    for path in sorted(corpus.data.rglob("*")):
        if path.is_file():
            client.put_object(Bucket="corpus", Key=str(path.relative_to(corpus.data)), Body=path.read_bytes())
    return "corpus"


@pytest.mark.parametrize("options", [(), ("--part-size", "64KiB", "--threads", "4"), ("--part-size", "4099")], ids=" ".join)
def test_a_bucket_gives_what_the_folder_gives(s3, corpus, corpus_bucket, tmp_path, options):
    local = s3.scan(corpus.data, output=tmp_path / "local", options=("--select", "all"), expect=(3,))
    bucket = s3.scan(f"s3://{corpus_bucket}", output=tmp_path / "bucket", options=("--select", "all", *options), expect=(3,))
    assert view(bucket) == view(local)
    assert bucket.code == local.code
    assert [f["severity"] for f in bucket.macie] == [f["severity"] for f in local.macie]


def test_records_of_objects_name_bucket_key_and_etag(s3, corpus_bucket, tmp_path, server):
    scan = s3.scan(f"s3://{corpus_bucket}/letters/", output=tmp_path / "out", expect=(0,))
    assert len(scan.results) == 6
    for record in scan.results:
        parts = record["resourcesAffected"]
        assert parts["s3Bucket"]["name"] == "corpus"
        assert parts["s3Object"]["key"].startswith("letters/")
        assert parts["s3Object"]["eTag"].strip('"')
        assert parts["s3Object"]["size"] > 0
    host = server.endpoint.removeprefix("http://")
    for finding in scan.asff:
        assert any(host in r["Id"] for r in finding["Resources"]), "an id of an endpoint names it"


def hostile_keys():
    r = random.Random(2500)
    keys = ["a//b", "a//", "/lead", "//two", "dir/", "dir/sub/", "plus+plus", "eq=uals", "am&p", "per%cent", "per%2Fcent", "%00",
            "quote'quote", "(round)", "star*", "blank blank", " lead", "trail ", "tab\tin", "ümläut/ßtraße", "日本語/ファイル.txt",
            "emoji-😀.txt", "a" * 1024, "ü" * 512, "..", "../up", "./here", "a/../b", "q?query=1", "hash#frag", "semi;colon",
            "co,mma", "colon:colon", "at@at", "dollar$", "ex!clam", "ti~lde", "under_score", "{curly}", "[square]", "pi|pe",
            "back\\slash", "ca^ret", "ba`ck", '"dq"', "<angle>", "new!/member.zip", "x.zip!/inner.txt"]
    alphabet = "ab+=&%'()* /é日"
    while len(keys) < 2500:
        key = "h/" + "".join(r.choice(alphabet) for _ in range(r.randint(1, 30)))
        keys.append(key)
        keys = list(dict.fromkeys(keys))
    return keys


@pytest.fixture(scope="module")
def hostile_bucket(server, client):
    from concurrent.futures import ThreadPoolExecutor
    client.create_bucket(Bucket="hostile")
    keys = hostile_keys()

    def put(pair):
        i, key = pair
        body = b"" if key.endswith("/") or i % 50 == 0 else b"SSN 219-45-%04d\n" % (i + 1)
        try:
            client.put_object(Bucket="hostile", Key=key, Body=body)
        except client.exceptions.ClientError:
            pass
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, enumerate(keys)))
    listed = {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="hostile"):
        for item in page.get("Contents", ()):
            listed[item["Key"]] = item["Size"]
    assert len(listed) >= 2490, "nearly all of the keys must be in the bucket"
    return listed


def test_every_listed_key_has_exactly_one_record(s3, hostile_bucket, tmp_path):
    scan = s3.scan("s3://hostile", output=tmp_path / "out", expect=(0,))
    keys = collections.Counter(identity(r)[0] for r in scan.results)
    assert set(keys) == set(hostile_bucket)
    assert set(keys.values()) == {1}
    for record in scan.results:
        size = hostile_bucket[identity(record)[0]]
        assert status(record) == ("COMPLETE", None), identity(record)
        assert sum(d["count"] for d in detections(record)) == (1 if size else 0), identity(record)
    order = [identity(r)[0].encode() for r in scan.results]
    assert order == sorted(order)


@pytest.mark.parametrize("prefix", ["h/", "a", "per%", "日本語/", "dir/", "plus+"])
def test_a_prefix_is_a_plain_string(s3, hostile_bucket, tmp_path, prefix):
    scan = s3.scan(f"s3://hostile/{prefix}", output=tmp_path / "out", expect=(0,))
    assert {identity(r)[0] for r in scan.results} == {k for k in hostile_bucket if k.startswith(prefix)}


def test_exact_takes_one_key(s3, hostile_bucket, tmp_path):
    for key in ("a//b", "plus+plus", "日本語/ファイル.txt", "blank blank", "per%cent"):
        scan = s3.scan(f"s3://hostile/{key}", output=tmp_path / "out", options=("--exact",), expect=(0,))
        assert [identity(r)[0] for r in scan.results] == [key]


def text_of(size, seed):
    """`size` bytes of lines with a value about every 50 KB: (bytes, wanted places)."""
    r, out, wanted, at = random.Random(seed), [], set(), 0
    filler = "".join(f"2026-11-{r.randint(1, 28):02d} worker took {r.randint(1, 9999)} us, nothing to see\n" for _ in range(1000)).encode()
    while at < size - len(filler) - 100:
        out.append(filler)
        at += len(filler)
        line = f"SSN {values.ssn(r)}\n".encode()
        wanted.add((at + 4, at + 15))
        out.append(line)
        at += len(line)
    return b"".join(out), wanted


def test_a_gibibyte_in_many_parts(s3, client, tmp_path):
    """Uploaded in parts of 64 MiB; values across the object, at the right bytes; memory stays what it is."""
    client.create_bucket(Bucket="large")
    block, wanted = text_of(64 * MIB, 1)
    upload = client.create_multipart_upload(Bucket="large", Key="big.log")["UploadId"]
    parts = []
    for number in range(1, 17):
        etag = client.upload_part(Bucket="large", Key="big.log", UploadId=upload, PartNumber=number, Body=block)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    client.complete_multipart_upload(Bucket="large", Key="big.log", UploadId=upload, MultipartUpload={"Parts": parts})
    scan = s3.scan("s3://large/big.log", output=tmp_path / "out", timeout=180, expect=(0,))
    record = scan.results[0]
    ssn = next(d for d in detections(record) if d["type"] == "USA_SOCIAL_SECURITY_NUMBER")
    assert ssn["count"] == 16 * len(wanted)
    every = sorted((start + i * len(block), end + i * len(block)) for i in range(16) for start, end in wanted)
    assert [(o["start"], o["end"]) for o in ssn["occurrences"]["offsetRanges"]] == every[:1000]
    assert "-16" in record["resourcesAffected"]["s3Object"]["eTag"]
    assert scan.ended.peak_bytes <= 256 * MIB or s3.slow != 1, f"{scan.ended.peak_bytes / MIB:.0f} MiB"
    client.delete_object(Bucket="large", Key="big.log")


def test_no_such_bucket(s3, tmp_path):
    ended = s3.run("scan", "s3://no-such-bucket-here", "--output", tmp_path / "out")
    assert ended.code == 4 and "NoSuchBucket" in ended.text


def test_a_prefix_that_matches_nothing(s3, corpus_bucket, tmp_path):
    ended = s3.run("scan", f"s3://{corpus_bucket}/no/such/prefix", "--output", tmp_path / "out")
    assert ended.code == 4 and "no/such/prefix" in ended.text
    ended = s3.run("scan", f"s3://{corpus_bucket}/no/such/prefix", "--output", tmp_path / "out2", "--allow-empty")
    assert ended.code == 0


def test_a_wrong_secret_is_bad_credentials(s3, corpus_bucket, tmp_path):
    secret = "thisisnotthesecretkeyatall"
    ended = s3.run("scan", f"s3://{corpus_bucket}", "--output", tmp_path / "out", env={"AWS_SECRET_ACCESS_KEY": secret})
    assert ended.code == 4 and "SignatureDoesNotMatch" in ended.text
    assert secret not in ended.text


def test_an_unknown_key_id_is_bad_credentials(s3, corpus_bucket, tmp_path):
    ended = s3.run("scan", f"s3://{corpus_bucket}", "--output", tmp_path / "out", env={"AWS_ACCESS_KEY_ID": "nobody"})
    assert ended.code == 4 and ("InvalidAccessKeyId" in ended.text or "AccessDenied" in ended.text)


def test_no_credentials_at_all(assay, server, tmp_path):
    ended = assay.run("scan", "s3://corpus", "--endpoint-url", server.endpoint, "--output", tmp_path / "out")
    assert ended.code == 4 and "credential" in ended.text.lower()


def test_secrets_are_in_no_output(s3, corpus_bucket, server, tmp_path):
    scan = s3.scan(f"s3://{corpus_bucket}/letters/", output=tmp_path / "out", options=("--verbose",))
    for path in scan.folder.iterdir():
        assert server.secret_key.encode() not in path.read_bytes()
    assert server.secret_key not in scan.ended.text and "Signature=" not in scan.ended.text


def test_anonymous_is_denied_and_allowed_as_the_bucket_says(assay, client, server, corpus, tmp_path):
    letter = (corpus.data / "letters/letter.txt").read_bytes()
    for name in ("private-one", "public-one"):
        client.create_bucket(Bucket=name)
        client.put_object(Bucket=name, Key="letter.txt", Body=letter)
    client.put_bucket_policy(Bucket="public-one", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket", "s3:GetObject"],
        "Resource": ["arn:aws:s3:::public-one", "arn:aws:s3:::public-one/*"]}]}))
    options = ("--no-sign-request", "--endpoint-url", server.endpoint)
    ended = assay.run("scan", "s3://private-one", "--output", tmp_path / "a", *options)
    assert ended.code == 4 and "AccessDenied" in ended.text
    scan = assay.scan("s3://public-one", output=tmp_path / "b", options=options, expect=(0,))
    assert len(places(scan.results[0])) > 5


def test_listed_but_not_readable(assay, client, server, tmp_path):
    """Everyone may list, no one may read: each object is SKIPPED by name, and the run is partial."""
    client.create_bucket(Bucket="list-only")
    for i in range(5):
        client.put_object(Bucket="list-only", Key=f"{i}.txt", Body=b"SSN 219-45-6781\n")
    client.put_bucket_policy(Bucket="list-only", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::list-only"]}]}))
    scan = assay.scan("s3://list-only", output=tmp_path / "out", expect=(3,),
                      options=("--no-sign-request", "--endpoint-url", server.endpoint))
    assert [status(r) for r in scan.results] == [("SKIPPED", "PERMISSION_DENIED")] * 5


def test_credentials_and_region_from_shared_files(assay, server, corpus_bucket, tmp_path):
    folder = assay.home / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text(f"[default]\naws_access_key_id = nobody\naws_secret_access_key = nothing\n\n"
                                        f"[test]\naws_access_key_id = {server.access_key}\n"
                                        f"aws_secret_access_key = {server.secret_key}\n")
    (folder / "config").write_text(f"[profile test]\nregion = us-east-1\nendpoint_url = {server.endpoint}\n")
    scan = assay.scan("s3://corpus/letters/", output=tmp_path / "out", options=("--profile", "test"), expect=(0,))
    assert len(scan.results) == 6
    ended = assay.run("scan", "s3://corpus/letters/", "--endpoint-url", server.endpoint, "--output", tmp_path / "out2")
    assert ended.code == 4


def test_two_targets_and_one_is_missing(s3, corpus_bucket, tmp_path):
    scan = s3.scan("s3://corpus/letters/", "s3://no-such-bucket-here", output=tmp_path / "out", expect=(3,))
    assert len(scan.results) == 6
    assert len(scan.summary["targets"]) == 2


def test_second_run_on_a_bucket_is_the_same(s3, corpus_bucket, tmp_path):
    one = s3.scan(f"s3://{corpus_bucket}", output=tmp_path / "out", options=("--select", "all")).compared()
    two = s3.scan(f"s3://{corpus_bucket}", output=tmp_path / "out", options=("--select", "all", "--part-size", "100000")).compared()
    assert one == two

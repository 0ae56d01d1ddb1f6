# SPDX-License-Identifier: Apache-2.0
"""An interrupted run reports what it read, and only that: standard input, folders, limits on what has no size."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time

import pytest
from e2e_fixtures import ROOT, Ended, Scan, detections, identity, status

LINE = b"SSN 219-45-6781 stands here and there is some more text around it\n"


def interrupted(assay, tmp_path, *arguments, data=b"", number=signal.SIGINT):
    """A scan that waits for more input after `data` and is interrupted then; and how long it took to end."""
    out = tmp_path / "out"
    process = assay.start("scan", *arguments, "--output", out, stdin=subprocess.PIPE)
    process.stdin.write(data)
    process.stdin.flush()
    time.sleep(1.0 * assay.slow)
    assert process.poll() is None, process.stderr.read()
    begin = time.monotonic()
    process.send_signal(number)
    code = process.wait(30)
    seconds = time.monotonic() - begin
    process.stdin.close()
    text = process.stdout.read() + process.stderr.read()

    ended = Ended(code, text, b"", seconds, 0)
    assert code == 130, ended.text
    assert seconds <= 2 * assay.slow, f"{seconds:.1f} s"
    return Scan(ended, out)


def check(scan):
    """The files agree with each other (tests/oracles)."""
    pytest.importorskip("moto")
    done = subprocess.run([sys.executable, str(ROOT / "tests/oracles/check_findings.py"), str(scan.folder)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("lines, tail", [(1, b""), (1, b"half a li"), (40_000, b"")])
def test_what_was_read_of_a_pipe_is_reported(assay, tmp_path, number, lines, tail):
    data = LINE * lines + tail
    scan = interrupted(assay, tmp_path, "-", data=data, number=number)
    record = scan.record("-")
    assert status(record) == ("PARTIAL", "INTERRUPTED")
    assert [d["count"] for d in detections(record)] == [lines]
    assert record["resourcesAffected"]["s3Object"]["size"] == len(data)
    assert scan.summary["listed"] == scan.summary["partial"] == {"objects": 1, "bytes": len(data)}
    assert scan.summary["bytes"]["scanned"] == len(data)
    check(scan)


def test_what_was_read_of_a_compressed_pipe_is_reported(assay, tmp_path):
    data = b"".join(LINE + os.urandom(40).hex().encode() + b"\n" for _ in range(20_000))
    packed = gzip.compress(data)
    scan = interrupted(assay, tmp_path, "-", data=packed[:-1000])
    record = scan.record("-")
    assert status(record) == ("PARTIAL", "INTERRUPTED")
    found = sum(d["count"] for d in detections(record))
    assert 19_000 <= found <= 20_000, "all but the last thousand bytes could be decoded"
    assert scan.summary["listed"]["bytes"] == len(packed) - 1000
    check(scan)


def test_objects_that_were_never_read_are_not_attempted(assay, tmp_path):
    """One thread, and it waits for standard input: the folder's turn never comes."""
    data = tmp_path / "data"
    data.mkdir()
    for i in range(300):
        (data / f"{i:03}.txt").write_bytes(LINE)
    scan = interrupted(assay, tmp_path, "-", data, "--threads", "1", data=LINE)
    summary = scan.summary
    records = {identity(r)[0]: status(r) for r in scan.results}
    assert records.pop("-") == ("PARTIAL", "INTERRUPTED")
    assert set(records.values()) == {("SKIPPED", "INTERRUPTED")} and len(records) == 300
    assert summary["notAttempted"] == {"objects": 300, "bytes": 300 * len(LINE)}
    assert summary["skipped"]["objects"] == 0
    assert [(r["reason"], r["objects"]) for r in summary["reasons"]] == [("INTERRUPTED", 1)]
    assert b"Not read: 300 objects" in scan.ended.stdout
    check(scan)


def test_a_pipe_of_which_nothing_came_is_not_attempted(assay, tmp_path):
    scan = interrupted(assay, tmp_path, "-")
    assert status(scan.record("-")) == ("SKIPPED", "INTERRUPTED")
    assert scan.summary["notAttempted"] == {"objects": 1, "bytes": 0}
    check(scan)


def test_a_slow_producer_is_read_to_its_end(assay, tmp_path):
    def slowly(pipe):
        for _ in range(5):
            pipe.write(LINE)
            pipe.flush()
            time.sleep(0.2)
    scan = assay.scan("-", output=tmp_path / "out", stdin=slowly, expect=(0,))
    assert status(scan.record("-")) == ("COMPLETE", None)
    assert [d["count"] for d in detections(scan.record("-"))] == [5]
    assert scan.summary["listed"] == {"objects": 1, "bytes": 5 * len(LINE)}


def test_a_redirected_file_is_counted_from_where_it_stands(assay, tmp_path):
    path = tmp_path / "input"
    path.write_bytes(LINE * 10)
    with open(path, "rb") as file:
        file.seek(4 * len(LINE))
        os.lseek(file.fileno(), 4 * len(LINE), os.SEEK_SET)
        process = assay.start("scan", "-", "--output", tmp_path / "out", stdin=file)
        assert process.wait(30) == 0, process.stderr.read()
    summary = json.loads((tmp_path / "out/summary.json").read_bytes())
    assert summary["listed"]["bytes"] == summary["complete"]["bytes"] == 6 * len(LINE)
    assert summary["detections"]["reported"] == 6


@pytest.mark.parametrize("limit, verdict, count", [
    (3 * len(LINE) - 1, ("PARTIAL", "FILE_EXCEEDS_SIZE_LIMIT"), 3), (2 * len(LINE), ("PARTIAL", "FILE_EXCEEDS_SIZE_LIMIT"), 2),
    (4, ("PARTIAL", "FILE_EXCEEDS_SIZE_LIMIT"), 0), (0, ("SKIPPED", "FILE_EXCEEDS_SIZE_LIMIT"), 0),
    (10 * len(LINE), ("COMPLETE", None), 10), (11 * len(LINE), ("COMPLETE", None), 10)])
def test_the_size_limit_cuts_standard_input_at_its_byte(assay, tmp_path, limit, verdict, count):
    scan = assay.scan("-", output=tmp_path / "out", stdin=LINE * 10, options=("--max-object-size", str(limit)),
                      expect=(0 if verdict[0] == "COMPLETE" else 3,))
    record = scan.record("-")
    assert status(record) == verdict
    assert sum(d["count"] for d in detections(record)) == count
    assert scan.summary["bytes"]["scanned"] == min(limit, 10 * len(LINE))
    check(scan)


def many_members(count):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for i in range(count):
            member = tarfile.TarInfo(f"folder/{i:06}.txt")
            member.size = len(LINE)
            tar.addfile(member, io.BytesIO(LINE))
    return packed.getvalue()


@pytest.mark.parametrize("signals", [1, 2])
def test_an_interrupt_while_the_files_are_written(assay, tmp_path, signals):
    """Everything was read: the files are finished. A second signal ends it at once, and nothing looks whole."""
    (tmp_path / "many.tar").write_bytes(many_members(20_000))
    out = tmp_path / "out"
    process = assay.start("scan", tmp_path / "many.tar", "--output", out, "--no-progress")
    while process.poll() is None and not (out / ".results.jsonl.partial").exists():
        time.sleep(0.005)
    for _ in range(signals):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
    code = process.wait(60 * assay.slow)
    names = {path.name for path in out.iterdir()}
    if "summary.json" in names:
        scan = Scan(Ended(code, b"", b"", 0, 0), out)
        assert code == 0 and len(scan.results) == 20_001 and not scan.summary["interrupted"]
    else:
        assert signals == 2 and code == 130 and ".assay-spool" in names

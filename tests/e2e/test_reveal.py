# SPDX-License-Identifier: Apache-2.0
"""--reveal and --reveal-to: every reported place with its text, there and nowhere else."""

import json
import os
import signal
import stat
import subprocess
import time

import pytest
from e2e_fixtures import detections, identity, labels
from test_cli import Terminal
from test_faults import ENVIRONMENT, FaultServer, view
from test_secrecy import leaked, needles

LINE = b"SSN 219-45-6781 stands here and there is some more text around it\n"


def revealed(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("options", [("--threads", "1"), ("--threads", "3", "--block-size", "700")])
def test_every_reported_place_has_its_line(assay, corpus, corpus_scan, tmp_path, options):
    file = tmp_path / "values.jsonl"
    scan = assay.scan(corpus.data, output=tmp_path / "out", options=("--select", "all", "--reveal-to", file, *options), expect=(3,))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert view(scan) == view(corpus_scan), "what is revealed changes no result"
    for name, data in scan.held.items():
        assert not leaked(data, needles(corpus)), name
    assert not leaked(scan.ended.stdout + scan.ended.stderr, needles(corpus))
    told = {}
    for line in revealed(file):
        assert line["object"].startswith(f"{corpus.data}/")
        key = (line["object"][len(str(corpus.data)) + 1:], line["member"], line["type"])
        told.setdefault(key, []).append((line["start"], line["end"]))
    placed = 0
    for record in scan.results:
        if record["classificationDetails"]["result"].get("mimeType") in ("application/zip", "application/x-tar"):
            continue
        for d in detections(record):
            ranges = [(o["start"], o["end"]) for o in d["occurrences"]["offsetRanges"]]
            if ranges:
                assert sorted(told[(*identity(record), d["type"])])[:1000] == ranges, (identity(record), d["type"])
                placed += len(ranges)
    assert placed > 1000


def test_the_text_is_that_of_the_place(assay, corpus, tmp_path):
    file = tmp_path / "values.jsonl"
    assay.scan(corpus.data / "letters", output=tmp_path / "out", options=("--select", "all", "--reveal-to", file))
    lines = revealed(file)
    assert len(lines) > 10
    for line in lines:
        data = open(line["object"], "rb").read()
        place = data[line["start"]:line["end"]]
        assert line["text"] in [place.decode(c, "replace") for c in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")]
        assert line["member"] is None
    values = {line["text"] for line in lines}
    wanted = {i["value"] for i in labels(corpus, "item") if i["path"].startswith("letters/")}
    assert len(wanted & values) > len(wanted) // 2


def test_a_long_value_is_cut(assay, tmp_path):
    body = "\n".join("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"[:64] for _ in range(200))
    (tmp_path / "key.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    file = tmp_path / "values.jsonl"
    assay.scan(tmp_path / "key.pem", output=tmp_path / "out", options=("--select", "all", "--min-confidence", "0", "--reveal-to", file))
    keys = [line for line in revealed(file) if "PRIVATE KEY" in line["text"]]
    assert keys
    for line in keys:
        assert len(line["text"]) <= 4096
        assert line.get("cut", False) == (line["end"] - line["start"] > 4096)


def test_a_restarted_object_voids_what_was_written(assay, tmp_path):
    """Its second version is read; lines after the mark are those of the results."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "big.txt").write_bytes(LINE * 40_000)
    file = tmp_path / "values.jsonl"
    with FaultServer("--root", data, "--every", "changed-1") as server:
        scan = assay.scan("s3://files", output=tmp_path / "out", env=ENVIRONMENT, timeout=120,
                          options=("--endpoint-url", server.endpoint, "--part-size", "262144", "--reveal-to", file))
    lines = revealed(file)
    assert {line["object"] for line in lines} == {"s3://files/big.txt"}
    marks = [i for i, line in enumerate(lines) if line.get("restarted")]
    last = lines[marks[-1] + 1:] if marks else lines
    assert len(last) == sum(d["count"] for d in detections(scan.record("big.txt")))


def test_a_terminal_shows_values_and_a_pipe_refuses(assay, tmp_path):
    hostile = tmp_path / "a\x1b[2Jb\u202ec.txt"
    hostile.write_bytes(LINE)
    arguments = ("scan", hostile, "--reveal", "--output", tmp_path / "out", "--no-progress")
    piped = assay.run(*arguments)
    assert piped.code == 2 and b"terminal only" in piped.stderr and not (tmp_path / "out").exists()
    code, text = Terminal(assay, *arguments).end()
    assert code == 0 and "219-45-6781" in text and ":1:5" in text
    assert "\x1b[2J" not in text and "\u202e" not in text
    for path in (tmp_path / "out").iterdir():
        assert b"219-45-6781" not in path.read_bytes()


def test_places_that_are_refused(assay, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.txt").write_bytes(LINE)
    (tmp_path / "old").write_bytes(b"keep")
    (tmp_path / "link").symlink_to(tmp_path / "old")
    os.mkfifo(tmp_path / "pipe")
    out = ("--output", tmp_path / "out")
    for place, code in (("data/values", 2), ("old", 2), ("link", 2), ("none/values", 2), ("pipe", 2)):
        ended = assay.run("scan", data, *out, "--reveal-to", tmp_path / place)
        assert ended.code == code and b"--reveal-to" in ended.stderr, ended.text
        assert not (tmp_path / "out").exists()
    assert (tmp_path / "old").read_bytes() == b"keep" and not (data / "values").exists()
    ended = assay.run("scan", data, *out, "--reveal-to", tmp_path / "values", "--redact-names")
    assert ended.code == 2 and b"choose" in ended.stderr and not (tmp_path / "values").exists()
    ended = assay.run("scan", data, *out, "--reveal-to", tmp_path / "values", "--select", "NO_SUCH")
    assert ended.code == 2 and not (tmp_path / "values").exists(), "nothing was scanned"
    (tmp_path / "old").chmod(0o644)
    ended = assay.run("scan", data, *out, "--reveal-to", tmp_path / "old", "--overwrite")
    assert ended.code == 0, ended.text
    assert [line["text"] for line in revealed(tmp_path / "old")] == ["219-45-6781"]
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o600


def test_no_input_is_ever_emptied(assay, tmp_path):
    """A FILE that is a TARGET by any name is refused; another name of an object keeps the object."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.txt").write_bytes(LINE)
    os.link(data / "a.txt", tmp_path / "hard")
    (tmp_path / "link").symlink_to(data / "a.txt")
    (tmp_path / "out").mkdir()
    for target, place, message in ((tmp_path / "hard", "hard", b"is the TARGET"), (data / "a.txt", "hard", b"is the TARGET"),
                                   (tmp_path / "link", "hard", b"is the TARGET"), (data, "data/a.txt", b"stands below the TARGET"),
                                   (data, "link", b"no regular file"), (data, "out/results.jsonl", b"output folder"),
                                   (data, "new/", b"")):
        ended = assay.run("scan", target, "--output", tmp_path / "out", "--overwrite", "--reveal-to", f"{tmp_path}/{place}")
        assert ended.code == 2 and b"--reveal-to" in ended.stderr and message in ended.stderr, (place, ended.text)
        assert (data / "a.txt").read_bytes() == LINE
    with open(tmp_path / "hard", "rb") as stdin:
        process = assay.start("scan", "-", "--quiet", "--overwrite", "--reveal-to", tmp_path / "hard", stdin=stdin)
        text = b"".join(process.communicate(timeout=60))
    assert process.returncode == 2 and b"is the TARGET" in text, text
    scan = assay.scan(data, output=tmp_path / "out", options=("--overwrite", "--reveal-to", tmp_path / "hard"))
    assert sum(d["count"] for d in detections(scan.record("a.txt"))) == 1
    assert (data / "a.txt").read_bytes() == LINE
    assert [line["text"] for line in revealed(tmp_path / "hard")] == ["219-45-6781"]
    assert not list(tmp_path.glob(".*")), "nothing stays beside"


def test_an_interrupted_run_leaves_what_was_revealed(assay, tmp_path):
    (tmp_path / "old").write_bytes(b"keep")
    process = assay.start("scan", "-", "--quiet", "--threads", "1", "--reveal-to", tmp_path / "old", "--overwrite", stdin=subprocess.PIPE)
    process.stdin.write(LINE * 200_000)
    process.stdin.flush()
    assert (tmp_path / "old").read_bytes() == b"keep", "replaced at the end only"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert {line["text"] for line in revealed(tmp_path / "old")} <= {"219-45-6781"}
    assert not list(tmp_path.glob(".*"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_file_that_cannot_grow_is_a_fault(assay, tmp_path):
    from test_endings import limited_files
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.txt").write_bytes(LINE * 5000)
    begin = time.monotonic()
    (tmp_path / "values").write_bytes(b"keep")
    process = assay.start("scan", data, "--reveal-to", tmp_path / "values", "--overwrite", "--quiet", preexec_fn=limited_files(1000))
    text = b"".join(process.communicate(timeout=60))
    assert process.returncode == 5, text[-500:]
    assert time.monotonic() - begin < 30
    assert (tmp_path / "values").read_bytes() == b"keep" and not list(tmp_path.glob(".*"))

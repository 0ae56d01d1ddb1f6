# SPDX-License-Identifier: Apache-2.0
"""Invariant 3: matched bytes stay inside. No output, log, error text or crash leaves one, unless asked to."""

import ctypes
import os
import re
import resource
import signal
import subprocess
import time

import pytest
from e2e_fixtures import labels


def needles(corpus):
    """Planted values in the forms in which they could leak: as they are, and their digits alone. Dates are left out,
    for a time stamp may hold the same day."""
    found = set()
    for item in labels(corpus, "item"):
        value = item["value"]
        if item["type"] == "DATE_OF_BIRTH":
            continue
        found.update(line for line in value.split("\n") if len(line) >= 9 and not line.startswith(("-----", "PuTTY", "Comment", "Encryption")))
        digits = re.sub(r"\D", "", value)
        if len(digits) >= 11 and len(digits) * 2 > len(value):
            found.add(digits)
    return {n.encode() for n in found}


def leaked(text, wanted):
    """Values of `wanted` in `text`, by one pass over the words of the text that could hold one."""
    return sorted(n for n in wanted if n in text)


def test_no_value_stands_in_any_output(corpus, corpus_scan):
    wanted = needles(corpus)
    assert len(wanted) > 5000
    for path in corpus_scan.folder.iterdir():
        found = leaked(path.read_bytes(), wanted)
        assert not found, f"{path.name} shows {len(found)} values"
    assert not leaked(corpus_scan.ended.stdout + corpus_scan.ended.stderr, wanted)


@pytest.mark.parametrize("options", [("--verbose",), ("--output", "-"), ()], ids=["verbose", "lines", "standard output"])
def test_no_value_stands_on_the_screen(corpus, assay, tmp_path, options):
    if "--output" not in options and options:
        options = (*options, "--output", tmp_path / "out")
    ended = assay.run("scan", corpus.data / "letters", corpus.data / "config", "--select", "all", *options)
    assert not leaked(ended.stdout + ended.stderr, needles(corpus))


def test_damaged_files_leak_nothing_into_errors(corpus, assay, tmp_path):
    """Archives and compressed files cut and changed in the middle: many error texts, no value."""
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in [*(corpus.data / "packed").iterdir(), *(corpus.data / "archives").iterdir()]:
        data = bytearray(path.read_bytes())
        (broken / f"cut-{path.name}").write_bytes(data[:len(data) * 2 // 3])
        for at in range(100, len(data), 997):
            data[at] ^= 0x55
        (broken / f"changed-{path.name}").write_bytes(data)
    scan = assay.scan(broken, output=tmp_path / "out", options=("--select", "all", "--verbose"), expect=(3,))
    everything = scan.ended.stdout + scan.ended.stderr + b"".join(p.read_bytes() for p in scan.folder.iterdir())
    assert not leaked(everything, needles(corpus))


def unlimited_core():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def reading_thread(pid):
    """The thread that waits for standard input: in poll(2), or in read(2) of descriptor 0. x86-64's numbers."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for task in os.listdir(f"/proc/{pid}/task"):
            call = open(f"/proc/{pid}/task/{task}/syscall", encoding="ascii").read().split()
            if call[0] == "7" or (call[0] == "0" and int(call[1], 16) == 0):
                return int(task)
        time.sleep(0.02)
    return pid


def test_a_crash_leaves_no_core_and_names_the_object(corpus, assay, tmp_path):
    folder = tmp_path / "cwd"
    folder.mkdir()
    letter = (corpus.data / "letters/letter.txt").read_bytes()
    process = assay.start("scan", "-", "--output", tmp_path / "out", stdin=subprocess.PIPE, cwd=folder,
                          preexec_fn=unlimited_core)
    process.stdin.write(letter * 400)  # more than the pipe holds, so it is being read
    process.stdin.flush()
    time.sleep(0.3 * assay.slow)
    limits = open(f"/proc/{process.pid}/limits", encoding="ascii").read()
    core = re.search(r"Max core file size\s+(\S+)", limits).group(1)
    # A fault is the thread's that made it.
    assert ctypes.CDLL(None).tgkill(process.pid, reading_thread(process.pid), signal.SIGSEGV) == 0
    time.sleep(0.1)
    process.stdin.close()
    out, err = process.stdout.read(), process.stderr.read()
    code = process.wait(10)
    assert core == "0"
    assert code == 5, (code, err[-500:])
    assert b'"-"' in err or b"'-'" in err or b" -" in err, err[-500:]
    assert list(folder.iterdir()) == [], "a core file"
    wanted = needles(corpus)
    assert not leaked(out + err, wanted)
    assert not (tmp_path / "out/summary.json").exists()
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert not leaked(path.read_bytes(), wanted), f"{path.name} in the spool shows a value"


def test_column_names_that_are_values_are_left_out(assay, tmp_path):
    """Macie leaves out a column name or path element in which a detector confirms; names of files stay."""
    email = "someone.private77@larkfield.org"
    (tmp_path / "data").mkdir()
    (tmp_path / "data/table.csv").write_text(f"ssn,{email}\n" + "".join(
        f"{a:03d}-45-{1000 + a},x\n" for a in range(101, 120)))
    (tmp_path / "data/tree.jsonl").write_text("".join(
        f'{{"{email}":{{"ssn":"{a:03d}-45-{2000 + a}"}}}}\n' for a in range(101, 120)))
    scan = assay.scan(tmp_path / "data", output=tmp_path / "out", options=("--select", "all"))
    for path in scan.folder.iterdir():
        assert email.encode() not in path.read_bytes(), path.name


def test_redact_names_masks_keys_with_findings(corpus, assay, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/jane-roe-letter.txt").write_bytes((corpus.data / "letters/letter.txt").read_bytes())
    (tmp_path / "data/plain.txt").write_text("nothing here\n")
    plain = assay.scan(tmp_path / "data", output=tmp_path / "a", expect=(0,))
    masked = assay.scan(tmp_path / "data", output=tmp_path / "b", options=("--redact-names",), expect=(0,))
    for name in ("findings.asff.json", "findings.macie.jsonl", "findings.csv", "results.jsonl"):
        assert b"jane-roe" not in masked.bytes(name), name
        assert b"jane-roe" in plain.bytes(name), name
    assert b"plain.txt" in masked.bytes("results.jsonl")
    assert [f["Id"] for f in masked.asff] == [f["Id"] for f in plain.asff], "ids do not change"
    assert b"jane-roe" not in masked.ended.stdout + masked.ended.stderr
    for options in (("--verbose", "--output", tmp_path / "c"), (), ("--output", "-"), ("--quiet", "--verbose", "--output", tmp_path / "d")):
        ended = assay.run("scan", tmp_path / "data", "--redact-names", *options)
        assert ended.code == 0 and b"jane-roe" not in ended.stdout + ended.stderr, options

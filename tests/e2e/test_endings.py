# SPDX-License-Identifier: Apache-2.0
"""How runs end that do not end well: signals, closed pipes, full disks, folders that can't be written, kills."""

import json
import os
import resource
import signal
import subprocess
import threading
import time

import pytest
from e2e_fixtures import FINDING_FILES, identity, places, status

LINE = b"SSN 219-45-6781 stands here and there is some more text around it\n"


def endless(process, stop):
    """Feeds text for ever, until the reader is gone."""
    def feed():
        try:
            while not stop.is_set():
                process.stdin.write(LINE * 512)
                time.sleep(0.005)
        except (BrokenPipeError, ValueError):
            pass
    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def running(assay, tmp_path):
    """A scan of a folder and of a pipe that never ends."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.txt").write_bytes(LINE)
    process = assay.start("scan", folder, "-", "--output", tmp_path / "out", stdin=subprocess.PIPE)
    stop = threading.Event()
    thread = endless(process, stop)
    time.sleep(0.8 * assay.slow)
    assert process.poll() is None, process.stderr.read()
    yield process
    stop.set()
    if process.poll() is None:
        process.kill()
    process.wait(10)
    thread.join(5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_within_two_seconds_and_reports(assay, running, tmp_path, number):
    begin = time.monotonic()
    running.send_signal(number)
    code = running.wait(20)
    seconds = time.monotonic() - begin
    assert code == 130
    assert seconds <= 2 * assay.slow, f"{seconds:.1f} s"
    summary = json.loads((tmp_path / "out/summary.json").read_bytes())
    assert summary["interrupted"] is True
    records = [json.loads(line) for line in (tmp_path / "out/results.jsonl").read_bytes().splitlines()]
    found = {identity(r)[0]: r for r in records}
    assert status(found["a.txt"]) == ("COMPLETE", None)
    if "-" in found:
        assert status(found["-"])[0] != "COMPLETE", "an object that was cut off never looks complete"
        assert status(found["-"])[1] == "INTERRUPTED"
    for name in FINDING_FILES:
        assert (tmp_path / "out" / name).exists()


def test_a_second_signal_ends_it_at_once(assay, running):
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGINT)
    begin = time.monotonic()
    code = running.wait(20)
    assert code in (130, -signal.SIGINT)
    assert time.monotonic() - begin <= 1 * assay.slow


def test_an_interrupt_while_waiting_for_input(assay, tmp_path):
    """A pipe that says nothing must not hold the program."""
    process = assay.start("scan", "-", "--output", tmp_path / "out", stdin=subprocess.PIPE)
    time.sleep(0.5 * assay.slow)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert time.monotonic() - begin <= 2 * assay.slow
    process.stdin.close()


def test_a_kill_loses_nothing_that_a_second_run_does_not_bring_back(assay, corpus, tmp_path):
    truth = assay.scan(corpus.data, output=tmp_path / "out", options=("--select", "all"))
    expected = truth.compared()
    for delay in (0.05, 0.15, 0.3):
        process = assay.start("scan", corpus.data, "--output", tmp_path / "out", "--overwrite", "--select", "all")
        time.sleep(delay)
        process.kill()
        process.communicate()
    again = assay.scan(corpus.data, output=tmp_path / "out", options=("--select", "all"))
    assert again.compared() == expected
    assert {p.name for p in (tmp_path / "out").iterdir()} == {*FINDING_FILES, "summary.json"}


def test_a_killed_run_is_not_mistaken_for_a_whole_one(assay, tmp_path):
    process = assay.start("scan", "-", "--output", tmp_path / "out", stdin=subprocess.PIPE)
    process.stdin.write(LINE * 1000)
    process.stdin.flush()
    time.sleep(0.3 * assay.slow)
    process.kill()
    process.communicate()
    assert not (tmp_path / "out/summary.json").exists()


def test_a_closed_pipe_ends_the_run_quietly(assay, corpus, tmp_path):
    """As in `assay scan DIR | head -1`."""
    for options in ((), ("--output", "-")):
        reader, writer = os.pipe()
        process = assay.start("scan", corpus.data, *options, stdout=writer)
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
        err = process.stderr.read().decode(errors="replace")
        code = process.wait(30)
        assert code >= 0, f"killed by signal {-code}"
        assert code in (0, 3, 5), (code, err)
        assert "Broken pipe" not in err or err.count("Broken pipe") == 1


def limited_files(size):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


@pytest.mark.parametrize("size", [0, 100, 4096, 200_000])
def test_output_that_may_not_grow_is_a_fault_of_its_own(assay, corpus, tmp_path, size):
    process = assay.start("scan", corpus.data, "--output", tmp_path / "out", "--select", "all", preexec_fn=limited_files(size))
    text = b"".join(process.communicate(timeout=60)).decode(errors="replace")
    assert process.returncode == 5, text[-2000:]
    assert str(tmp_path / "out") in text or "findings" in text or "results" in text
    assert not (tmp_path / "out/summary.json").exists(), "its presence would mean that the run is whole"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for mount")
def test_a_full_disk_is_a_fault_of_its_own(assay, corpus, tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(mount)], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("tmpfs can't be mounted here")
    try:
        ended = assay.run("scan", corpus.data, "--output", mount / "out", "--select", "all")
        assert ended.code == 5, ended.text[-2000:]
        assert not (mount / "out/summary.json").exists()
    finally:
        subprocess.run(["umount", str(mount)], check=False)


def test_a_folder_that_cannot_be_made(assay, corpus, tmp_path):
    (tmp_path / "file").write_text("in the way")
    ended = assay.run("scan", corpus.data / "clean", "--output", tmp_path / "file/out")
    assert ended.code in (2, 5) and str(tmp_path / "file") in ended.text
    ended = assay.run("scan", corpus.data / "clean", "--output", "/proc/out")
    assert ended.code in (2, 5) and "/proc/out" in ended.text


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become nobody")
def test_a_read_only_folder_and_unreadable_files(assay, corpus, tmp_path):
    """As a user without rights: output that can't be written, files and folders that can't be read."""
    data = tmp_path / "data"
    (data / "closed").mkdir(parents=True)
    (data / "open.txt").write_bytes(LINE)
    (data / "secret.txt").write_bytes(LINE)
    (data / "closed/inside.txt").write_bytes(LINE)
    (data / "secret.txt").chmod(0)
    (data / "closed").chmod(0)
    out = tmp_path / "out"
    out.mkdir(mode=0o777)
    out.chmod(0o777)
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.geteuid() and len(path.parts) > 2:
            path.chmod(path.stat().st_mode | 0o055)

    def become_nobody():
        os.setgid(65534)
        os.setuid(65534)
    readable = subprocess.run(["test", "-x", assay.path], preexec_fn=become_nobody, check=False).returncode == 0
    if not readable:
        pytest.skip("the program stands where other users can't reach it")
    ended = assay.run("scan", data, "--output", out, preexec_fn=become_nobody)
    assert ended.code == 3, ended.text
    records = {identity(r)[0]: r for r in map(json.loads, (out / "results.jsonl").read_bytes().splitlines())}
    assert status(records["open.txt"]) == ("COMPLETE", None) and places(records["open.txt"])
    assert status(records["secret.txt"]) == ("SKIPPED", "PERMISSION_DENIED")
    denied = [key for key in records if key.startswith("closed")]
    assert len(denied) == 1 and status(records[denied[0]]) == ("SKIPPED", "PERMISSION_DENIED")
    for target in (data / "secret.txt", data / "closed"):
        ended = assay.run("scan", target, "--output", out, "--overwrite", preexec_fn=become_nobody)
        assert ended.code == 4 and b"ermission denied" in ended.stderr, ended.text
    out.chmod(0o555)
    os.chown(out, 0, 0)
    ended = assay.run("scan", data, "--output", out, "--overwrite", preexec_fn=become_nobody)
    assert ended.code in (2, 5) and str(out) in ended.text


def test_a_file_that_changes_while_it_is_read(assay, tmp_path):
    """It grows and is rewritten all the time: never COMPLETE with a mix of both, never a hang."""
    path = tmp_path / "moving.txt"
    path.write_bytes(LINE * 400_000)
    stop = threading.Event()

    def rewrite():
        with open(path, "r+b") as file:
            while not stop.is_set():
                file.seek(0, 2)
                file.write(LINE)
                file.flush()
                time.sleep(0.001)
    thread = threading.Thread(target=rewrite)
    thread.start()
    try:
        scan = assay.scan(path, output=tmp_path / "out", timeout=60)
    finally:
        stop.set()
        thread.join()
    code, reason = status(scan.results[0])
    assert (code, reason) == ("COMPLETE", None) or reason == "OBJECT_VERSION_MISMATCH", (code, reason)
    assert scan.code == (0 if code == "COMPLETE" else 3)


def test_cold_start_is_quick(assay, tmp_path):
    if assay.slow != 1:
        pytest.skip("an instrumented build")
    path = tmp_path / "one.txt"
    path.write_bytes(LINE)
    best = min(assay.scan(path, output=tmp_path / "out", expect=(0,)).ended.seconds for _ in range(5))
    assert best <= 0.25, f"{best * 1000:.0f} ms for one line, from start to end"

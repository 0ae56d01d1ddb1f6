# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: the program under test, the sample corpus, and a scan as a value.

The program is named by ASSAY (default: build/release/assay). Every run has an empty home, no AWS
settings of the caller, a fixed SOURCE_DATE_EPOCH, and a time limit.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "corpus"), str(ROOT / "tests/servers"), str(ROOT / "tests/e2e")]

import generate  # noqa: E402  (corpus/generate.py)

FINDING_FILES = ("findings.asff.json", "findings.macie.jsonl", "findings.csv", "results.jsonl")
EPOCH = "1780000000"


def program():
    path = Path(os.environ.get("ASSAY", ROOT / "build/release/assay"))
    if not path.is_file():
        pytest.exit(f"{path} is not there: build first, or set ASSAY", 4)
    return str(path)


class Ended:
    """A finished process: exit code, output, and what it used."""

    def __init__(self, code, stdout, stderr, seconds, peak_bytes):
        self.code, self.stdout, self.stderr = code, stdout, stderr
        self.seconds, self.peak_bytes = seconds, peak_bytes

    @property
    def text(self):
        return (self.stdout + self.stderr).decode(errors="replace")


class Scan:
    """A scan's exit code and what stood in its output folder when it ended."""

    def __init__(self, ended, folder):
        self.ended, self.code, self.folder = ended, ended.code, Path(folder)
        self.held = {name: (self.folder / name).read_bytes() for name in (*FINDING_FILES, "summary.json")
                     if (self.folder / name).is_file()}

    def bytes(self, name):
        assert name in self.held, f"no {name}; exit code {self.code}\n{self.ended.text[-3000:]}"
        return self.held[name]

    @cached_property
    def results(self):
        return [json.loads(line) for line in self.bytes("results.jsonl").splitlines()]

    @cached_property
    def by_identity(self):
        found = {}
        for record in self.results:
            found.setdefault(identity(record), []).append(record)
        return found

    @property
    def summary(self):
        return json.loads(self.bytes("summary.json"))

    @cached_property
    def asff(self):
        return json.loads(self.bytes("findings.asff.json"))

    @cached_property
    def macie(self):
        return [json.loads(line) for line in self.bytes("findings.macie.jsonl").splitlines()]

    @property
    def table(self):
        return list(csv.DictReader(self.bytes("findings.csv").decode("utf-8-sig").splitlines()))

    def record(self, key, member=None):
        found = self.by_identity.get((key, member), [])
        assert len(found) == 1, f"{len(found)} records of {key} {member}"
        return found[0]

    def compared(self):
        """Everything that must be the same in a second run: all files, the summary without what is measured
        and without the arguments, which may differ on purpose."""
        files = {name: self.bytes(name) for name in FINDING_FILES}
        summary = self.summary
        summary.pop("measured", None)
        for name in ("arguments", "evidence"):
            part = summary.get(name)
            if isinstance(part, dict):
                part.pop("arguments", None)
            elif part is not None:
                summary.pop(name)
        files["summary.json"] = json.dumps(summary, sort_keys=True).encode()
        return files


def identity(record):
    s3_object = record["resourcesAffected"]["s3Object"]
    return s3_object["key"], (s3_object.get("embeddedFileDetails") or {}).get("filePath")


def status(record):
    found = record["classificationDetails"]["result"]["status"]
    return found["code"], found.get("reason")


def detections(record):
    """Every detection of a record, managed and custom."""
    result = record["classificationDetails"]["result"]
    for group in result.get("sensitiveData") or ():
        yield from group["detections"]
    yield from (result.get("customDataIdentifiers") or {}).get("detections") or ()


def places(record):
    """{(type, start, end)} of a record."""
    return {(d["type"], o["start"], o["end"]) for d in detections(record)
            for o in d["occurrences"].get("offsetRanges") or ()}


def high_water(pid):
    """The most memory that a process has had at once, in bytes; 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def environment(home, extra=None):
    kept = {name: value for name, value in os.environ.items()
            if name in ("PATH", "LANG", "TMPDIR") or name.endswith("SAN_OPTIONS")}
    return {**kept, "HOME": str(home), "SOURCE_DATE_EPOCH": EPOCH, "NO_COLOR": "1",
            "AWS_EC2_METADATA_DISABLED": "true", **(extra or {})}


class Assay:
    """Runs the program. `slow` factor is for instrumented builds (ASSAY_SLOW)."""

    def __init__(self, home):
        self.path, self.home = program(), home
        self.slow = float(os.environ.get("ASSAY_SLOW", "1"))

    def start(self, *arguments, env=None, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([self.path, *map(str, arguments)], env=environment(self.home, env), **options)

    def run(self, *arguments, env=None, timeout=120, stdin=None, **options):
        """Runs to the end. `stdin`: bytes, or a function that writes them to the file it is given."""
        out, err = (open(self.home / name, "w+b") for name in ("stdout", "stderr"))
        begin = time.monotonic()
        feeding = subprocess.PIPE if stdin is not None else subprocess.DEVNULL
        process = self.start(*arguments, env=env, stdin=feeding, stdout=options.pop("stdout", out),
                             stderr=err, **options)
        if stdin is not None:
            try:
                process.stdin.write(stdin) if isinstance(stdin, bytes) else stdin(process.stdin)
                process.stdin.close()
            except BrokenPipeError:
                pass
        deadline, peak = time.monotonic() + timeout * self.slow, 0
        while True:
            # Not ru_maxrss: that begins with the size of the parent, which a new program inherits.
            peak = max(peak, high_water(process.pid))
            pid, state = os.waitpid(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                process.kill()
                os.waitpid(process.pid, 0)
                pytest.fail(f"{' '.join(process.args)} did not end within {timeout} s")
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(state)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read())
            file.close()
        return Ended(process.returncode, *texts, time.monotonic() - begin, peak)

    def scan(self, *targets, output, options=(), expect=None, **more):
        """Scans into `output`, replacing what is there. `expect`: exit codes that are fine."""
        ended = self.run("scan", *targets, "--output", output, "--overwrite", *options, **more)
        if expect is not None:
            assert ended.code in expect, f"exit code {ended.code}\n{ended.text[-4000:]}"
        return Scan(ended, output)


@pytest.fixture
def assay(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return Assay(home)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """The small corpus: a generate.Corpus whose labels hold the values; .folder/data is to be scanned."""
    folder = tmp_path_factory.mktemp("corpus")
    made = generate.generate(folder, seed=7, size="small")
    made.data = folder / "data"
    return made


@pytest.fixture(scope="session")
def corpus_scan(corpus, tmp_path_factory):
    """One scan of the corpus with every detector and every confidence, shared by the tests that only look."""
    home = tmp_path_factory.mktemp("corpus-scan")
    assay = Assay(home)
    return assay.scan(corpus.data, output=home / "out", options=("--select", "all"), expect=(3,))


def labels(corpus, kind):
    return [label for label in corpus.labels if label["kind"] == kind]


@pytest.fixture
def needs():
    """needs("zip", "xz"): skips the test, loudly, where a program is missing."""
    def check(*programs):
        missing = [name for name in programs if shutil.which(name) is None]
        if missing:
            pytest.skip("not installed: " + ", ".join(missing))
    return check

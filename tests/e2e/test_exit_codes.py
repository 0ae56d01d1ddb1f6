# SPDX-License-Identifier: Apache-2.0
"""The table of exit codes (docs/operations.md), one row after the other."""

import os

import pytest
from e2e_fixtures import labels, status

LETTER = "letters/letter.txt"


@pytest.mark.parametrize("name, target, options, code", [
    ("read in full", "clean", (), 0),
    ("findings alone are no failure", LETTER, (), 0),
    ("findings at the level asked for", LETTER, ("--fail-on", "high"), 1),
    ("findings above the level asked for", LETTER, ("--fail-on", "low"), 1),
    ("no findings", "clean", ("--fail-on", "low"), 0),
    ("a document that is not read", "docs", (), 3),
    ("a document that is not read, and findings", ".", ("--fail-on", "low"), 6),
    ("a document that is not read, no findings", "docs", ("--fail-on", "low"), 3),
    ("pictures do not count", "images", (), 0),
    ("unless asked to", "images", ("--strict",), 3),
    ("nothing matches the filter", ".", ("--include", "*.nothing"), 4),
    ("nothing matches and that is fine", ".", ("--include", "*.nothing", "--allow-empty"), 0),
    ("not there", "no-such-folder", (), 4),
    ("unknown option", ".", ("--no-such-option",), 2),
    ("no number", ".", ("--threads", "many"), 2),
    ("no size", ".", ("--memory", "lots"), 2),
    ("too little memory", ".", ("--memory", "1KiB"), 2),
    ("no such level", ".", ("--fail-on", "huge"), 2),
    ("no such detector", ".", ("--select", "NO_SUCH_DETECTOR"), 2),
    ("no such pack", ".", ("--detectors", "no-such.yaml"), 2),
    ("not yet: dry run", ".", ("--dry-run",), 2),
    ("not yet: resume", ".", ("--resume",), 2),
    ("not yet: sample", ".", ("--sample", "10"), 2),
    ("not yet: versions", ".", ("--all-versions",), 2),
    ("no baseline there", ".", ("--baseline", "old"), 2),
    ("not yet: job", ".", ("--job", "job.json"), 2),
])
def test_exit_code(corpus, assay, tmp_path, name, target, options, code):
    ended = assay.run("scan", corpus.data / target, "--output", tmp_path / "out", *options)
    assert ended.code == code, f"{name}\n{ended.text[-3000:]}"
    if code in (2, 4):
        assert ended.stderr.strip(), "an error must say what is wrong"
    if code == 2:
        assert not (tmp_path / "out" / "summary.json").exists(), "nothing was scanned"


def test_not_yet_says_so(corpus, assay, tmp_path):
    ended = assay.run("scan", corpus.data, "--output", tmp_path / "out", "--dry-run")
    assert "not yet" in ended.text


@pytest.mark.parametrize("command", ["check", "watch", "deliver"])
def test_commands_of_later_are_refused(assay, command):
    ended = assay.run(command, "something")
    assert ended.code == 2 and "not yet" in ended.text


def test_no_command_and_unknown_command_are_usage_errors(assay):
    assert assay.run("scann", ".").code == 2
    assert b"scan" in assay.run("scann", ".").stderr, "the nearest command is named"
    assert assay.run("scan").code == 2


def test_one_of_several_targets_fails(corpus, assay, tmp_path):
    scan = assay.scan(corpus.data / "clean", corpus.data / "no-such", output=tmp_path / "out")
    assert scan.code == 3, scan.ended.text
    assert len(scan.results) == 4


def test_all_targets_fail(corpus, assay, tmp_path):
    ended = assay.run("scan", corpus.data / "no-1", corpus.data / "no-2", "--output", tmp_path / "out")
    assert ended.code == 4, ended.text


def test_a_folder_that_holds_a_run_is_refused(corpus, assay, tmp_path):
    target = corpus.data / "clean"
    assert assay.run("scan", target, "--output", tmp_path / "out").code == 0
    before = (tmp_path / "out/summary.json").read_bytes()
    assert assay.run("scan", target, "--output", tmp_path / "out").code == 2
    assert (tmp_path / "out/summary.json").read_bytes() == before
    assert assay.run("scan", target, "--output", tmp_path / "out", "--overwrite").code == 0


def test_an_empty_folder_is_an_error_unless_allowed(assay, tmp_path):
    (tmp_path / "empty").mkdir()
    assert assay.run("scan", tmp_path / "empty", "--output", tmp_path / "out").code == 4
    assert assay.run("scan", tmp_path / "empty", "--output", tmp_path / "out2", "--allow-empty").code == 0


def test_output_inside_the_target_is_not_scanned(corpus, assay, tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    letter = (corpus.data / LETTER).read_bytes()
    (target / "letter.txt").write_bytes(letter)
    first = assay.scan(target, output=target / "out", expect=(0,))
    assert [r["resourcesAffected"]["s3Object"]["key"] for r in first.results] == ["letter.txt"]
    second = assay.scan(target, output=target / "out", expect=(0,))
    assert first.compared() == second.compared()


@pytest.mark.parametrize("arguments, words", [
    (("version",), ("assay", "Hyperscan")), (("--version",), ("assay",)), (("help",), ("scan",)), (("--help",), ("scan",)),
    (("help", "scan"), ("--output", "--fail-on", "--min-confidence")), (("detectors", "list"), ("CREDIT_CARD_NUMBER",)),
    (("detectors", "show", "USA_SOCIAL_SECURITY_NUMBER"), ("USA_SOCIAL_SECURITY_NUMBER",)),
])
def test_commands_that_tell(assay, arguments, words):
    ended = assay.run(*arguments)
    assert ended.code == 0, ended.text
    for word in words:
        assert word.lower() in ended.text.lower()


def test_detectors_test_finds_a_planted_value(corpus, assay):
    ended = assay.run("detectors", "test", "USA_SOCIAL_SECURITY_NUMBER", corpus.data / LETTER)
    assert ended.code == 0, ended.text
    item = next(i for i in labels(corpus, "item") if i["path"] == LETTER and i["type"] == "USA_SOCIAL_SECURITY_NUMBER")
    assert str(item["start"]) in ended.text
    assert item["value"] not in ended.text, "a value is shown without --reveal"


@pytest.mark.parametrize("options", [("--select", "none"), ("--exclude", "all"), ("--select", "pci", "--exclude", "financial"),
                                     ("--select", "none", "--exclude", "pci")])
def test_a_selection_of_nothing_is_refused(corpus, assay, tmp_path, options):
    ended = assay.run("scan", corpus.data, "--output", tmp_path / "out", *options)
    assert ended.code == 2 and "nothing would be looked for" in ended.text
    assert not (tmp_path / "out").exists()


def test_a_target_that_is_one_unreadable_object_is_not_read(assay, tmp_path):
    """A pipe; a sole denied file is in test_endings.py, for root may read all."""
    os.mkfifo(tmp_path / "pipe")
    scan = assay.scan(tmp_path / "pipe", output=tmp_path / "out", expect=(4,))
    assert [status(r) for r in scan.results] == [("SKIPPED", "UNSUPPORTED_FILE_KIND")]
    assert scan.summary["targets"][0]["status"] == "FAILED"
    assert scan.ended.stderr.count(b"a device, pipe, socket") == 1
    (tmp_path / "good.txt").write_bytes(b"text")
    scan = assay.scan(tmp_path / "pipe", tmp_path / "good.txt", output=tmp_path / "out", expect=(3,))
    assert [t["status"] for t in scan.summary["targets"]] == ["FAILED", "COMPLETE"]


def test_a_pipe_where_a_file_is_read_is_refused_at_once(assay, tmp_path):
    """Nobody writes to it: opening it would never end."""
    os.mkfifo(tmp_path / "results.jsonl")
    (tmp_path / "good.txt").write_bytes(b"text")
    for options in (("--baseline", tmp_path), ("--detectors", tmp_path / "results.jsonl")):
        ended = assay.run("scan", tmp_path / "good.txt", "--quiet", *options, timeout=20)
        assert ended.code == 2 and options[0] in ended.text and "is no regular file" in ended.text, ended.text


@pytest.mark.parametrize("word", ["watch", "deliver", "detectors", "unpack"])
def test_benches_of_later_are_refused(assay, tmp_path, word):
    ended = assay.run("bench", word, cwd=tmp_path)
    assert ended.code == 2 and "not yet" in ended.text and ended.stdout == b""


def test_detectors_test_refuses_folders(assay, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/only.txt").write_bytes(b"SSN 219-45-6781\n")
    ended = assay.run("detectors", "test", "USA_SOCIAL_SECURITY_NUMBER", tmp_path / "folder")
    assert ended.code == 2 and "one file" in ended.text and ended.stdout == b""

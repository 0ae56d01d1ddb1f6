# SPDX-License-Identifier: Apache-2.0
"""The command line as its users meet it: what goes to which stream, terminals, progress, help, hints, completions, signals."""

import errno
import json
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest
from e2e_fixtures import ROOT, environment, labels

UNREAD = re.compile(r"^Not read: \d+ objects?, [0-9.]+ \w+\. Read in part: \d+ objects?, [0-9.]+ \w+\.")
LETTER = "letters/letter.txt"


def last_line(text):
    return text.rstrip("\n").split("\n")[-1]


def lines_of(data):
    return [json.loads(line) for line in data.decode().splitlines()]


class Terminal:
    """Runs the program on a pseudo terminal: standard output and error are the same screen."""

    def __init__(self, assay, *arguments, columns=80, env=None, stdin=None):
        self.screen, inner = pty.openpty()
        subprocess.run(["stty", "rows", "24", "columns", str(columns)], stdin=inner, check=True)
        self.process = assay.start(*arguments, env={"NO_COLOR": "", "TERM": "xterm", **(env or {})},
                                   stdout=inner, stderr=inner, stdin=stdin or subprocess.DEVNULL)
        os.close(inner)

    def read(self, timeout):
        """What is written until the end, or for `timeout` seconds."""
        text, deadline = b"", time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not select.select([self.screen], [], [], 0.05)[0]:
                continue
            try:
                chunk = os.read(self.screen, 65536)
            except OSError as error:
                if error.errno != errno.EIO:  # how Linux says that the other side is closed
                    raise
                chunk = b""
            if not chunk:
                break
            text += chunk
        return text.decode(errors="replace")

    def end(self, timeout=60):
        text = self.read(timeout)
        code = self.process.wait(timeout)
        os.close(self.screen)
        return code, text


def test_with_a_folder_the_summary_is_on_standard_output(assay, corpus, tmp_path):
    ended = assay.run("scan", corpus.data / "docs", "--output", tmp_path / "out")
    assert ended.code == 3
    assert UNREAD.match(last_line(ended.stdout.decode()))
    assert "summary.json" in ended.stdout.decode()
    assert ended.stderr == b""


@pytest.mark.parametrize("options", [(), ("--output", "-")], ids=["findings", "results"])
def test_without_a_folder_standard_output_is_for_machines(assay, corpus, options):
    ended = assay.run("scan", corpus.data / LETTER, *options)
    assert ended.code == 0
    records = lines_of(ended.stdout)
    assert len(records) == 1
    assert UNREAD.match(last_line(ended.stderr.decode()))


def test_quiet_leaves_only_what_was_not_read(assay, corpus, tmp_path):
    read = assay.run("scan", corpus.data / LETTER, "--quiet", "--output", tmp_path / "a")
    assert (read.code, read.stdout, read.stderr) == (0, b"", b"")
    unread = assay.run("scan", corpus.data / "docs", "--quiet", "--output", tmp_path / "b")
    assert unread.code == 3 and unread.stdout == b""
    assert UNREAD.match(unread.stderr.decode()) and unread.stderr.count(b"\n") == 1


def test_last_line_is_there_when_all_was_read(assay, corpus, tmp_path):
    ended = assay.run("scan", corpus.data / LETTER, "--output", tmp_path / "out")
    assert last_line(ended.stdout.decode()) == "Not read: 0 objects, 0 B. Read in part: 0 objects, 0 B."


def test_no_output_says_clean(assay, corpus, tmp_path):
    for target in ("clean", LETTER, "docs"):
        ended = assay.run("scan", corpus.data / target, "--output", tmp_path / "out", "--overwrite", "--verbose")
        text = ended.text.replace(str(corpus.data / target), "").replace(str(tmp_path), "")
        assert "clean" not in text.lower()


def test_progress_is_one_line_on_a_terminal_and_leaves_nothing(assay, tmp_path):
    reader, writer = os.pipe()
    terminal = Terminal(assay, "scan", "-", "--output", tmp_path / "out", columns=40, stdin=reader)
    os.close(reader)
    os.write(writer, b"some text\n" * 1000)
    during = terminal.read(1.2 * assay.slow)
    os.close(writer)
    code, after = terminal.end()
    assert code == 0
    drawn = [part for part in during.split("\r") if part]
    assert len(drawn) >= 2, "redrawn while the run goes on"
    for line in drawn:
        assert "\n" not in line and len(line.replace("\033[K", "")) < 40
    assert "\r\033[K" in after, "removed before the summary"
    assert UNREAD.match(last_line(after.replace("\r", "")))


def test_no_progress_and_pipes_draw_nothing(assay, tmp_path):
    reader, writer = os.pipe()
    terminal = Terminal(assay, "scan", "-", "--no-progress", "--output", tmp_path / "out", stdin=reader)
    os.close(reader)
    assert terminal.read(0.8 * assay.slow) == ""
    os.close(writer)
    assert terminal.end()[0] == 0
    process = assay.start("scan", "-", "--output", tmp_path / "piped", stdin=subprocess.PIPE)
    time.sleep(0.8 * assay.slow)
    _, err = process.communicate(b"text\n", timeout=30)
    assert err == b""


@pytest.mark.parametrize("env, coloured", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
                         ids=["terminal", "NO_COLOR", "dumb"])
def test_colour_is_for_terminals_that_want_it(assay, corpus, tmp_path, env, coloured):
    code, text = Terminal(assay, "scan", corpus.data / LETTER, "--no-progress", "--output", tmp_path / "out", env=env).end()
    assert code == 0
    assert ("\033[1m" in text) == coloured


def test_summary_fits_a_narrow_terminal(assay, corpus, tmp_path):
    _, text = Terminal(assay, "scan", corpus.data, "--no-progress", "--select", "all", "--output", tmp_path / "out",
                       columns=60, env={"NO_COLOR": "1"}).end(120)
    table = text.replace("\r", "").split("Scanned ")[0].splitlines()[1:]
    assert table and max(map(len, table)) <= 60 + 16, "columns of text are cut to fit"


def test_a_hostile_name_does_nothing_to_the_terminal(assay, tmp_path):
    evil = tmp_path / "\033[2J\033]0;owned\007"
    ended = assay.run("scan", evil, "--output", tmp_path / "out")
    assert ended.code == 4
    assert b"\033" not in ended.stdout + ended.stderr and b"\007" not in ended.stdout + ended.stderr


def test_a_second_interrupt_ends_at_once(assay, tmp_path):
    process = assay.start("scan", "-", "--output", tmp_path / "out", stdin=subprocess.PIPE)
    time.sleep(0.5 * assay.slow)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    process.wait(10)
    assert process.returncode == 130 and time.monotonic() - begin < 1 * assay.slow
    process.communicate()


@pytest.mark.skipif("ASSAY_SLOW" in os.environ, reason="a sanitizer has the signal")
def test_a_crash_says_so_and_is_code_5(assay, tmp_path):
    process = assay.start("scan", "-", "--output", tmp_path / "out", stdin=subprocess.PIPE, cwd=tmp_path)
    time.sleep(0.5)
    process.send_signal(signal.SIGSEGV)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 5
    assert b"internal fault (SIGSEGV)" in err and b"not whole" in err and bytes(tmp_path / "out") in err
    assert not list(tmp_path.glob("core*"))


def test_a_hangup_reports_what_was_done(assay, tmp_path):
    process = assay.start("scan", "-", "--output", tmp_path / "out", stdin=subprocess.PIPE)
    process.stdin.write(b"text\n" * 10000)
    process.stdin.flush()
    time.sleep(0.5 * assay.slow)
    process.send_signal(signal.SIGHUP)
    process.wait(10)
    process.communicate()
    assert process.returncode == 130
    assert json.loads((tmp_path / "out/summary.json").read_text())


def test_catalogue_as_json_and_as_a_table(assay):
    ended = assay.run("detectors", "list", "--output", "json")
    listed = json.loads(ended.stdout)
    assert ended.code == 0 and len(listed) >= 30
    for field in ("id", "title", "category", "countries", "severity", "checks", "recommended", "macie"):
        assert all(field in entry for entry in listed), field
    ids = [entry["id"] for entry in listed]
    assert len(set(ids)) == len(ids)
    table = assay.run("detectors", "list").stdout.decode()
    assert all(f" {name} " in table for name in ids)
    chosen = json.loads(assay.run("detectors", "list", "--select", "CREDIT_CARD_NUMBER", "--output=json").stdout)
    assert [entry["id"] for entry in chosen] == ["CREDIT_CARD_NUMBER"]


def test_show_prints_a_definition(assay):
    shown = assay.run("detectors", "show", "CREDIT_CARD_NUMBER")
    assert shown.code == 0 and b"CREDIT_CARD_NUMBER" in shown.stdout and b"keywords" in shown.stdout
    entries = json.loads(assay.run("detectors", "show", "CREDIT_CARD_NUMBER", "USA_SOCIAL_SECURITY_NUMBER",
                                   "--output", "json").stdout)
    assert [entry["id"] for entry in entries] == ["CREDIT_CARD_NUMBER", "USA_SOCIAL_SECURITY_NUMBER"]
    wrong = assay.run("detectors", "show", "CREDIT_CARD_NUMBR")
    assert wrong.code == 2 and b"did you mean CREDIT_CARD_NUMBER?" in wrong.stderr


def test_trying_a_detector_tells_places_and_no_values(assay, corpus):
    wanted = [i for i in labels(corpus, "item") if i["path"] == LETTER and not i.get("member")]
    assert wanted
    for item in wanted:
        ended = assay.run("detectors", "test", item["type"], corpus.data / LETTER, "--output", "json")
        *hits, end = lines_of(ended.stdout)
        assert ended.code == 0 and end == {"status": "COMPLETE", "reason": "NONE"}
        assert (item["start"], item["end"]) in {(h["start"], h["end"]) for h in hits}
        table = assay.run("detectors", "test", item["type"], corpus.data / LETTER).stdout
        assert b"bytes %d to %d" % (item["start"], item["end"]) in table
        value = (corpus.data / LETTER).read_bytes()[item["start"]:item["end"]]
        assert value not in table


def test_reveal_is_for_terminals(assay, corpus):
    item = next(i for i in labels(corpus, "item") if i["path"] == LETTER and not i.get("member"))
    arguments = ("detectors", "test", item["type"], corpus.data / LETTER, "--reveal")
    piped = assay.run(*arguments)
    assert piped.code == 2 and b"terminal only" in piped.stderr and piped.stdout == b""
    code, text = Terminal(assay, *arguments).end()
    value = (corpus.data / LETTER).read_bytes()[item["start"]:item["end"]].decode()
    assert code == 0 and value in text
    scan = assay.run("scan", corpus.data / LETTER, "--reveal")
    assert scan.code == 2 and b"terminal only" in scan.stderr and scan.stdout == b""


def test_trying_a_detector_on_what_is_not_read_is_code_3(assay, corpus, tmp_path):
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")
    ended = assay.run("detectors", "test", "CREDIT_CARD_NUMBER", pdf)
    assert ended.code == 3 and b"UNSUPPORTED_DOCUMENT_FORMAT" in ended.stdout
    assert assay.run("detectors", "test", "CREDIT_CARD_NUMBER", tmp_path / "none").code == 4
    assert assay.run("detectors", "test", "CREDIT_CARD_NUMBER", corpus.data).code == 2
    assert assay.run("detectors", "test", "CREDIT_CARD_NUMBER").code == 2
    piped = assay.run("detectors", "test", "CREDIT_CARD_NUMBER", "-", stdin=b"nothing here\n")
    assert piped.code == 0 and b"0 places; all of it was read" in piped.stdout


def test_version_says_what_a_report_needs(assay):
    facts = json.loads(assay.run("version", "--output", "json").stdout)
    assert re.match(r"\d+\.\d+\.\d+$", facts["version"])
    assert facts["detectors"] >= 30 and 0 < facts["recommended"] <= facts["detectors"]
    assert "hyperscan" in facts["libraries"] and "sse4.2" in facts["cpuFeatures"]
    assert assay.run("--version").stdout.decode() == f"assay {facts['version']}\n"


@pytest.mark.parametrize("command", ["scan", "detectors", "bench", "version", "help", "check", "diff", "explain"])
def test_help_of_each_command(assay, command):
    ended = assay.run("help", command)
    assert ended.code == 0 and ended.stdout.startswith(b"Usage: assay " + command.encode())
    assert max(map(len, ended.stdout.decode().splitlines())) <= 100


@pytest.mark.parametrize("arguments, code, hint", [
    (("help", "scna"), 2, "did you mean 'scan'?"),
    (("detectros", "list"), 2, "did you mean 'detectors'?"),
    (("--output", "x", "scan"), 2, "a command comes first"),
    (("scan", ".", "--ouput", "x"), 2, "did you mean --output?"),
    (("scan", ".", "--threads"), 2, "--threads needs a value"),
    (("scan", "s3://*"), 2, "not yet supported"),
    (("scan", "gs://bucket"), 2, "only s3://"),
    (("scan", "-", "-"), 2, "once only"),
    (("detectors",), 2, "list, show ID or test ID FILE"),
    (("detectors", "lst"), 2, "list, show ID or test ID FILE"),
    (("version", "x"), 2, "takes no arguments"),
])
def test_wrong_usage_says_what_would_be_right(assay, arguments, code, hint):
    ended = assay.run(*arguments)
    assert ended.code == code
    assert hint in ended.stderr.decode() and ended.stdout == b""
    assert ended.stderr.count(b"\n") == 1, "one line"


def test_no_command_prints_help_and_is_code_2(assay):
    ended = assay.run()
    assert ended.code == 2 and b"Usage: assay COMMAND" in ended.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_standard_output_that_is_full_is_code_5(assay):
    with open("/dev/full", "wb") as full:
        ended = assay.run("detectors", "list", stdout=full)
    assert ended.code == 5 and b"standard output cannot be written" in ended.stderr


def test_a_closed_pipe_is_no_noise(assay):
    reader, writer = os.pipe()
    os.close(reader)
    ended = assay.run("detectors", "list", stdout=writer)
    os.close(writer)
    assert ended.code == 0 and ended.stderr == b""


@pytest.mark.parametrize("words, offered, left_out", [
    (["assay", ""], {"scan", "detectors"}, {"watch"}),
    (["assay", "scan", "--fa"], {"--fail-on"}, {"--dry-run"}),
    (["assay", "scan", "--fail-on", ""], {"low", "medium", "high"}, set()),
    (["assay", "detectors", ""], {"list", "show", "test"}, set()),
    (["assay", "detectors", "list", "--output", ""], {"json", "table"}, set()),
])
def test_bash_completion(tmp_path, words, offered, left_out):
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _assay; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "-", str(ROOT / "completions/assay.bash"), *words],
                          capture_output=True, text=True, cwd=tmp_path, env=environment(tmp_path), check=True)
    found = set(done.stdout.split())
    assert offered <= found and not left_out & found


def test_man_page_is_well_formed(needs):
    needs("man")
    done = subprocess.run(["man", "--warnings", "-l", str(ROOT / "man/assay.1")], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}, check=True)
    assert done.stderr == "" and "OPTIONS OF SCAN" in done.stdout


HOSTILE = "x\x1b]0;owned\x07\u009b2J\u202egnp.\u2066\u061c\u200f\ufeff\U000e0041y\r\n.txt"


@pytest.mark.parametrize("options", [(), ("--output", "-"), ("--output", "out"), ("--output", "out", "--verbose"), ("--reveal",)])
def test_names_cannot_steer_a_terminal(assay, tmp_path, options):
    """Keys are other people's bytes: on a terminal they neither act nor reorder what stands around them."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / HOSTILE).write_bytes(b"SSN 219-45-6781 here\n")
    os.mkfifo(folder / ("pipe" + HOSTILE))
    code, text = Terminal(assay, "scan", folder, folder / ("none" + HOSTILE), *(str(tmp_path / o) if o == "out" else o for o in options)).end()
    assert code == 3, text
    lines = re.sub("\x1b\\[K|\x1b\\[[0-9;]*m|\r|\n", "", text)  # what the progress line and the colours use
    steering = re.findall("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]", lines)
    assert not steering, (steering, text)
    if "out" not in options:
        keys = [json.loads(line) for line in text.replace("\r", "").split("\n") if line.startswith("{")]
        assert keys and all(k["resourcesAffected"]["s3Object"]["key"].endswith(HOSTILE) for k in keys), "JSON keeps the name"

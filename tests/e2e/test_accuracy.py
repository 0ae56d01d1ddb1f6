# SPDX-License-Identifier: Apache-2.0
"""`assay bench accuracy`: its figures on documents made by hand, on the project's own sample, and, where labelled
corpora with a scorer of their own lie beside the source tree (or in ASSAY_CORPORA), the same figures as theirs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from e2e_fixtures import ROOT

CORPORA = Path(os.environ.get("ASSAY_CORPORA", ROOT.parent / "shared/corpora"))


def luhn(digits):
    doubled = sum(sum(divmod(2 * int(c), 10)) for c in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0


def card():
    return next(text for text in (f"4929 1234 5678 90{n:02}" for n in range(10, 20)) if luhn(text.replace(" ", "")))


def measure(assay, *gold, options=(), code=0):
    arguments = [part for path in gold for part in ("--gold", path)]
    ended = assay.run("bench", "accuracy", *arguments, "--output", "json", *options)
    assert ended.code == code, ended.text
    return json.loads(ended.stdout) if code == 0 else ended.text


def write(path, *documents):
    path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), encoding="utf-8")
    return path


def labelled(text, *values, **more):
    spans = [{"start": text.index(value), "end": text.index(value) + len(value), "type": kind, **extra}
             for value, kind, extra in values]
    return {"source": "hand", "text": text, "spans": spans, "scope": ["*"], **more}


def test_figures_of_documents_made_by_hand(assay, tmp_path):
    number = card()
    gold = write(
        tmp_path / "gold.jsonl",
        labelled(f"Zażółć gęślą jaźń. Credit card {number}.", (number, "CREDIT_CARD_NUMBER", {})),
        labelled("My badge is QX-77.", ("QX-77", "BADGE", {})),
        labelled(f"Credit card {number}."),
        labelled(f"Credit card {number}.", (number, "CREDIT_CARD_NUMBER", {"valid": False})),
        labelled(f"Credit card {number}.", scope=["CREDENTIALS"]),
        {**labelled(f"Credit card {number}."), "expect": "some"},
        {**labelled("Nothing."), "expect": "none"})
    total = measure(assay, gold)["total"]
    assert total["documents"] == 7 and total["notReadInFull"] == 0
    cards = total["types"]["CREDIT_CARD_NUMBER"]
    assert (cards["found"], cards["missed"], cards["wrong"], cards["ignored"]) == (1, 0, 1, 1)
    assert (cards["precision"], cards["recall"], cards["f1"]) == (0.5, 1, 0.667)
    assert total["types"]["BADGE"]["missed"] == 1 and total["types"]["BADGE"]["precision"] is None
    assert total["notJudged"] == {"CREDIT_CARD_NUMBER": 1}
    assert total["whole"] == {"some": 1, "someFound": 1, "none": 1, "noneFound": 0}
    assert total["groups"]["structured"]["wrong"] == 1


def test_places_are_shown_but_no_text(assay, tmp_path):
    number = card()
    gold = write(tmp_path / "gold.jsonl", labelled(f"Credit card {number}."), labelled("x QX-77", ("QX-77", "BADGE", {})))
    ended = assay.run("bench", "accuracy", "--gold", gold, "--misses", "5")
    assert ended.code == 0
    assert re.search(r"^wrong  gold.jsonl:1 CREDIT_CARD_NUMBER, characters 12 to 31$", ended.text, re.M), ended.text
    assert re.search(r"^missed gold.jsonl:2 BADGE, characters 2 to 7$", ended.text, re.M), ended.text
    assert number not in ended.text and "QX-77" not in ended.text


@pytest.mark.parametrize("content, message", [
    ('{"text": "x", "spans": [{"start": 0, "end": 2, "type": "NAME"}]}\n', ":1: a span needs"),
    ('{"text": "x", "spans": []}\n{"text": "x"}\n', ":2: no labelled document"),
    ('{"text": "x\\u0000", "spans": []}\n', ":1: a text with U+0000"),
    ("[\n", ":1: no JSON document"),
    ("", "documents"),
])
def test_a_gold_file_that_cannot_be_used_is_wrong_usage(assay, tmp_path, content, message):
    path = tmp_path / "gold.jsonl"
    path.write_text(content)
    if content:
        assert message in measure(assay, path, code=2)
    else:
        assert measure(assay, path)["total"]["documents"] == 0


def test_wrong_options(assay, tmp_path):
    gold = write(tmp_path / "gold.jsonl", labelled("x"))
    for options in (("--select", "NO_SUCH_ID"), ("--min-confidence", "101"), ("--output", "xml"), ("--gold", tmp_path / "no"),
                    ("--gold", gold, "--predictions", tmp_path / "no/where")):
        ended = assay.run("bench", "accuracy", "--gold", gold, *options)
        assert ended.code in (2, 5) and ended.stderr.startswith(b"assay bench accuracy: "), ended.text


def test_the_projects_own_sample_is_found(assay, tmp_path):
    gold = tmp_path / "sample.jsonl"
    subprocess.run([sys.executable, ROOT / "corpus/gold.py", "--out", gold, "--seed", "5", "--rows", "150"], check=True)
    groups = measure(assay, gold)["total"]["groups"]
    for group in ("structured", "credentials"):
        assert groups[group]["labels"] > 10 and groups[group]["recall"] >= 0.99, groups
        assert groups[group]["precision"] >= 0.98, groups


def test_threads_change_nothing(assay):
    gold = ROOT / "corpus/gold.jsonl"
    one, four = (measure(assay, gold, options=("--threads", n)) for n in (1, 4))
    assert one["total"] == four["total"]


def scored(gold, predictions):
    """What the corpora's own scorer counts: {type: (labels, found, missed, wrong, ignored)}, and its text."""
    text = subprocess.run([sys.executable, CORPORA / "score.py", gold, predictions], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    rows = re.findall(r"^(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) ", text, re.M)
    return {row[0]: tuple(map(int, row[1:])) for row in rows if row[0] != "micro"}, text


def test_agrees_with_the_corpora_s_own_scorer(assay, tmp_path):
    if not (CORPORA / "score.py").is_file():
        pytest.skip(f"no labelled corpora in {CORPORA}")
    figures = measure(assay, CORPORA, options=("--predictions", tmp_path))
    assert len(figures["files"]) >= 5
    for file in figures["files"]:
        ours = {name: (c["labels"], c["found"], c["missed"], c["wrong"], c["ignored"]) for name, c in file["types"].items()}
        theirs, text = scored(file["gold"], tmp_path / Path(file["gold"]).name)
        assert ours == theirs, file["gold"]
        whole = re.search(r"hit in (\d+)/(\d+) that should have one, in (\d+)/(\d+) that", text)
        if whole:
            counts = file["whole"]
            assert tuple(map(int, whole.groups())) == (counts["someFound"], counts["some"], counts["noneFound"], counts["none"])

# SPDX-License-Identifier: Apache-2.0
"""A scan of the labelled corpus: every planted value is found, exactly; nothing is reported that was not planted;
every file and member has one record with the status that it deserves."""

import collections
import json

import generate
import pytest
from e2e_fixtures import FINDING_FILES, detections, identity, labels, places, status

# Types of which nothing may be reported but what is planted. The rest (dates, phones, addresses of hosts) is also
# in version strings and times that stand in the corpus on purpose, and is looked at by the clean folder alone.
EXACT_TYPES = {
    "CREDIT_CARD_NUMBER", "CREDIT_CARD_NUMBER_(NO_KEYWORD)", "USA_SOCIAL_SECURITY_NUMBER", "GITHUB_TOKEN", "SLACK_TOKEN",
    "USA_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER", "EMAIL_ADDRESS", "IP_ADDRESS", "IPV6_ADDRESS", "DATE_OF_BIRTH",
    "AWS_CREDENTIALS", "AWS_ACCESS_KEY_ID", "STRIPE_CREDENTIALS", "GCP_API_KEY", "JSON_WEB_TOKEN", "PKCS",
    "OPENSSH_PRIVATE_KEY", "PGP_PRIVATE_KEY", "PUTTY_PRIVATE_KEY", "HTTP_BASIC_AUTH_HEADER",
    "AUSTRALIA_TAX_FILE_NUMBER", "GERMANY_BANK_ACCOUNT_NUMBER", "FRANCE_BANK_ACCOUNT_NUMBER",
    "SPAIN_BANK_ACCOUNT_NUMBER", "UK_BANK_ACCOUNT_NUMBER", "NETHERLANDS_BANK_ACCOUNT_NUMBER",
    "SWITZERLAND_BANK_ACCOUNT_NUMBER", "POLAND_BANK_ACCOUNT_NUMBER",
}


def planted(corpus):
    """{(path, member): {(type, start, end)}}"""
    found = collections.defaultdict(set)
    for item in labels(corpus, "item"):
        found[item["path"], item["member"]].add((item["type"], item["start"], item["end"]))
    return found


def reported(scan):
    return {identity(r): places(r) for r in scan.results}


def capped(kind_places):
    """Only the first 1,000 places of a type are located: the rest can't be compared."""
    counts = collections.Counter(kind for kind, _, _ in kind_places)
    return {kind for kind, count in counts.items() if count > 1000}


def test_planted_values_are_found_at_their_exact_bytes(corpus, corpus_scan):
    found, missing = reported(corpus_scan), []
    for where, wanted in planted(corpus).items():
        skip = capped(wanted)
        missing += [(where, *place) for place in sorted(wanted - found.get(where, set())) if place[0] not in skip]
    by_type = collections.Counter(kind for _, kind, _, _ in missing)
    assert not missing, f"{len(missing)} not found: {dict(by_type)}\nfirst: {missing[:12]}"


def test_nothing_is_found_that_was_not_planted(corpus, corpus_scan):
    wanted, extra = planted(corpus), []
    for where, found in reported(corpus_scan).items():
        extra += [(where, *p) for p in sorted(found - wanted.get(where, set())) if p[0] in EXACT_TYPES]
    by_type = collections.Counter(kind for _, kind, _, _ in extra)
    assert not extra, f"{len(extra)} not planted: {dict(by_type)}\nfirst: {extra[:12]}"


def test_recommended_types_are_found_by_default(corpus, assay, tmp_path):
    scan = assay.scan(corpus.data, output=tmp_path / "out", expect=(3,))
    found = reported(scan)
    missing = [(i["path"], i["member"], i["type"], i["start"]) for i in labels(corpus, "item") if i["recommended"] and
               (i["type"], i["start"], i["end"]) not in found[i["path"], i["member"]]]
    assert not missing, f"{len(missing)}: {missing[:10]}"
    kinds = {d["type"] for r in scan.results for d in detections(r)}
    assert not kinds & generate.NOT_RECOMMENDED


def test_counts_are_exact_beyond_the_located_thousand(corpus, corpus_scan):
    wanted = collections.Counter((i["path"], i["member"], i["type"]) for i in labels(corpus, "item"))
    for record in corpus_scan.results:
        key, member = identity(record)
        for d in detections(record):
            ranges = d["occurrences"].get("offsetRanges") or []
            assert len(ranges) <= 1000
            assert ranges == sorted(ranges, key=lambda o: (o["start"], o["end"])), "not ascending"
            if (key, member, d["type"]) in wanted and d["type"] in EXACT_TYPES:
                assert d["count"] - d.get("inName", 0) == wanted[key, member, d["type"]], (key, member, d["type"])
    assert any(count > 1000 for count in wanted.values()), "the corpus must go over the cap somewhere"


def test_clean_files_give_nothing_by_default(corpus, assay, tmp_path):
    scan = assay.scan(corpus.data / "clean", output=tmp_path / "out", expect=(0,))
    hits = [(identity(r), d["type"], d["count"]) for r in scan.results for d in detections(r)]
    assert hits == []
    assert scan.asff == [] and scan.macie == [] and scan.table == []
    assert len(scan.results) == 4


def test_every_file_and_member_has_one_record_with_its_status(corpus, corpus_scan):
    wanted = {(f["path"], f["member"]): (f["status"], f["reason"]) for f in labels(corpus, "file")}
    found = collections.Counter(identity(r) for r in corpus_scan.results)
    assert {k: n for k, n in found.items() if n != 1} == {}
    assert set(found) == set(wanted)
    wrong = {identity(r): (status(r), wanted[identity(r)]) for r in corpus_scan.results
             if status(r) != wanted[identity(r)]}
    assert wrong == {}, "status found, status wanted"


def test_records_are_sorted_by_key_bytes_and_member(corpus_scan):
    def order(record):
        s3_object = record["resourcesAffected"]["s3Object"]
        embedded = s3_object.get("embeddedFileDetails") or {}
        return s3_object["key"].encode(), embedded.get("memberIndex") or record.get("memberIndex") or []
    orders = [order(r) for r in corpus_scan.results]
    assert orders == sorted(orders)


def occurrence(record, item):
    """The place that belongs to a label, by the order of the offsets, which all lists share."""
    for d in detections(record):
        if d["type"] != item["type"]:
            continue
        for i, place in enumerate(d["occurrences"].get("offsetRanges") or ()):
            if (place["start"], place["end"]) == (item["start"], item["end"]):
                return d["occurrences"], i
    return None, None


@pytest.mark.parametrize("path", ["letters/letter.txt", "letters/letter-crlf.txt", "letters/brief-utf16be.txt",
                                  "letters/lettre-latin1.txt", "src/orders/service.py"])
def test_lines_of_texts(corpus, corpus_scan, path):
    checked = 0
    for item in labels(corpus, "item"):
        if item["path"] == path:
            places_of, i = occurrence(corpus_scan.record(path), item)
            assert places_of is not None, item["type"]
            assert places_of["lineRanges"][i]["start"] == item["line"], item["type"]
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("path", ["crm/customers-2026.csv", "crm/customers.tsv", "crm/kunden-semikolon.csv",
                                  "crm/export-utf16le.csv", "packed/customers.csv.gz"])
def test_cells_of_tables(corpus, corpus_scan, path):
    for item in labels(corpus, "item"):
        if item["path"] == path:
            places_of, i = occurrence(corpus_scan.record(path), item)
            assert places_of is not None, item["type"]
            cell = places_of["cells"][i]
            assert (cell["row"], cell["column"], cell["columnName"]) == (
                item["row"], item["column"], item["columnName"]), item["type"]


@pytest.mark.parametrize("path", ["events/2026/11/events.jsonl", "orders/orders.json"])
def test_paths_of_records(corpus, corpus_scan, path):
    for item in labels(corpus, "item"):
        if item["path"] == path:
            places_of, i = occurrence(corpus_scan.record(path), item)
            assert places_of is not None, item["type"]
            record = places_of["records"][i]
            assert (record["recordIndex"], record["jsonPath"]) == (item["record"], item["jsonPath"])


def test_an_archive_sums_its_members(corpus, corpus_scan):
    records = {identity(r): r for r in corpus_scan.results}
    for path in {f["path"] for f in labels(corpus, "file") if f["member"]}:
        summed, own = collections.Counter(), collections.Counter()
        for (key, member), record in records.items():
            # a nested archive's own record sums its members too, as does a member that holds nothing itself
            leaf = member is not None and not any(
                k == key and m and m.startswith(member + "!/") for k, m in records)
            for d in detections(record):
                if key == path and leaf:
                    summed[d["type"]] += d["count"]
                if key == path and member is None:
                    own[d["type"]] = d["count"]
                    assert not d["occurrences"].get("offsetRanges")
        assert own == summed, path


def test_severity_follows_the_published_table(corpus_scan):
    by_key = {f["resourcesAffected"]["s3Object"]["key"]: f for f in corpus_scan.macie}
    assert by_key["keys/id_ed25519"]["severity"] == {"description": "High", "score": 3}
    assert by_key["letters/letter.txt"]["severity"] == {"description": "High", "score": 3}


def test_findings_agree_with_results(corpus_scan):
    totals = {}
    for record in corpus_scan.results:
        key, member = identity(record)
        if member is None and list(detections(record)):
            totals[key] = {d["type"]: d["count"] for d in detections(record)}
    macie = {f["resourcesAffected"]["s3Object"]["key"]: {
        d["type"]: d["count"] for g in f["classificationDetails"]["result"]["sensitiveData"]
        for d in g["detections"]} for f in corpus_scan.macie}
    assert macie == totals
    assert len(corpus_scan.asff) == len(totals)
    assert len({f["Id"] for f in corpus_scan.asff}) == len(totals)


def test_summary_reconciles(corpus, corpus_scan):
    summary = corpus_scan.summary
    text = json.dumps(summary)
    assert '"clean"' not in text.lower()
    objects = [r for r in corpus_scan.results if identity(r)[1] is None]
    codes = collections.Counter(status(r)[0] for r in objects)

    def number(name):
        part = summary[name] if name in summary else summary["totals"][name]
        return part["objects"] if isinstance(part, dict) else part
    assert number("listed") == len(objects)
    assert number("complete") == codes["COMPLETE"]
    assert number("partial") == codes["PARTIAL"]
    assert number("skipped") == codes["SKIPPED"]
    assert number("filtered") == 0 and number("notAttempted") == 0


def test_output_files_are_private_and_complete(corpus_scan):
    for name in (*FINDING_FILES, "summary.json"):
        path = corpus_scan.folder / name
        assert path.stat().st_mode & 0o777 == 0o600, name
    assert {p.name for p in corpus_scan.folder.iterdir()} == {*FINDING_FILES, "summary.json"}


def test_last_line_says_what_was_not_read(corpus_scan):
    last = corpus_scan.ended.text.rstrip().splitlines()[-1]
    assert "not" in last.lower() and any(c.isdigit() for c in last), last


def test_standard_input_is_one_object_named_dash(corpus, assay, tmp_path):
    data = (corpus.data / "letters/letter.txt").read_bytes()
    scan = assay.scan("-", output=tmp_path / "out", options=("--select", "all"), stdin=data, expect=(0,))
    assert [identity(r) for r in scan.results] == [("-", None)]
    file = assay.scan(corpus.data / "letters/letter.txt", output=tmp_path / "file", options=("--select", "all"), expect=(0,))
    assert places(scan.results[0]) == places(file.results[0])
    assert identity(file.results[0]) == ("letter.txt", None)


@pytest.mark.parametrize("path", ["archives/backup.tar", "archives/export.zip", "archives/streamed.zip",
                                  "archives/nested.tar.gz", "packed/events.jsonl.xz"])
def test_archives_from_a_pipe_equal_archives_from_a_file(corpus, assay, tmp_path, path):
    data = (corpus.data / path).read_bytes()
    piped = assay.scan("-", output=tmp_path / "a", options=("--select", "all"), stdin=data)
    filed = assay.scan(corpus.data / path, output=tmp_path / "b", options=("--select", "all"))

    def view(scan):
        return {(identity(r)[1], status(r)): places(r) for r in scan.results}
    assert view(piped) == view(filed)
    assert piped.code == filed.code


def test_output_dash_writes_results_lines(corpus, assay):
    ended = assay.run("scan", corpus.data / "letters", "--output", "-", "--select", "all")
    assert ended.code == 0, ended.text
    records = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {identity(r)[0] for r in records} == {p.name for p in (corpus.data / "letters").iterdir()}


def test_without_output_findings_go_to_standard_output(corpus, assay, tmp_path):
    ended = assay.run("scan", corpus.data / "letters", cwd=tmp_path)
    assert ended.code == 0, ended.text
    findings = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(findings) == len(list((corpus.data / "letters").iterdir()))
    assert {p.name for p in tmp_path.iterdir()} <= {"home"}, "nothing on disk"

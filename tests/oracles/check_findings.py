#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks an output folder of `assay scan` against what other people's software and documents say.

    check_findings.py DIR            every check; ends with 1 when one fails
    check_findings.py --id ORIGIN BUCKET KEY [--version V] [ORDINAL...]   the id of a finding or member

1. findings.asff.json: botocore's validator of BatchImportFindings; then what it does not look at (enums, patterns,
   lengths, list sizes, 240,000 bytes, time stamps), read from the same model or stated by the Security Hub user guide;
   then moto: imported, fetched, equal.
2. findings.macie.jsonl: botocore's macie2 Finding shape (nulls taken out, since an output shape has none), its enums,
   and the whole page through botocore's own response parser.
3. results.jsonl and all of them together: ids computed anew, counts, sums over members, order, places.
4. findings.csv and summary.json: sums, hashes, modes.
"""

import argparse
import base64
import collections
import csv
import hashlib
import io
import json
import re
import sys
from pathlib import Path

import botocore.parsers
import botocore.session
from botocore.validate import ParamValidator

FILES = ("results.jsonl", "findings.macie.jsonl", "findings.asff.json", "findings.csv")
FINDING_BYTES_MAX = 240_000
BATCH_MAX, BATCH_BYTES_MAX = 100, 6_000_000
TIMESTAMP = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(([01]\d|2[0-3]):[0-5]\d:[0-5]\d|23:59:60)(\.\d+)?"
                       r"(Z|[+-]\d\d(:?\d\d)?)", re.ASCII)
NOT_MATCHED_BY_DOT = re.compile("[\n\r\u0085\u2028\u2029]")  # as in the service's regular expressions
ASFF_TYPE = re.compile(r"([^/]+)(/[^/]+){0,2}")
JSON_PATH_CHARS_MAX, COLUMN_NAME_CHARS_MAX = 250, 240
SEVERITIES = {"Low": ("LOW", 1, 1), "Medium": ("MEDIUM", 40, 2), "High": ("HIGH", 70, 3)}
ASFF_KINDS = {"Credentials": "Passwords", "Financial": "Financial", "Personal": None, "CustomIdentifier": None, "Multiple": None}

problems = []


def expect(condition, where, what):
    if not condition:
        problems.append(f"{where}: {what}")


def strict_json(text, where):
    def pairs(items):
        keys = [key for key, _ in items]
        expect(len(keys) == len(set(keys)), where, f"a key stands twice in {keys}")
        return dict(items)

    def refuse(name):
        raise ValueError(f"{name} is no JSON")
    return json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)


def finding_id(origin, bucket, key, version=None, ordinals=()):
    digest = hashlib.sha256()

    def field(value):
        digest.update(len(value).to_bytes(8, "little") + value)
    for value in (b"assay1", origin.encode(), bucket.encode(), key):
        field(value)
    if version is not None:
        field(b"version")
        field(version.encode())
    if ordinals:
        field(b"member")
    for ordinal in ordinals:
        field(ordinal.to_bytes(8, "little"))
    return digest.hexdigest()[:32]


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def check_model(value, shape, where):
    """What ParamValidator leaves out: enums, patterns, greatest lengths and sizes, as the model states them."""
    meta = shape.metadata
    kind = shape.type_name
    if kind == "structure":
        for key, item in value.items():
            check_model(item, shape.members[key], f"{where}.{key}")
    elif kind == "map":
        for key, item in value.items():
            check_model(key, shape.key, f"{where} key")
            check_model(item, shape.value, f"{where}.{key}")
    elif kind == "list":
        expect(len(value) <= meta.get("max", len(value)), where, f"{len(value)} elements, {meta.get('max')} allowed")
        for index, item in enumerate(value):
            check_model(item, shape.member, f"{where}[{index}]")
    elif kind == "string":
        allowed = getattr(shape, "enum", None) or meta.get("enum")
        expect(not allowed or value in allowed, where, f"{value!r} is none of {allowed}")
        expect(meta.get("min", 0) <= len(value) <= meta.get("max", len(value)), where, f"{len(value)} characters")
        if meta.get("pattern"):
            expect(re.search(meta["pattern"], value) and not NOT_MATCHED_BY_DOT.search(value), where,
                   f"{value!r} does not match {meta['pattern']}")
    elif kind in ("integer", "long", "double", "float"):
        expect(meta.get("min", value) <= value <= meta.get("max", value), where, f"{value} out of range")


def places_of(detections, names):
    """(cells, lineRanges, records, offsetRanges) of detections, in one list each."""
    found = []
    for name in names:
        found.append([place for d in detections
                      for place in ((d.get("occurrences") or d.get("Occurrences") or {}).get(name) or [])])
    return found


def all_detections(result, groups="sensitiveData", detections="detections", custom="customDataIdentifiers"):
    found = [d for group in result.get(groups) or [] for d in group[detections]]
    return found + list((result.get(custom) or {}).get(detections) or [])


# ---- findings.asff.json ----

def asff_lengths(finding, where):
    limits = {"Id": 512, "ProductArn": 2048, "ProductName": 128, "CompanyName": 128, "GeneratorId": 512, "Title": 256,
              "Description": 1024, "Region": 16}
    for name, most in limits.items():
        expect(len(finding.get(name, "")) <= most, f"{where}.{name}", f"more than {most} characters")
    expect(len(finding["ProductArn"]) >= 12, where, "ProductArn is too short")
    fields = finding.get("ProductFields", {})
    expect(len(fields) <= 47, where, f"{len(fields)} ProductFields")
    for key, value in fields.items():
        expect(len(key) <= 128 and len(value) <= 2048, where, f"ProductFields {key!r} is too long")
        expect(not key.lower().startswith("aws/"), where, f"{key!r} is reserved")
    for resource in finding["Resources"]:
        expect(len(resource["Id"]) <= 512 and len(resource["Type"]) <= 256, where, f"resource {resource['Id'][:60]!r}… is too long")
        expect(len(resource.get("Region", "")) <= 16, where, "a resource's Region is too long")
        for key, value in resource.get("Details", {}).get("Other", {}).items():
            expect(len(key) <= 128 and len(value) <= 1024, where, f"Details.Other {key!r} is too long")


def asff_values(finding, where):
    expect(finding["SchemaVersion"] == "2018-10-08", where, "SchemaVersion")
    expect(re.fullmatch(r"\d{12}", finding["AwsAccountId"]), where, "AwsAccountId")
    expect(re.fullmatch(r"arn:(aws|aws-cn|aws-us-gov):securityhub:[a-z0-9-]+:(\d{12}):product/\2/default", finding["ProductArn"]),
           where, f"ProductArn {finding['ProductArn']}")
    expect(finding["CreatedAt"] == finding["UpdatedAt"], where, "CreatedAt and UpdatedAt differ on a first import")
    stamps = [finding["CreatedAt"], finding["UpdatedAt"]]
    for resource in finding["Resources"]:
        details = resource.get("Details", {})
        stamps += [d["LastModified"] for d in (details.get("AwsS3Object", {}), details.get("Other", {})) if "LastModified" in d]
    for stamp in stamps:
        expect(TIMESTAMP.fullmatch(stamp), where, f"time stamp {stamp}")
    expect(1 <= len(finding["Types"]) <= 50 and all(ASFF_TYPE.fullmatch(t) for t in finding["Types"]), where, "Types")
    expect(1 <= len(finding["Resources"]) <= 32, where, "Resources")
    expect(0 <= finding["Confidence"] <= 100, where, "Confidence")
    own = finding["FindingProviderFields"]
    expect(own["Types"] == finding["Types"] and own["Confidence"] == finding["Confidence"], where, "FindingProviderFields differ")
    severity = finding["Severity"]
    expect((severity["Label"], severity["Normalized"]) == SEVERITIES[severity["Original"]][:2], where, f"Severity {severity}")
    expect(own["Severity"] == {key: severity[key] for key in ("Label", "Original")}, where, "severities differ")
    size = len(json.dumps(finding, ensure_ascii=False, separators=(",", ":")).encode())
    expect(size <= FINDING_BYTES_MAX, where, f"{size} bytes")


def asff_classification(finding, where):
    classified = [r for r in finding["Resources"] if "DataClassification" in r]
    expect(len(classified) == 1, where, f"{len(classified)} resources with DataClassification")
    result = classified[0]["DataClassification"]["Result"]
    expect(result["Status"]["Code"] in ("COMPLETE", "PARTIAL", "SKIPPED"), where, f"Status {result['Status']}")
    expect(("Reason" in result["Status"]) == (result["Status"]["Code"] != "COMPLETE"), where, f"Status {result['Status']}")
    detections = all_detections(result, "SensitiveData", "Detections", "CustomDataIdentifiers")
    cells, lines, records, offsets = places_of(detections, ("Cells", "LineRanges", "Records", "OffsetRanges"))
    located = len(cells) + len(lines) + len(records)
    expect(located <= 15, where, f"{located} located occurrences")
    expect(not offsets, where, "OffsetRanges count characters in ASFF; we have bytes")
    total = sum(g["TotalCount"] for g in result.get("SensitiveData", [])) + result.get("CustomDataIdentifiers", {}).get("TotalCount", 0)
    expect(result["AdditionalOccurrences"] == (located < total), where, "AdditionalOccurrences")
    for record in records:
        expect(len(record.get("JsonPath", "$")) <= JSON_PATH_CHARS_MAX, where, "JsonPath is too long")
    for cell in cells:
        expect(cell["Row"] >= 1 and cell["Column"] >= 1, where, f"cell {cell}")


def asff_batches(findings):
    batch, size = [], 0
    for finding in findings:
        length = len(json.dumps(finding).encode())
        if batch and (len(batch) == BATCH_MAX or size + length > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(finding)
        size += length
    if batch:
        yield batch


def check_asff(findings):
    model = botocore.session.get_session().get_service_model("securityhub")
    shape = model.operation_model("BatchImportFindings").input_shape
    for batch in asff_batches(findings):
        report = ParamValidator().validate({"Findings": batch}, shape)
        expect(not report.has_errors(), "findings.asff.json", report.generate_report()[:2000])
        if report.has_errors():
            return
    for index, finding in enumerate(findings):
        where = f"findings.asff.json[{index}]"
        check_model(finding, model.shape_for("AwsSecurityFinding"), where)
        asff_lengths(finding, where)
        asff_values(finding, where)
        asff_classification(finding, where)
    ids = [finding["Id"] for finding in findings]
    expect(len(ids) == len(set(ids)), "findings.asff.json", "an Id stands twice")


def check_moto(findings):
    """Imports everything into moto's Security Hub and fetches it back."""
    import boto3
    from moto import mock_aws
    with mock_aws():
        client = boto3.client("securityhub", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        for batch in asff_batches(findings):
            answer = client.batch_import_findings(Findings=batch)
            expect(answer["FailedCount"] == 0 and answer["SuccessCount"] == len(batch), "moto", str(answer)[:500])
        pages = client.get_paginator("get_findings").paginate()
        stored = {f["Id"]: f for page in pages for f in page["Findings"]}
    expect(len(stored) == len(findings), "moto", f"{len(stored)} of {len(findings)} findings came back")
    for finding in findings:
        expect(stored.get(finding["Id"]) == finding, "moto", f"{finding['Id']} came back different")


# ---- findings.macie.jsonl ----

def kind_of(result):
    groups = {"CREDENTIALS": "Credentials", "FINANCIAL_INFORMATION": "Financial", "PERSONAL_INFORMATION": "Personal"}
    kinds = {groups[g["category"]] for g in result["sensitiveData"]}
    if result["customDataIdentifiers"]["detections"]:
        kinds.add("CustomIdentifier")
    return kinds.pop() if len(kinds) == 1 else "Multiple" if kinds else None


def check_verdict(record, where):
    """type, severity and sums of a record with detections agree with each other."""
    result = record["classificationDetails"]["result"]
    kind = kind_of(result)
    expect(record["type"] == (f"SensitiveData:S3Object/{kind}" if kind else None), where, f"type {record['type']} of {kind}")
    expect((record["severity"] is None) == (kind is None), where, "severity")
    if record["severity"]:
        expect(record["severity"]["score"] == SEVERITIES[record["severity"]["description"]][2], where, f"{record['severity']}")
    for group in (*result["sensitiveData"], result["customDataIdentifiers"]):
        expect(group["totalCount"] == sum(d["count"] for d in group["detections"]), where, "totalCount")
        expect(all(d["count"] > 0 for d in group["detections"]), where, "a detection that counts nothing")
    code, reason = result["status"]["code"], result["status"]["reason"]
    expect(code in ("COMPLETE", "PARTIAL", "SKIPPED") and (reason is None) == (code == "COMPLETE"), where, f"status {code} {reason}")


def check_macie(findings):
    model = botocore.session.get_session().get_service_model("macie2")
    shape = model.shape_for("Finding")
    for index, finding in enumerate(findings):
        where = f"findings.macie.jsonl:{index + 1}"
        plain = without_nulls(finding)
        report = ParamValidator().validate(plain, shape)
        expect(not report.has_errors(), where, report.generate_report()[:2000])
        if report.has_errors():
            continue
        reason = plain["classificationDetails"]["result"]["status"].get("reason")
        check_model(plain, shape, where)
        check_verdict(finding, where)
        expect(reason != "NONE", where, "the reason NONE")
        detections = all_detections(finding["classificationDetails"]["result"])
        cells, lines, records, offsets = places_of(detections, ("cells", "lineRanges", "records", "offsetRanges"))
        expect(len(cells) + len(lines) + len(records) <= 15 and not offsets, where, "located occurrences")
        for record in records:
            expect(len(record["jsonPath"] or "") <= JSON_PATH_CHARS_MAX, where, "jsonPath is too long")
    parser = botocore.parsers.create_parser("rest-json")
    page = {"findings": findings[:50]}
    answer = parser.parse({"status_code": 200, "headers": {}, "body": json.dumps(page).encode()},
                          model.operation_model("GetFindings").output_shape)
    expect(len(answer["findings"]) == len(findings[:50]), "findings.macie.jsonl", "botocore's parser lost findings")
    for before, after in zip(findings, answer["findings"]):
        expect(after["createdAt"].timestamp() >= 0 and after["id"] == before["id"], "findings.macie.jsonl", "botocore's parser")


# ---- results.jsonl, and all of them together ----

def key_bytes(record):
    s3_object = record["resourcesAffected"]["s3Object"]
    encoded = s3_object.get("keyBase64")
    return base64.b64decode(encoded, validate=True) if encoded else s3_object["key"].encode()


def check_result(record, targets, redacted, where):
    member = record["resourcesAffected"]["s3Object"].get("embeddedFileDetails")
    ordinals = tuple(member["memberIndex"]) if member else ()
    expect(member is None or ordinals, where, "a member without memberIndex")
    ids = {finding_id(t["origin"], t["bucket"] or "", key_bytes(record), None, ordinals) for t in targets}
    expect(redacted or record["id"] in ids, where, f"id {record['id']} is none of {ids}")
    check_verdict(record, where)
    result = record["classificationDetails"]["result"]
    located = 0
    for d in all_detections(result):
        ranges = d["occurrences"]["offsetRanges"]
        order = [(r["start"], r["end"]) for r in ranges]
        others = sum(len(d["occurrences"][name] or []) for name in ("cells", "lineRanges", "records"))
        located += len(ranges)
        expect(order == sorted(order) and all(a < b for a, b in order), where, f"{d['type']}: offsets")
        expect(len(ranges) == others <= 1000 and len(ranges) + d.get("inName", 0) <= d["count"], where, f"{d['type']}: places")
        expect(all(0 <= r["confidence"] <= d["confidence"] <= 100 for r in ranges), where, f"{d['type']}: confidence")
        expect(d["distinct"] == "≥ 1000" or 1 <= d["distinct"] <= min(d["count"], 999), where, f"distinct {d['distinct']}")
        for cell in d["occurrences"]["cells"] or []:
            expect(len(cell["columnName"] or "") <= COLUMN_NAME_CHARS_MAX, where, "columnName is too long")
    total = sum(d["count"] for d in all_detections(result))
    expect(result["additionalOccurrences"] == (located < total), where, "additionalOccurrences")
    expect(set(result["excluded"]) == {"testNumber", "placeholder", "allowList", "lowConfidence"}, where, "excluded")


def counts_of(result):
    return {d.get("type") or d.get("name"): d["count"] for d in all_detections(result)}


def asff_counts(finding):
    result = next(r for r in finding["Resources"] if "DataClassification" in r)["DataClassification"]["Result"]
    detections = all_detections(result, "SensitiveData", "Detections", "CustomDataIdentifiers")
    return {d.get("Type") or d.get("Name"): d["Count"] for d in detections}


def check_together(results, macie, asff, summary):
    redacted = summary["evidence"]["redactNames"]
    for index, record in enumerate(results):
        check_result(record, summary["targets"], redacted, f"results.jsonl:{index + 1}")
    ids = [record["id"] for record in results]
    expect(len(ids) == len(set(ids)), "results.jsonl", "an id stands twice")
    objects = {r["id"]: r for r in results if "embeddedFileDetails" not in r["resourcesAffected"]["s3Object"]}
    found = {i: counts_of(r["classificationDetails"]["result"]) for i, r in objects.items()}
    found = {i: counts for i, counts in found.items() if counts}
    expect({f["id"]: counts_of(f["classificationDetails"]["result"]) for f in macie} == found, "findings.macie.jsonl",
           "not the results' counts")
    expect([f["id"] for f in macie] == list(found) == [f["Id"] for f in asff], "findings", "not in the order of the results")
    for finding in asff:
        counts = asff_counts(finding)
        full = found.get(finding["Id"], {})
        expect(counts.items() <= full.items(), "findings.asff.json", f"{finding['Id']}: other counts than its result")
        record = objects[finding["Id"]]
        kind = record["type"].rsplit("/", 1)[1]
        wanted = {f"Sensitive Data Identifications/{area}/SensitiveData:S3Object-{kind}"
                  for area in ("PII", ASFF_KINDS[kind]) if area}
        expect(set(finding["Types"]) == wanted, "findings.asff.json", f"{finding['Types']} for {record['type']}")
        expect(finding["Severity"]["Original"] == record["severity"]["description"], "findings.asff.json", "severity")
    if not redacted:
        order = [(key_bytes(r), (r["resourcesAffected"]["s3Object"].get("embeddedFileDetails") or {}).get("memberIndex", []))
                 for r in results]
        expect(len(summary["targets"]) > 1 or order == sorted(order), "results.jsonl", "not sorted")


def check_summary(folder, summary, results):
    where = "summary.json"
    objects = [r for r in results if "embeddedFileDetails" not in r["resourcesAffected"]["s3Object"]]
    codes = collections.Counter(r["classificationDetails"]["result"]["status"]["code"] for r in objects)
    parts = [summary[name] for name in ("filtered", "complete", "partial", "skipped", "notAttempted")]
    for unit in ("objects", "bytes"):
        expect(summary["listed"][unit] == sum(p[unit] for p in parts), where, f"{unit} do not add up")
        expect(sum(t["listed"][unit] for t in summary["targets"]) == summary["listed"][unit], where, f"{unit} of targets")
        unread = summary["partial"][unit] + summary["skipped"][unit]
        expect(sum(r[unit] for r in summary["reasons"]) == unread, where, f"{unit} by reason")
    verdicts = [r["classificationDetails"]["result"]["status"] for r in objects]
    untouched = sum(v["code"] == "SKIPPED" and v["reason"] == "INTERRUPTED" for v in verdicts)
    codes["SKIPPED"] -= untouched  # the run ended before a byte of them was read
    expect(summary["notAttempted"]["objects"] == untouched, where, f"{summary['notAttempted']}, but {untouched} records say so")
    expect(summary["interrupted"] or untouched == 0, where, "records of an interrupt that did not happen")
    for name in ("complete", "partial", "skipped"):
        expect(summary[name]["objects"] == codes[name.upper()], where, f"{name}: {summary[name]} against {codes}")
    listed = sum(summary[name]["objects"] for name in ("complete", "partial", "skipped", "notAttempted"))
    expect(len(objects) == listed, where, f"{len(objects)} records of {listed} objects")
    hits = summary["detections"]
    expect(hits["confirmed"] == hits["reported"] + sum(hits["excluded"].values()), where, "hits do not add up")
    by_type = collections.Counter()
    for record in objects:
        by_type.update(counts_of(record["classificationDetails"]["result"]))
    expect({t["type"]: t["count"] for t in hits["byType"]} == dict(by_type), where, "counts by type")
    severities = collections.Counter(r["severity"]["description"] for r in objects if r["severity"])
    expect({k: v for k, v in summary["findings"]["bySeverity"].items() if v} == dict(severities), where, "severities")
    members = len(results) - len(objects)
    expect(summary["members"]["opened"] == members, where, f"{summary['members']} against {members} records")
    for file in summary["files"]:
        data = (folder / file["name"]).read_bytes()
        expect(hashlib.sha256(data).hexdigest() == file["sha256"] and len(data) == file["bytes"], where, f"hash of {file['name']}")
    for name in (*FILES, "summary.json"):
        expect((folder / name).stat().st_mode & 0o777 == 0o600, name, "mode is not 0600")
    expect("clean" not in re.findall(r"[a-z]+", json.dumps({**summary, "evidence": None, "targets": None}).lower()), where,
           "says clean")


def check_csv(text, results):
    where = "findings.csv"
    expect(text.startswith("\ufeff"), where, "no byte order mark")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True))
    expect(len({len(row) for row in rows}) == 1, where, "rows differ in length")
    for row in rows:
        for cell in row:
            expect(not cell.startswith(("=", "+", "-", "@", "\t", "\r", "|")), where, f"a formula: {cell[:40]!r}")
            expect(not re.search("[\x00-\x1f\x7f]", cell), where, f"a control character: {cell[:40]!r}")
    wanted = [(r["id"], name, str(count)) for r in results for name, count in counts_of(r["classificationDetails"]["result"]).items()]
    head = rows[0]
    given = [(row[head.index("id")], row[head.index("type")], row[head.index("count")]) for row in rows[1:]]
    expect(given == wanted, where, f"{len(given)} rows, {len(wanted)} types of results")


def check_folder(folder):
    texts = {name: (folder / name).read_bytes().decode("utf-8", "strict") for name in (*FILES, "summary.json")}
    results = [strict_json(line, f"results.jsonl:{i + 1}") for i, line in enumerate(texts["results.jsonl"].split("\n")[:-1])]
    macie = [strict_json(line, f"findings.macie.jsonl:{i + 1}") for i, line in enumerate(texts["findings.macie.jsonl"].split("\n")[:-1])]
    asff = strict_json(texts["findings.asff.json"], "findings.asff.json")
    summary = strict_json(texts["summary.json"], "summary.json")
    check_asff(asff)
    if not problems:
        check_moto(asff)
    check_macie(macie)
    check_together(results, macie, asff, summary)
    check_summary(folder, summary, results)
    check_csv(texts["findings.csv"], results)
    return f"{len(results)} results, {len(macie)} findings"


def main():
    arguments = argparse.ArgumentParser(description="Checks an output folder.")
    arguments.add_argument("--id", action="store_true")
    arguments.add_argument("--version")
    arguments.add_argument("words", nargs="+", metavar="DIR | ORIGIN BUCKET KEY [ORDINAL...]")
    given = arguments.parse_args()
    if given.id:
        origin, bucket, key, *ordinals = given.words
        print(finding_id(origin, bucket, key.encode(), given.version, tuple(int(o) for o in ordinals)))
        return 0
    counted = check_folder(Path(given.words[0]))
    for problem in problems[:200]:
        print(problem)
    print(f"{given.words[0]}: {counted}: " + (f"{len(problems)} problems" if problems else "as they should be"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

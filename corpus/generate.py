#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a realistic, labelled sample of what stands in buckets.

    generate.py --out DIR [--seed N] [--size small|large]

writes DIR/data (to scan) and DIR/labels.jsonl (what is planted where, outside of what is scanned). The same
seed gives the same bytes on every machine; only zstd and lz4 files, made by their command-line tools,
depend on the version of the tool, and they and the encrypted zip are left out where the tool is not installed.

labels.jsonl has two kinds of lines:
  {"kind":"file","path":P,"member":M or null,"status":"COMPLETE|PARTIAL|SKIPPED","reason":R or null}
  {"kind":"item","path":P,"member":M or null,"type":T,"start":S,"end":E,"sha256":H, "recommended":bool, ...}
`path` is relative to DIR/data, `member` the path inside an archive (nested ones joined by "!/"), S and E are bytes
of the file or member as decoded from its compression, half-open. An item may also say its `line`, `row`,
`column`, `columnName`, `record` and `jsonPath`. The value itself is not written, only kept in Corpus.labels
for tests that import this file: `sha256` is of its UTF-8.

Only values of values.py are planted: valid in form, made up, and each under a keyword where its type needs one.
"""

import argparse
import bz2
import gzip
import hashlib
import io
import json
import lzma
import random
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

import values as v

STAMP = 1767225600  # 2026-01-01T00:00:00Z, the time of everything inside archives

# Types that the default selection leaves out, by the rule of docs/detectors.md.
NOT_RECOMMENDED = {"PHONE_NUMBER", "EMAIL_ADDRESS", "IP_ADDRESS", "IPV6_ADDRESS", "AWS_ACCESS_KEY_ID"}


class Text:
    """Bytes under construction, with the places of what was planted in them."""

    def __init__(self, encoding="utf-8", bom=b""):
        self.encoding = encoding
        self.data = bytearray(bom)
        self.items = []
        self.line = 1

    def put(self, text):
        self.data += text.encode(self.encoding)
        self.line += text.count("\n")
        return self

    def plant(self, kind, value, **where):
        start = len(self.data)
        if not where:
            where = {"line": self.line}
        self.put(value)
        self.items.append({
            "type": kind, "start": start, "end": len(self.data),
            "sha256": hashlib.sha256(value.encode()).hexdigest(),
            "recommended": kind not in NOT_RECOMMENDED, "value": value, **where})
        return self


class Corpus:
    """Writes files below DIR/data and collects their labels."""

    def __init__(self, folder, seed, size):
        self.folder = Path(folder).resolve()
        self.random = random.Random(seed)
        self.scale = {"small": 1, "large": 60}[size]
        self.labels = []

    def rows(self, count):
        return count * self.scale

    def write(self, path, data):
        target = self.folder / "data" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def label(self, path, member, text=None, status="COMPLETE", reason=None):
        self.labels.append({"kind": "file", "path": path, "member": member, "status": status,
                            "reason": reason})
        for item in text.items if text else ():
            self.labels.append({"kind": "item", "path": path, "member": member, **item})

    def add(self, path, text, encode=bytes):
        """A file of its own, as it is or wrapped in one compression by `encode`."""
        self.write(path, encode(bytes(text.data)))
        self.label(path, None, text)

    def finish(self):
        with open(self.folder / "labels.jsonl", "w", encoding="utf-8") as out:
            for line in self.labels:
                shown = {name: part for name, part in line.items() if name != "value"}
                out.write(json.dumps(shown, ensure_ascii=False) + "\n")


# -- texts -------------------------------------------------------------------

# What a person would write around each kind of value. {} is the value.
SENTENCES = {
    "CREDIT_CARD_NUMBER": ("Please charge my credit card {} for the deposit.", v.card),
    "USA_SOCIAL_SECURITY_NUMBER": ("Her social security number, SSN {}, is on the form.", v.ssn),
    "USA_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER": ("The ITIN {} was issued last spring.", v.itin),
    "BANK_ACCOUNT_NUMBER": ("Wire it to bank account {} before Friday.", v.us_bank_account),
    "UK_NATIONAL_INSURANCE_NUMBER": ("My national insurance number is {}.", v.nino),
    "UK_NHS_NUMBER": ("The patient's NHS number is {}.", v.nhs),
    "CANADA_SOCIAL_INSURANCE_NUMBER": ("Social insurance number {} (Canada).", v.sin),
    "FRANCE_NATIONAL_IDENTIFICATION_NUMBER": ("Le code INSEE est {}.", v.insee),
    "GERMANY_TAX_IDENTIFICATION_NUMBER": ("Die Steuernummer lautet {}.", v.german_tax_id),
    "GERMANY_NATIONAL_IDENTIFICATION_NUMBER": ("Personalausweis {} liegt bei.", v.german_id_card),
    "SPAIN_DNI_NUMBER": ("Documento nacional de identidad {}.", v.dni),
    "SPAIN_NIE_NUMBER": ("El NIE del solicitante es {}.", v.nie),
    "ITALY_NATIONAL_IDENTIFICATION_NUMBER": ("Tessera sanitaria {}.", v.codice_fiscale),
    "BRAZIL_CPF_NUMBER": ("O CPF do cliente é {}.", v.cpf),
    "BRAZIL_CNPJ_NUMBER": ("CNPJ {} da empresa.", v.cnpj),
    "AUSTRALIA_TAX_FILE_NUMBER": ("My tax file number is {}.", v.tfn),
    "INDIA_AADHAAR_NUMBER": ("Aadhaar {} was checked.", v.aadhaar),
    "INDIA_PERMANENT_ACCOUNT_NUMBER": ("PAN card {} is attached.", v.indian_pan),
    "US_DRUG_ENFORCEMENT_AGENCY_NUMBER": ("Prescriber DEA number {}.", v.dea),
    "USA_NATIONAL_PROVIDER_IDENTIFIER": ("Referred by NPI {}.", v.npi),
    "VEHICLE_IDENTIFICATION_NUMBER": ("Vehicle identification number {}.", v.vin),
    "DATE_OF_BIRTH": ("Date of birth: {}.", v.birth_date),
    "PHONE_NUMBER": ("Call me on my mobile phone {} after six.", v.phone),
    "EMAIL_ADDRESS": ("Write to {} instead.", v.email),
    "IP_ADDRESS": ("The host {} answered late.", v.ipv4),
    "IPV6_ADDRESS": ("The host {} answered late.", v.ipv6),
}

FILLER = (
    "Thank you for the quick answer.", "The invoice will follow with the next delivery.",
    "We met again in the afternoon and agreed on the wording.", "Nothing else has changed since then.",
    "The parcel left the warehouse this morning.", "Please let me know what suits you.",
    "The figures for the quarter look better than those of last year.",
    "I am sorry that this took longer than promised.", "The meeting room on the second floor is free.",
)


def sentence(r, text, kind):
    template, make = SENTENCES[kind]
    before, after = template.split("{}")
    text.put(before).plant(kind, make(r)).put(after)


def letter(r, encoding="utf-8", bom=b"", kinds=None, newline="\n"):
    text = Text(encoding, bom)
    text.put(f"Dear customer service,{newline}{newline}")
    for kind in kinds or SENTENCES:
        text.put(r.choice(FILLER) + newline)
        sentence(r, text, kind)
        text.put(f"{newline}{newline}" + " ".join(r.sample(FILLER, 3)) + newline)
        if kind == "UK_NATIONAL_INSURANCE_NUMBER":
            country, value = v.iban(r, spaced=True)
            text.put("The IBAN is ").plant(country, value).put(f".{newline}")
    text.put(f"Yours sincerely{newline}")
    return text


COLUMNS = ("customer_id", "full_name", "email", "phone", "ssn", "credit_card", "iban", "date_of_birth", "notes")


def customers(r, count, delimiter=",", encoding="utf-8", bom=b"", newline="\r\n"):
    """Customer table with quoted cells: blanks, delimiters, doubled quotes and line ends in quotes."""
    text = Text(encoding, bom)
    text.put(delimiter.join(COLUMNS) + newline)
    notes = ("", '"prefers mail{d} not calls"', '"said ""maybe"" twice"', f'"two{newline}lines"', "returned once")
    for row in range(2, count + 2):
        name = f"{r.choice(v.FIRST).title()} {r.choice(v.LAST).title()}"
        text.put(f"C-{row:06d}{delimiter}{name}")
        for number, (name, make, share) in enumerate((
                ("EMAIL_ADDRESS", v.email, 0.9), ("PHONE_NUMBER", v.phone, 0.6),
                ("USA_SOCIAL_SECURITY_NUMBER", v.ssn, 0.5), ("CREDIT_CARD_NUMBER", v.card, 0.5),
                (None, v.iban, 0.3), ("DATE_OF_BIRTH", v.birth_date, 0.6)), start=3):
            text.put(delimiter)
            if r.random() > share:
                continue
            kind, value = make(r) if name is None else (name, make(r))
            quote = '"' if r.random() < 0.2 else ""
            text.put(quote)
            text.plant(kind, value, row=row, column=number, columnName=COLUMNS[number - 1])
            text.put(quote)
        text.put(delimiter + r.choice(notes).format(d=delimiter) + newline)
    return text


AGENTS = ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
          "curl/7.88.1", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Gecko/20100101 Firefox/133.0")
PATHS = ("/", "/index.html", "/api/v2/orders?page=3", "/static/app.8f3b21c9.js", "/search?q=garden+chairs", "/health")


def access_log(r, count, secrets=True):
    text = Text()
    for i in range(count):
        text.plant("IP_ADDRESS", v.ipv4(r))
        when = f"{r.randint(1, 28):02d}/Nov/2026:{r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{i % 60:02d} +0000"
        text.put(f" - - [{when}] \"GET ")
        draw = r.random() if secrets else 1
        if draw < 0.01:
            text.put("/login?token=").plant("JSON_WEB_TOKEN", v.jwt(r))
        elif draw < 0.02:
            text.put("/form?ssn=").plant("USA_SOCIAL_SECURITY_NUMBER", v.ssn(r))
        else:
            text.put(r.choice(PATHS))
        text.put(f" HTTP/1.1\" {r.choice((200, 200, 200, 304, 404, 500))} {r.randint(100, 99999)} \"-\" "
                 f"\"{r.choice(AGENTS)}\"\n")
    return text


def events(r, count):
    text = Text()
    for record in range(count):
        text.put(f'{{"event":"checkout","seq":{record},"at":"2026-11-{r.randint(1, 28):02d}T10:00:00Z","customer":{{')
        text.put('"email":"').plant("EMAIL_ADDRESS", v.email(r), record=record, jsonPath="$.customer.email")
        text.put('","tags":["new","eu"]')
        if r.random() < 0.1:
            text.put(',"ssn":"')
            text.plant("USA_SOCIAL_SECURITY_NUMBER", v.ssn(r), record=record, jsonPath="$.customer.ssn")
            text.put('"')
        text.put('},"payments":[')
        if r.random() < 0.1:
            text.put('{"kind":"voucher"},{"credit_card":"')
            text.plant("CREDIT_CARD_NUMBER", v.card(r), record=record, jsonPath="$.payments[1].credit_card")
            text.put('"}')
        text.put(f'],"total":{r.randint(100, 99999) / 100}}}\n')
    return text


def orders(r, count):
    """One JSON document, indented."""
    text = Text()
    text.put('{\n  "generated": "2026-11-01",\n  "orders": [\n')
    for i in range(count):
        text.put(f'    {{\n      "id": {1000 + i},\n      "sku": "A-{r.randint(100, 999)}",\n')
        text.put('      "payer": {"iban": "')
        kind, value = v.iban(r)
        text.plant(kind, value, record=0, jsonPath=f"$.orders[{i}].payer.iban")
        text.put('", "tax file number": "')
        text.plant("AUSTRALIA_TAX_FILE_NUMBER", v.tfn(r), record=0,
                   jsonPath=f"$.orders[{i}].payer['tax file number']")
        text.put('"}\n    }' + (",\n" if i + 1 < count else "\n"))
    text.put("  ]\n}\n")
    return text


CODE_LINES = (
    "def total(items):\n    return sum(item.price * item.count for item in items)\n\n",
    "class Queue:\n    def __init__(self, size):\n        self.size = size\n        self.items = []\n\n",
    "# Retry with a growing pause; see the note in the handbook.\nfor attempt in range(5):\n    pause = 2 ** attempt\n\n",
    "VERSION = '4.12.7'\nBUILD = 'd41d8cd98f00b204e9800998ecf8427e'\nTIMEOUT_MS = 1500000\n\n",
    "assert checksum(data) == 0xdeadbeef, 'block 7f3c12 is damaged'\n\n",
)


def source_code(r, count):
    text = Text()
    text.put('"""Helpers of the order service."""\nimport os\n\n')
    secrets = (
        ("GITHUB_TOKEN", "TOKEN = '{}'\n\n", v.github_token), ("STRIPE_CREDENTIALS", "stripe.api_key = \"{}\"\n\n", v.stripe_key),
        ("SLACK_TOKEN", "slack = Slack('{}')\n\n", v.slack_token),
        ("GCP_API_KEY", "google_api_key = '{}'  # GCP API key\n\n", v.gcp_key),
        ("AWS_CREDENTIALS", "aws_secret_access_key = '{}'\n\n", v.aws_secret),
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id = '{}'\n\n", v.aws_key_id),
        ("HTTP_BASIC_AUTH_HEADER", "headers = {{'X': 1}}\n# Authorization: Basic {}\n\n", v.basic_auth),
    )
    for i in range(count):
        text.put(r.choice(CODE_LINES))
        if i % 9 == 0:
            kind, template, make = secrets[i // 9 % len(secrets)]
            before, after = template.replace("{{", "\x01").replace("}}", "\x02").split("{}")
            clean = str.maketrans({"\x01": "{", "\x02": "}"})
            text.put(before.translate(clean)).plant(kind, make(r)).put(after.translate(clean))
    return text


def environment_file(r):
    text = Text()
    text.put("# production\nDEBUG=false\nAWS_ACCESS_KEY_ID=").plant("AWS_ACCESS_KEY_ID", v.aws_key_id(r))
    text.put("\nAWS_SECRET_ACCESS_KEY=").plant("AWS_CREDENTIALS", v.aws_secret(r))
    text.put("\nSTRIPE_KEY=").plant("STRIPE_CREDENTIALS", v.stripe_key(r))
    text.put("\nSLACK_BOT_TOKEN=").plant("SLACK_TOKEN", v.slack_token(r))
    return text.put("\nLOG_LEVEL=info\n")


def key_file(kind, value):
    return Text().plant(kind, value).put("\n")


def clean_table(r, count):
    """Numbers that look like something and are nothing: ids, times, hashes, versions, amounts."""
    text = Text()
    text.put("order_ref,created_ms,checksum,version,amount,batch\n")
    for i in range(count):
        text.put(f"{9_000_000_000_000 + i * 7},{1767225600000 + i * 1013},{r.getrandbits(128):032x},"
                 f"{r.randint(1, 9)}.{r.randint(0, 20)}.{r.randint(0, 99)},{r.randint(1, 99999) / 100:.2f},"
                 f"{r.randint(100000, 999999)}\n")
    return text


def clean_log(r, count):
    text = Text()
    for i in range(count):
        text.put(f"2026-11-{r.randint(1, 28):02d} 10:{i % 60:02d}:00.{r.randint(0, 999):03d} INFO worker-{i % 8} "
                 f"request={r.getrandbits(64):016x} took={r.randint(1, 9000)}us bytes={r.randint(1, 10**9)}\n")
    return text


# -- what is not text --------------------------------------------------------

def png(r, width=24, height=24):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + r.randbytes(width * 3) for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
       b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
       b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n100\n%%EOF\n")


# -- compressions and archives -----------------------------------------------

def gzip_bytes(data):
    return gzip.compress(data, 6, mtime=0)


def gzip_members(data):
    """Two gzip members one after the other, as logrotate and S3 exports make them."""
    middle = len(data) // 2
    return gzip_bytes(data[:middle]) + gzip_bytes(data[middle:])


def tool(*command):
    """An encoder that pipes through a program, or None where it is not installed."""
    if shutil.which(command[0]) is None:
        return None
    return lambda data: subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


class Archive:
    """Members in order: (name, bytes, Text or None, status, reason, inner Archive or None)."""

    def __init__(self):
        self.members = []

    def text(self, name, text):
        self.members.append((name, bytes(text.data), text, "COMPLETE", None, None))

    def other(self, name, data, status, reason):
        self.members.append((name, data, None, status, reason, None))

    def nested(self, name, inner, data):
        self.members.append((name, data, None, "COMPLETE", None, inner))

    def label(self, corpus, path, prefix=""):
        for name, _, text, status, reason, inner in self.members:
            corpus.label(path, prefix + name, text, status, reason)
            if inner is not None:
                inner.label(corpus, path, prefix + name + "!/")

    def tar(self, form=tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as tar:
            for name, data, *_ in self.members:
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(data), STAMP
                tar.addfile(info, io.BytesIO(data))
        return out.getvalue()

    def zip(self, zip64=False):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for i, (name, data, *_) in enumerate(self.members):
                info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_STORED if i % 3 == 2 else zipfile.ZIP_DEFLATED
                info.external_attr = 0o600 << 16
                with archive.open(info, "w", force_zip64=zip64) as member:
                    member.write(data)
        return out.getvalue()


class Unseekable(io.RawIOBase):
    """Makes zipfile write data descriptors, as streaming writers do."""

    def __init__(self):
        super().__init__()
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def streamed_zip(archive):
    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data, *_ in archive.members:
            target.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return bytes(out.data)


def add_archive(corpus, path, archive, data):
    worst = any(status != "COMPLETE" and reason != "UNSUPPORTED_FILE_TYPE_EXCEPTION"
                for _, _, _, status, reason, _ in archive.members)
    corpus.write(path, data)
    corpus.label(path, None, None, "PARTIAL" if worst else "COMPLETE",
                 "ARCHIVE_CONTAINS_UNPROCESSED_FILES" if worst else None)
    archive.label(corpus, path)


def sample_archive(r, rows):
    archive = Archive()
    archive.text("home/customers.csv", customers(r, rows))
    archive.text("home/mail/letter.txt", letter(r))
    archive.text("var/log/access.log", access_log(r, rows))
    archive.text("etc/app/.env", environment_file(r))
    return archive


def encrypted_zip(corpus, r):
    """Only where Info-ZIP is installed. Its salt is random, so the file's bytes are, too; its labels are not."""
    if shutil.which("zip") is None:
        return
    folder = corpus.folder / "encrypted.tmp"
    folder.mkdir(exist_ok=True)
    (folder / "secret.txt").write_bytes(bytes(letter(r).data))
    target = corpus.folder / "data/archives/encrypted.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    subprocess.run(["zip", "-q", "-X", "-P", "sesame", str(target), "secret.txt"], cwd=folder, check=True)
    shutil.rmtree(folder)
    corpus.label("archives/encrypted.zip", None, None, "PARTIAL", "ARCHIVE_CONTAINS_UNPROCESSED_FILES")
    corpus.label("archives/encrypted.zip", "secret.txt", None, "SKIPPED", "OPAQUE_CONTENT")


def add_texts(corpus):
    r, rows = corpus.random, corpus.rows
    corpus.add("crm/customers-2026.csv", customers(r, rows(400)))
    corpus.add("crm/customers.tsv", customers(r, rows(60), "\t", newline="\n"))
    corpus.add("crm/kunden-semikolon.csv", customers(r, rows(60), ";"))
    corpus.add("crm/export-utf16le.csv", customers(r, rows(60), encoding="utf-16-le", bom=b"\xff\xfe"))
    corpus.add("web/access.log", access_log(r, rows(1500)))
    corpus.add("events/2026/11/events.jsonl", events(r, rows(800)))
    corpus.add("orders/orders.json", orders(r, rows(120)))
    corpus.add("src/orders/service.py", source_code(r, rows(200)))
    corpus.add("config/.env", environment_file(r))
    corpus.add("letters/letter.txt", letter(r))
    corpus.add("letters/letter-crlf.txt", letter(r, newline="\r\n"))
    corpus.add("letters/lettre-latin1.txt", letter(r, "latin-1"))
    corpus.add("letters/brief-utf16be.txt", letter(r, "utf-16-be", b"\xfe\xff"))
    corpus.add("letters/brief-utf16le-without-bom.txt", letter(r, "utf-16-le"))
    corpus.add("letters/with-bom.txt", letter(r, "utf-8", b"\xef\xbb\xbf"))
    for name, kind, make in (("id_ed25519", "OPENSSH_PRIVATE_KEY", v.openssh_key), ("server.pem", "PKCS", v.pkcs_key),
                             ("backup.asc", "PGP_PRIVATE_KEY", v.pgp_key), ("login.ppk", "PUTTY_PRIVATE_KEY", v.putty_key)):
        corpus.add(f"keys/{name}", key_file(kind, make(r)))
    corpus.add("clean/batches.csv", clean_table(r, rows(1000)))
    corpus.add("clean/worker.log", clean_log(r, rows(1000)))
    corpus.add("clean/readme.txt", Text().put("\n".join(FILLER * 20) + "\n"))
    corpus.add("clean/empty.txt", Text())
    corpus.write("images/logo.png", png(r))
    corpus.label("images/logo.png", None, None, "SKIPPED", "UNSUPPORTED_FILE_TYPE_EXCEPTION")
    corpus.write("docs/report.pdf", PDF)
    corpus.label("docs/report.pdf", None, None, "SKIPPED", "UNSUPPORTED_DOCUMENT_FORMAT")


def add_compressed(corpus):
    r, rows = corpus.random, corpus.rows
    corpus.add("packed/customers.csv.gz", customers(r, rows(100)), gzip_bytes)
    corpus.add("packed/access.log.gz", access_log(r, rows(300)), gzip_members)
    corpus.add("packed/letter.txt.bz2", letter(r), bz2.compress)
    corpus.add("packed/events.jsonl.xz", events(r, rows(100)), lambda data: lzma.compress(data, preset=1))
    corpus.add("packed/no-suffix", orders(r, 20), gzip_bytes)
    for name, command in (("packed/letter.txt.zst", ("zstd", "-q", "-c")), ("packed/letter.txt.lz4", ("lz4", "-q", "-c"))):
        encode, text = tool(*command), letter(r)
        if encode is not None:
            corpus.add(name, text, encode)


def add_archives(corpus):
    r, rows = corpus.random, corpus.rows(40)
    archive = sample_archive(r, rows)
    add_archive(corpus, "archives/backup.tar", archive, archive.tar())
    archive = sample_archive(r, rows)
    add_archive(corpus, "archives/backup-gnu.tar.gz", archive, gzip_bytes(archive.tar(tarfile.GNU_FORMAT)))
    archive = sample_archive(r, rows)
    archive.other("logo.png", png(r), "SKIPPED", "UNSUPPORTED_FILE_TYPE_EXCEPTION")
    add_archive(corpus, "archives/export.zip", archive, archive.zip())
    archive = sample_archive(r, rows)
    add_archive(corpus, "archives/export-zip64.zip", archive, archive.zip(zip64=True))
    archive = sample_archive(r, rows)
    add_archive(corpus, "archives/streamed.zip", archive, streamed_zip(archive))
    archive = sample_archive(r, rows)
    archive.other("report.pdf", PDF, "SKIPPED", "UNSUPPORTED_DOCUMENT_FORMAT")
    add_archive(corpus, "archives/with-report.tar", archive, archive.tar(tarfile.USTAR_FORMAT))
    inner, outer = sample_archive(r, rows), Archive()
    outer.text("notes.txt", letter(r, kinds=("USA_SOCIAL_SECURITY_NUMBER",)))
    outer.nested("inner.zip", inner, inner.zip())
    add_archive(corpus, "archives/nested.tar.gz", outer, gzip_bytes(outer.tar()))
    encrypted_zip(corpus, r)


def generate(folder, seed=1, size="small"):
    corpus = Corpus(folder, seed, size)
    data = corpus.folder / "data"
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True)
    add_texts(corpus)
    add_compressed(corpus)
    add_archives(corpus)
    corpus.finish()
    return corpus


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", required=True, help="folder to make data/ and labels.jsonl in")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=("small", "large"), default="small")
    options = parser.parse_args()
    corpus = generate(options.out, options.seed, options.size)
    files = [label for label in corpus.labels if label["kind"] == "file"]
    print(f"{sum(label['member'] is None for label in files)} files, "
          f"{sum(label['member'] is not None for label in files)} members, "
          f"{len(corpus.labels) - len(files)} planted values in {options.out}/data")


if __name__ == "__main__":
    main()

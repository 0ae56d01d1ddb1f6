# SPDX-License-Identifier: Apache-2.0
"""What real buckets hold, one small file of each kind: what is found in it, and how it ends.

Python's standard library writes the files and so is the oracle; zstd, lz4 and zip are used where they are there. Each
row is a file, the number of card numbers that stand in it as ASCII or Unicode text, and the status with which it must
end: PARTIAL or SKIPPED wherever something in it cannot be read, COMPLETE nowhere else.
"""

import base64
import binascii
import bz2
import gzip
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
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from e2e_fixtures import detections, identity, status

CARD = "4539 1488 0343 6467"
OTHER = "4485 2750 4904 8121"
LINE = f"Customer card number: {CARD} expires 12/27\n"
TEXT = LINE.encode()
NOISE = random.Random(1).randbytes(5000)


def tool(name, *options):
    """A compressor as a function, or None where it is not installed."""
    if shutil.which(name) is None:
        return None
    return lambda data: subprocess.run([name, *options], input=data, capture_output=True, check=True).stdout


def tar(*members, damage=b"", **options):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", **options) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue() + damage


def zipped(*members, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


def flipped(data, at):
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def gzip_with_fields(data, flags, fields):
    return (b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + fields + zlib.compress(data, 9)[2:-4] +
            struct.pack("<II", zlib.crc32(data), len(data)))


def encrypted_zip():
    """A zip of a plain member and one that its flags call encrypted."""
    data = bytearray(zipped(("plain.txt", LINE), ("secret.txt", "hidden " * 50)))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.index(mark, data.index(mark) + 4)
        data[at + offset] |= 1
    return bytes(data)


def mail():
    message = MIMEMultipart()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = "a@x.org", "b@x.org", "x", "<1@x>"
    message.attach(MIMEText(LINE, "plain", "utf-8"))  # as base64
    return message.as_bytes()


def uuencoded(data):
    lines = b"".join(binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45))
    return b"begin 644 a.txt\n" + lines + b"`\nend\n"


def records(card=CARD):
    return {"Records": [{"eventVersion": "1.08", "requestParameters": {"card number": card}}]}


WHOLE, PART, NONE = "COMPLETE", "PARTIAL", "SKIPPED"

TEXTS = {
    "nul.txt": (b"line one\0\n" * 50 + TEXT + b"\0\0\n", 1, WHOLE),
    "cr.txt": (TEXT.replace(b"\n", b"\r") * 3, 3, WHOLE),
    "long.txt": (b"x " * (3 << 20) + TEXT[:-1] + b" y" * (3 << 20), 1, WHOLE),
    "page.html": (f"<html><body><p>{LINE}</p></body></html>".encode(), 1, WHOLE),
    "latin1.xml": (f'<?xml version="1.0" encoding="ISO-8859-1"?><a><n>Müller</n><card>{CARD}</card></a>'.encode("latin-1"), 1, WHOLE),
    "utf16.xml": (f'<?xml version="1.0" encoding="UTF-16"?>\n<a><card>{CARD}</card></a>'.encode("utf-16"), 1, WHOLE),
    "drawing.svg": (f'<svg xmlns="http://www.w3.org/2000/svg"><text>{LINE}</text></svg>'.encode(), 1, WHOLE),
    "notebook.ipynb": (json.dumps({"cells": [{"source": [f'card number = "{CARD}"\n'], "outputs": []}]}).encode(), 1, WHOLE),
    "dump.sql": (f"CREATE TABLE t (id int, card_number text);\nINSERT INTO t VALUES (1,'{CARD}'),(2,'x');\n".encode(), 1, WHOLE),
    "customers.yml": (f'customers:\n  - name: Ann\n    card number: "{CARD}"\n'.encode(), 1, WHOLE),
    "crlf.json": (json.dumps({"a": {"card number": CARD}}, indent=1).replace("\n", "\r\n").encode(), 1, WHOLE),
    "mark.json": (b"\xef\xbb\xbf" + json.dumps([{"card number": CARD}] * 3).encode(), 3, WHOLE),
    "joined.json": (json.dumps({"card number": CARD}).encode() * 3, 3, WHOLE),
    "letter.rtf": (rf"{{\rtf1\ansi {LINE}}}".encode(), 1, PART),
    "empty.txt": (b"", 0, WHOLE),
    "zeros.bin": (bytes(5000), 0, WHOLE),
    "whole.b64": (base64.encodebytes(TEXT * 20), 0, PART),
    "whole.uue": (uuencoded(TEXT), 0, PART),
    "mail.eml": (mail(), 0, PART),
    "box.mbox": (b"From a@x.org Mon Jan  1 00:00:00 2024\n" + mail() + b"\n", 0, PART),
}

CHARSETS = {
    "utf16le.csv": (f"name,card number\r\nAnn,{CARD}\r\nBob,{CARD}\r\n".encode("utf-16"), 2, WHOLE),
    "utf16be.csv": (b"\xfe\xff" + f"name,card number\r\nAnn,{CARD}\r\nBob,{CARD}\r\n".encode("utf-16-be"), 2, WHOLE),
    "ebcdic.txt": ((LINE * 5).encode("cp037"), 0, NONE),
    "utf32.txt": ((LINE * 2).encode("utf-32"), 0, NONE),
    "shift_jis.txt": ((LINE + "日本語の文章です。これは試験。\n" * 20).encode("shift_jis"), 1, PART),
    "gb18030.txt": ((LINE + "中文文字测试。这是一个例子。\n" * 20).encode("gb18030"), 1, PART),
    "cp1251.txt": ((LINE + "Привет, мир. Это пример текста.\n" * 20).encode("cp1251"), 1, PART),
    "two_writers.log": (TEXT * 40 + (("other line\r\n" * 5) + LINE).encode("utf-16-le"), 41, PART),
    "appended.txt": (("other line\r\n" * 5).encode("utf-16") + TEXT, 1, WHOLE),
    "wrong_mark.txt": (b"\xff\xfe" + TEXT * 3, 3, WHOLE),
}

TABLES = {
    "cr.csv": (f"name,card number\rAnn,{CARD}\rBob,{CARD}\r".encode(), 2, WHOLE),
    "tabs.tsv": (f"name\tcard number\nAnn\t{CARD}\n".encode(), 1, WHOLE),
    "titled.csv": (f"Customers,,\nExported 2024-01-02,,\n\nname,card number,city\nAnn,{CARD},Rome\nBob,{OTHER},Bonn\n".encode(), 2, WHOLE),
    "codes.csv": (f"name,card number,A01,Q1 2023,2023-01-31\nAnn,{CARD},1,2,3\nBob,{OTHER},4,5,6\nEve,{CARD},7,8,9\n".encode(), 3, WHOLE),
    "open_quote.csv": (f'name,card number,city\nAnn "x,1,Rome\n"Bob,{OTHER},Bonn\nEve,{CARD},Oslo\nJo,{CARD},Oslo\n'.encode(), 3, WHOLE),
}

ARCHIVES = {
    "app.log.1.gz": (gzip.compress(TEXT * 3), 3, WHOLE),
    "trail.json.gz": (gzip.compress(json.dumps(records()).encode()), 1, WHOLE),
    "thrice.gz.gz.gz": (gzip.compress(gzip.compress(gzip.compress(TEXT))), 1, WHOLE),
    "empty.gz": (gzip.compress(b""), 0, WHOLE),
    "empty.zip": (zipped(), 0, WHOLE),
    "empty.tar": (bytes(10240), 0, WHOLE),
    "bad_crc.gz": (flipped(gzip.compress(TEXT), -8), 1, PART),
    "bad_crc.bz2": (flipped(bz2.compress(TEXT), -3), 1, PART),
    "behind.xz": (lzma.compress(TEXT) + b"more", 1, PART),
    "fields.gz": (gzip_with_fields(b"x", 24, f"{CARD}.txt\0card number: {OTHER}\0".encode()), 2, WHOLE),
    "comment.zip": (zipped(("a.txt", "x"), comment=TEXT), 1, WHOLE),
    "encrypted.zip": (encrypted_zip(), 1, PART),
    "windows.zip": (zipped(("dirXY.txt", LINE)).replace(b"dirXY.txt", b"dir\\\x81.txt"), 1, WHOLE),
    "joined.tar": (tar(("a.txt", TEXT)) + tar(("b.txt", TEXT)), 2, WHOLE),
    "behind.tar": (tar(("a.txt", TEXT), damage=b"note: " + TEXT), 2, PART),
    "office.docx": (zipped(("[Content_Types].xml", "<Types/>"), ("word/document.xml", f"<w:t>{LINE}</w:t>")), 0, NONE),
    "packed.7z": (b"7z\xbc\xaf'\x1c\0\4" + NOISE[:200], 0, NONE),
    "packed.rar": (b"Rar!\x1a\7\1\0" + NOISE[:200], 0, NONE),
    "table.parquet": (b"PAR1" + NOISE[:300] + b"PAR1", 0, NONE),
    "library.a": (b"!<arch>\nx/              0           0     0     644     5         `\nhello\n", 0, NONE),
    "noise.exe": (b"MZ" + NOISE, 0, PART),
    "noise.elf": (b"\x7fELF" + NOISE, 0, PART),
    "with_text.bin": (b"\1\2" + TEXT * 2 + bytes(range(256)) * 4, 2, PART),
}

ZSTD, LZ4 = tool("zstd", "-qc"), tool("lz4", "-qc")
if ZSTD:
    ARCHIVES["tar_in.zip"] = (zipped(("a.tar.zst", ZSTD(tar(("x/y.txt", TEXT))))), 1, WHOLE)
    ARCHIVES["bad_sum.zst"] = (flipped(ZSTD(TEXT * 2), -1), 2, PART)
if LZ4:
    ARCHIVES["bad_sum.lz4"] = (flipped(LZ4(TEXT * 2), -1), 2, PART)


@pytest.mark.parametrize("kind", (TEXTS, CHARSETS, TABLES, ARCHIVES), ids=("texts", "charsets", "tables", "archives"))
def test_each_kind_of_file_is_read_or_told(assay, tmp_path, kind):
    folder = tmp_path / "data"
    folder.mkdir()
    for name, (data, _, _) in kind.items():
        (folder / name).write_bytes(data)
    options = ("--select", "CREDIT_CARD_NUMBER,CREDIT_CARD_NUMBER_(NO_KEYWORD)", "--min-confidence", "0")
    scan = assay.scan(folder, output=tmp_path / "out", options=options, expect=(0, 3))
    seen = {}
    for record in scan.results:
        name, member = identity(record)
        if member is None:
            seen[name] = (sum(d["count"] for d in detections(record)), status(record)[0])
    assert seen == {name: (count, ends) for name, (_, count, ends) in kind.items()}


def test_columns_keep_their_names_below_titles_and_behind_open_quotes(assay, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for name, (data, _, _) in TABLES.items():
        (folder / name).write_bytes(data)
    scan = assay.scan(folder, output=tmp_path / "out", options=("--select", "CREDIT_CARD_NUMBER"), expect=(0,))
    for name in TABLES:
        cells = [c for d in detections(scan.record(name, None)) for c in d["occurrences"]["cells"]]
        assert cells and {c["columnName"] for c in cells} == {"card number"}, name


def test_an_open_quote_far_behind_the_start_takes_a_hundred_lines(assay, tmp_path):
    """Rows behind it have their column names again, and every value is found."""
    rows = 4000
    lines = [f"{i},Ann,{CARD},Rome" for i in range(rows)]
    lines[3000] = f'3000,"Ann,{CARD},Rome'
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("id,name,card number,city\n" + "\n".join(lines) + "\n")
    scan = assay.scan(folder, output=tmp_path / "out", options=("--select", "CREDIT_CARD_NUMBER,CREDIT_CARD_NUMBER_(NO_KEYWORD)",
                                                                  "--block-size", "4096"), expect=(0,))
    found = {d["type"]: d["count"] for d in detections(scan.results[0])}
    assert sum(found.values()) == rows
    assert rows - 101 <= found["CREDIT_CARD_NUMBER"] < rows

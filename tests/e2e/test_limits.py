# SPDX-License-Identifier: Apache-2.0
"""Invariants 4 and 7: memory is a setting, and no input crashes or hangs: bombs, dictionaries, depth, entries, damage."""

import gzip
import io
import lzma
import os
import random
import struct
import tarfile
import zipfile
import zlib

import generate
import pytest
from e2e_fixtures import detections, identity, places, status

MIB = 1 << 20


def repeated(block, total):
    """Feeds `total` bytes of `block` to a pipe."""
    def feed(pipe):
        left = total
        while left > 0:
            pipe.write(block[:min(len(block), left)])
            left -= len(block)
    return feed


def text_block():
    r = random.Random(3)
    lines = (f"2026-11-{r.randint(1, 28):02d} worker-{r.randint(1, 9)} took {r.randint(1, 9999)} us, all is well\n"
             for _ in range(MIB // 40))
    return "".join(lines).encode()[:MIB]


@pytest.fixture(scope="module")
def block():
    return text_block()


def test_memory_is_flat_from_10_mb_to_4_gb_of_standard_input(assay, tmp_path, block):
    size = (4 << 30) if assay.slow == 1 else (256 << 20)
    small = assay.scan("-", output=tmp_path / "a", stdin=repeated(block, 10 * MIB), expect=(0,))
    large = assay.scan("-", output=tmp_path / "b", stdin=repeated(block, size), timeout=300, expect=(0,))
    assert large.results[0]["resourcesAffected"]["s3Object"].get("size") in (size, None, 0)
    if assay.slow == 1:
        assert large.ended.peak_bytes <= 256 * MIB, f"{large.ended.peak_bytes / MIB:.0f} MiB"
        assert large.ended.peak_bytes - small.ended.peak_bytes <= 128 * MIB


def test_memory_is_flat_for_a_4_gb_file(assay, tmp_path, block):
    """A text of 16 MiB at either end of a hole of 4 GiB: all of it is read, and the end is found."""
    path = tmp_path / "sparse.bin"
    size = (4 << 30) if assay.slow == 1 else (256 << 20)
    with open(path, "wb") as file:
        file.write(block * 16)
        file.seek(size)
        file.write(b"\nSSN 219-45-6781 at the very end\n")
    scan = assay.scan(path, output=tmp_path / "out", timeout=300)
    assert ("USA_SOCIAL_SECURITY_NUMBER", size + 5, size + 16) in places(scan.results[0])
    if assay.slow == 1:
        assert scan.ended.peak_bytes <= 256 * MIB, f"{scan.ended.peak_bytes / MIB:.0f} MiB"


def test_memory_setting_is_kept(assay, corpus, tmp_path):
    scan = assay.scan(corpus.data, output=tmp_path / "out", options=("--memory", "64MiB"), expect=(3,))
    if assay.slow == 1:
        assert scan.ended.peak_bytes <= (64 + 64) * MIB, f"{scan.ended.peak_bytes / MIB:.0f} MiB"


def test_many_small_files_in_flat_memory(assay, tmp_path):
    folder = tmp_path / "many"
    count = 20000 if assay.slow == 1 else 2000
    for i in range(count):
        if i % 1000 == 0:
            (folder / f"{i // 1000:03d}").mkdir(parents=True)
        (folder / f"{i // 1000:03d}/{i % 1000:03d}.txt").write_bytes(b"SSN 219-45-%04d\n" % (i % 9000 + 1))
    scan = assay.scan(folder, output=tmp_path / "out", expect=(0,), timeout=120)
    assert len(scan.results) == count == len({identity(r) for r in scan.results})
    assert sum(d["count"] for r in scan.results for d in detections(r)) == count
    if assay.slow == 1:
        assert scan.ended.peak_bytes <= 256 * MIB, f"{scan.ended.peak_bytes / MIB:.0f} MiB"


def deflated_zeros(total, level=9):
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
    out, piece = bytearray(), bytes(MIB)
    for _ in range(total // MIB):
        out += compressor.compress(piece)
    return bytes(out + compressor.flush())


def bomb_zip(path, members, each):
    """A zip whose members all declare `each` bytes of zeros, made without holding them."""
    data = deflated_zeros(each)
    crc = 0
    for _ in range(each // MIB):
        crc = zlib.crc32(bytes(MIB), crc)
    with open(path, "wb") as out:
        directory = b""
        for i in range(members):
            name = f"{i:04d}.txt".encode()
            common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x5C21, crc, len(data), each, len(name), 0)
            directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, out.tell()) + name
            out.write(b"PK\x03\x04" + common + name + data)
        start = out.tell()
        out.write(directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, members, members, len(directory), start, 0))


def incomplete(scan):
    assert scan.code == 3, scan.ended.text
    records = {identity(r): status(r) for r in scan.results}
    assert any(code != "COMPLETE" and reason for code, reason in records.values()), records
    return records


def test_a_gzip_bomb_ends_at_its_ratio(assay, tmp_path):
    total = 1 << 30
    path = tmp_path / "bomb.gz"
    with open(path, "wb") as out:
        raw = deflated_zeros(total)
        out.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + raw + struct.pack("<II", 0, total & 0xFFFFFFFF))
    scan = assay.scan(path, output=tmp_path / "out", timeout=60)
    assert incomplete(scan)["bomb.gz", None][1] == "COMPRESSION_RATIO_OVER_LIMIT"
    if assay.slow == 1:
        assert scan.ended.peak_bytes <= 256 * MIB


def test_a_zip_bomb_ends_in_flat_memory(assay, tmp_path):
    path = tmp_path / "bomb.zip"
    bomb_zip(path, 30, 256 * MIB)
    scan = assay.scan(path, output=tmp_path / "out", timeout=120)
    incomplete(scan)
    if assay.slow == 1:
        assert scan.ended.peak_bytes <= 256 * MIB


def test_a_gzip_inside_a_gzip_inside_a_gzip(assay, tmp_path):
    data = b"SSN 219-45-6781\n"
    for _ in range(5):
        data = gzip.compress(data, mtime=0)
    (tmp_path / "five.gz").write_bytes(data)
    scan = assay.scan(tmp_path / "five.gz", output=tmp_path / "out", expect=(0,))
    assert places(scan.results[0]) == {("USA_SOCIAL_SECURITY_NUMBER", 4, 15)}
    for _ in range(40):
        data = gzip.compress(data, mtime=0)
    (tmp_path / "deep.gz").write_bytes(data)
    scan = assay.scan(tmp_path / "deep.gz", output=tmp_path / "out")
    assert incomplete(scan)["deep.gz", None][1] == "ARCHIVE_NESTING_LEVEL_OVER_LIMIT"


def test_archives_nested_too_deep(assay, tmp_path):
    data, name = b"SSN 219-45-6781\n", "letter.txt"
    for level in range(30):
        archive = generate.Archive()
        archive.other(name, data, None, None)
        data, name = archive.zip() if level % 2 else archive.tar(), f"level{level}.{'zip' if level % 2 else 'tar'}"
    (tmp_path / "deep.tar").write_bytes(data)
    records = incomplete(assay.scan(tmp_path / "deep.tar", output=tmp_path / "out"))
    assert any(reason == "ARCHIVE_NESTING_LEVEL_OVER_LIMIT" for _, reason in records.values())


def test_an_xz_dictionary_of_1_gib_is_refused_by_name(assay, tmp_path, needs):
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(b"SSN 219-45-6781\n" * 64, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=filters))
    # The block header says the dictionary in one byte: 2 | 3 << (bits / 2 + 11). 36 is 1 GiB. Its CRC32 follows.
    at = data.index(b"\x21\x01", 12)
    data[at + 2] = 36
    size = (data[12] + 1) * 4
    data[12 + size - 4:12 + size] = struct.pack("<I", zlib.crc32(data[12:12 + size - 4]))
    assert lzma.decompress(bytes(data)).startswith(b"SSN"), "the file must be valid"
    (tmp_path / "big-dictionary.xz").write_bytes(data)
    scan = assay.scan(tmp_path / "big-dictionary.xz", output=tmp_path / "out")
    assert incomplete(scan)["big-dictionary.xz", None] == ("SKIPPED", "DECODER_MEMORY_OVER_LIMIT")
    if assay.slow == 1:
        assert scan.ended.peak_bytes <= 256 * MIB


def test_many_members_in_flat_memory(assay, tmp_path):
    count = 20000 if assay.slow == 1 else 2000
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for i in range(count):
            data = b"SSN 219-45-%04d\n" % (i % 9000 + 1)
            info = tarfile.TarInfo(f"{i:06d}.txt")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    (tmp_path / "many.tar").write_bytes(out.getvalue())
    scan = assay.scan(tmp_path / "many.tar", output=tmp_path / "out", expect=(0,))
    assert len(scan.results) == count + 1
    assert sum(d["count"] for d in detections(scan.record("many.tar"))) == count
    if assay.slow == 1:
        assert scan.ended.peak_bytes <= 256 * MIB


def test_what_was_read_before_the_damage_is_reported(assay, tmp_path):
    lines = "".join(f"line {i} SSN 219-45-{1000 + i}\n" for i in range(2000)).encode()
    whole = {"cut.gz": gzip.compress(lines, mtime=0), "cut.xz": lzma.compress(lines), "cut.bz2": generate.bz2.compress(lines)}
    archive = generate.Archive()
    archive.other("first.txt", lines, None, None)
    archive.other("second.txt", lines, None, None)
    whole["cut.tar"], whole["cut.zip"] = archive.tar(), archive.zip()
    (tmp_path / "data").mkdir()
    for name, data in whole.items():
        (tmp_path / "data" / name).write_bytes(data[:len(data) * 3 // 4])
    scan = assay.scan(tmp_path / "data", output=tmp_path / "out", expect=(3,))
    records = {identity(r): r for r in scan.results}
    for name in ("cut.gz", "cut.tar"):
        assert status(records[name, None])[0] == "PARTIAL", name
        assert sum(d["count"] for d in detections(records[name, None])) > 500, name
    for name in ("cut.xz", "cut.bz2", "cut.zip"):
        assert status(records[name, None])[0] in ("PARTIAL", "SKIPPED"), name


def test_random_bytes_under_every_magic_end_in_a_record(assay, tmp_path):
    """Damage of every kind under the first bytes of every format: no crash, no hang, one record each, none COMPLETE
    that could not be read."""
    r = random.Random(9)
    magics = {"gz": b"\x1f\x8b\x08\0\0\0\0\0\0\xff", "zst": b"\x28\xb5\x2f\xfd", "bz2": b"BZh91AY&SY", "xz": b"\xfd7zXZ\0\0\4",
              "lz4": b"\x04\x22\x4d\x18", "zip": b"PK\x03\x04\x14\0\0\0\x08\0", "7z": b"7z\xbc\xaf\x27\x1c", "rar": b"Rar!\x1a\x07\x01\0",
              "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "parquet": b"PAR1", "avro": b"Obj\x01", "orc": b"ORC", "pdf": b"%PDF-1.7\n",
              "sqlite": b"SQLite format 3\0", "elf": b"\x7fELF\2\1\1", "none": b""}
    (tmp_path / "data").mkdir()
    for name, magic in magics.items():
        for i in range(4):
            (tmp_path / f"data/{i}.{name}").write_bytes(magic + r.randbytes(r.choice((300, 5000, 70000))))
    scan = assay.scan(tmp_path / "data", output=tmp_path / "out", timeout=60)
    records = {identity(x)[0]: status(x) for x in scan.results if identity(x)[1] is None}
    assert len(records) == 4 * len(magics)
    for key, (code, reason) in records.items():
        kind = key.split(".")[1]
        if kind not in ("elf", "none"):
            assert code != "COMPLETE", (key, code, reason)


def test_document_formats_are_not_complete_because_their_container_is(assay, tmp_path):
    def zipped(path, members):
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members:
                archive.writestr(name, data)
    folder = tmp_path / "data"
    folder.mkdir()
    zipped(folder / "report.docx", [("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w>SSN 219-45-6781</w>")])
    zipped(folder / "table.ods", [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<a/>")])
    (folder / "scan.pdf").write_bytes(generate.PDF)
    scan = assay.scan(folder, output=tmp_path / "out", expect=(3,))
    for record in scan.results:
        if identity(record)[1] is None:
            assert status(record)[0] != "COMPLETE", identity(record)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for mknod")
def test_special_files_are_skipped_by_kind(assay, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "text.txt").write_text("nothing\n")
    os.mkfifo(folder / "pipe")
    os.symlink("text.txt", folder / "link")
    os.symlink("/", folder / "loop")
    os.mknod(folder / "zero", 0o020600, os.makedev(1, 5))
    scan = assay.scan(folder, output=tmp_path / "out", expect=(3,), timeout=20)
    found = {identity(r)[0]: status(r) for r in scan.results}
    assert found == {"text.txt": ("COMPLETE", None), "pipe": ("SKIPPED", "UNSUPPORTED_FILE_KIND"),
                     "link": ("SKIPPED", "SYMBOLIC_LINK_NOT_FOLLOWED"), "loop": ("SKIPPED", "SYMBOLIC_LINK_NOT_FOLLOWED"),
                     "zero": ("SKIPPED", "UNSUPPORTED_FILE_KIND")}

# SPDX-License-Identifier: Apache-2.0
"""Properties over random documents: whatever they are wrapped in, however they are cut, what is planted is found.

Each case has a seed that is its name, so that a failure can be run again alone: a random document (any kind, any
encoding), in a random nest of compressions and archives, scanned with random block and part sizes and threads.
"""

import bz2
import gzip
import lzma
import random

import generate
import pytest
import values
from e2e_fixtures import detections, identity, places, status

CASES = 60


def document(r):
    makers = (
        lambda: generate.letter(r, *r.choice((("utf-8",), ("utf-8", b"\xef\xbb\xbf"), ("latin-1",), ("utf-16-le", b"\xff\xfe"),
                                              ("utf-16-be", b"\xfe\xff"))), newline=r.choice(("\n", "\r\n"))),
        lambda: generate.customers(r, r.randint(3, 300), r.choice(",;\t|"), newline=r.choice(("\n", "\r\n"))),
        lambda: generate.access_log(r, r.randint(1, 400)),
        lambda: generate.events(r, r.randint(2, 300)),
        lambda: generate.orders(r, r.randint(1, 100)),
        lambda: generate.source_code(r, r.randint(10, 200)),
        lambda: generate.key_file("PKCS", values.pkcs_key(r)),
        lambda: generate.environment_file(r),
    )
    return r.choice(makers)()


def wrap(r, data, name, depth):
    """Wraps `data` in `depth` layers. The result is (bytes, file name, member path or None)."""
    member = None
    for _ in range(depth):
        kind = r.choice(("gz", "bz2", "xz", "tar", "zip", "streamed", "gz members"))
        if kind in ("tar", "zip", "streamed"):
            archive = generate.Archive()
            decoys = r.randint(0, 3)
            place = r.randint(0, decoys)
            for i in range(decoys + 1):
                if i == place:
                    archive.other(name, data, None, None)
                else:
                    archive.other(f"decoy-{i}.txt", b"nothing to see here\n" * r.randint(0, 50), None, None)
            member = name if member is None else f"{name}!/{member}"
            if kind == "tar":
                data = archive.tar(r.choice((generate.tarfile.PAX_FORMAT, generate.tarfile.GNU_FORMAT,
                                             generate.tarfile.USTAR_FORMAT)))
            else:
                data = archive.zip(r.random() < 0.3) if kind == "zip" else generate.streamed_zip(archive)
            name = f"outer-{r.randint(0, 999)}.{'tar' if kind == 'tar' else 'zip'}"
        else:
            data = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "gz members": generate.gzip_members}[kind](data)
            name += "." + kind.split()[0]
    return data, name, member


def settings(r):
    return ("--block-size", str(r.choice((1000, 4096, 65536, 262144, 999_983))), "--part-size",
            str(r.choice((4096, 65536, 1 << 20, 1 << 23))), "--threads", str(r.randint(1, 6)))


@pytest.mark.parametrize("seed", range(CASES))
def test_what_is_planted_is_found_in_any_wrapping(assay, tmp_path, seed):
    r = random.Random(f"wrapping {seed}")
    text = document(r)
    data, name, member = wrap(r, bytes(text.data), "document.dat", r.randint(0, 4))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(data)
    scan = assay.scan(tmp_path / "data", output=tmp_path / "out", options=("--select", "all", *settings(r)), expect=(0,))
    record = scan.record(name, member)
    assert status(record) == ("COMPLETE", None)
    wanted = {(i["type"], i["start"], i["end"]) for i in text.items}
    missing = wanted - places(record)
    assert not missing, f"{sorted(missing)[:6]} not in {name} {member}"


@pytest.mark.parametrize("seed", range(20))
def test_concatenation_only_moves_offsets(assay, tmp_path, seed):
    """The places of two plain texts written one after the other are the places of each, the second's moved."""
    r = random.Random(f"concatenation {seed}")

    def text():
        return r.choice((lambda: generate.letter(r), lambda: generate.access_log(r, r.randint(5, 80)),
                         lambda: generate.source_code(r, r.randint(10, 60))))()
    one, two = bytes(text().data), bytes(text().data)
    gap = b"\n" + b"filler without meaning " * 40 + b"\n"
    folder = tmp_path / "data"
    folder.mkdir()
    for name, data in (("1.txt", one), ("2.txt", two), ("3.txt", one + gap + two)):
        (folder / name).write_bytes(data)
    scan = assay.scan(folder, output=tmp_path / "out", options=("--select", "all", "--min-confidence", "0"))
    found = {identity(x)[0]: places(x) for x in scan.results}
    shift = len(one) + len(gap)
    assert found["3.txt"] == found["1.txt"] | {(t, s + shift, e + shift) for t, s, e in found["2.txt"]}


@pytest.mark.parametrize("seed", range(12))
def test_truncation_never_looks_whole_and_never_invents(assay, tmp_path, seed):
    """A compressed document cut anywhere is not COMPLETE, and all that is reported stands in the whole one."""
    r = random.Random(f"truncation {seed}")
    text = document(r)
    folder = tmp_path / "data"
    folder.mkdir()
    plain = bytes(text.data)
    whole = {"gz": gzip.compress(plain), "bz2": bz2.compress(plain), "xz": lzma.compress(plain)}
    for kind, data in whole.items():
        (folder / f"whole.{kind}").write_bytes(data)
        for i in range(6):
            (folder / f"cut{i}.{kind}").write_bytes(data[:r.randint(8, len(data) - 1)])
    scan = assay.scan(folder, output=tmp_path / "out", options=("--select", "all"), expect=(3,))
    records = {identity(x)[0]: x for x in scan.results}
    every = places(records["whole.gz"])
    assert places(records["whole.bz2"]) == places(records["whole.xz"]) == every
    for name, record in records.items():
        if name.startswith("cut"):
            assert status(record)[0] in ("PARTIAL", "SKIPPED"), name
            # a value at the very end may end early; all before it must be as in the whole
            last = max((e for _, _, e in places(record)), default=0)
            assert {p for p in places(record) if p[2] < last} <= every, name
    for name in ("whole.gz", "whole.bz2", "whole.xz"):
        assert status(records[name]) == ("COMPLETE", None)


@pytest.mark.parametrize("seed", range(6))
def test_counts_do_not_depend_on_selection(assay, tmp_path, seed):
    """A type alone finds no less than with all others, apart from what overlaps give to a stronger type."""
    r = random.Random(f"selection {seed}")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "letter.txt").write_bytes(bytes(generate.letter(r).data))
    every = assay.scan(folder, output=tmp_path / "a", options=("--select", "all"))
    kinds = r.sample(sorted({d["type"] for x in every.results for d in detections(x)}), 5)
    for kind in kinds:
        alone = assay.scan(folder, output=tmp_path / "b", options=("--select", kind))
        wanted = {p for p in places(every.results[0]) if p[0] == kind}
        assert wanted <= places(alone.results[0]), kind

# SPDX-License-Identifier: Apache-2.0
"""`cmake --install` into an empty folder: what is there, and a program of others that is built against only that, as C99 and as
C++, with the shared library and with the static one, and finds what the command line finds."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from e2e_fixtures import ROOT, labels, program

CONSUMER = r"""
#include <assay/assay.h>
#include <stdio.h>

static char bytes[1 << 20];

static int on_hit(void *context, const struct assay_hit *hit)
{
    (void)context;
    printf("%s %llu %llu\n", hit->type, (unsigned long long)hit->start, (unsigned long long)hit->end);
    return 0;
}

int main(int argc, char **argv)
{
    struct assay_scanner_config config = ASSAY_SCANNER_CONFIG;
    struct assay_scan_config how = ASSAY_SCAN_CONFIG;
    struct assay_scanner *scanner = NULL;
    struct assay_error err;
    struct assay_outcome outcome;
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    size_t len = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    outcome.size = sizeof outcome;
    config.select = "all";
    how.on_hit = on_hit;
    if (assay_scanner_open(&config, &scanner, &err) != ASSAY_OK ||
        assay_scan_bytes(scanner, bytes, len, &how, &outcome, &err) != ASSAY_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    assay_scanner_close(scanner);
    return outcome.coverage == ASSAY_COMPLETE ? 0 : 3;
}
"""


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    build = Path(program()).parent
    if not (build / "cmake_install.cmake").is_file():
        pytest.skip("ASSAY does not stand in its build folder")
    folder = tmp_path_factory.mktemp("installed") / "prefix"
    done = subprocess.run(["cmake", "--install", str(build), "--prefix", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def installed(prefix, pattern):
    return sorted(str(p.relative_to(prefix)) for p in prefix.rglob(pattern) if not p.is_dir())


def test_what_is_installed(prefix):
    assert installed(prefix, "include/**/*") == ["include/assay/assay.h"], "one header"
    assert (prefix / "bin/assay").is_file()
    for pattern in ("libassay.a", "libassay.so", "assay.pc", "assay.1*", "*.yaml"):
        assert installed(prefix, pattern), pattern
    pc = next(prefix.rglob("assay.pc")).read_text()
    assert str(prefix) not in pc and str(ROOT) not in pc, "the folder may be moved"


def test_the_installed_program_runs_from_there(prefix, tmp_path):
    done = subprocess.run([prefix / "bin/assay", "version"], capture_output=True, text=True, cwd=tmp_path, env={"HOME": str(tmp_path)}, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler, suffix, standard", [("gcc", "c", "-std=c99"), ("g++", "cc", "-std=c++11"), ("clang-14", "c", "-std=c17")])
@pytest.mark.parametrize("static", [False, True], ids=["shared", "static"])
def test_a_consumer_finds_what_the_program_finds(prefix, corpus, tmp_path, needs, compiler, suffix, standard, static):
    needs(compiler, "pkg-config")
    pc = next(prefix.rglob("assay.pc")).parent
    environment = {**os.environ, "PKG_CONFIG_PATH": str(pc)}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", *(["--static"] if static else []), "assay"],
                           env=environment, capture_output=True, text=True, check=True).stdout.split()
    library = str(next(prefix.rglob("libassay.so")).parent)
    if static:
        flags = [re.sub("^-lassay$", "-l:libassay.a", flag) for flag in flags]
    source = tmp_path / f"consumer.{suffix}"
    source.write_text(CONSUMER)
    done = subprocess.run([compiler, standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror", str(source), "-o", str(tmp_path / "consumer"), *flags],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    path = "letters/letter.txt"
    ran = subprocess.run([tmp_path / "consumer", corpus.data / path], capture_output=True, text=True, check=False,
                         env={**os.environ, "LD_LIBRARY_PATH": "" if static else library})
    assert ran.returncode == 0, ran.stderr
    found = {tuple(line.split()) for line in ran.stdout.splitlines()}
    wanted = {(i["type"], str(i["start"]), str(i["end"])) for i in labels(corpus, "item") if i["path"] == path}
    assert wanted <= found

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules of the code that a compiler does not check. Each is a ctest of its own (label style).

    check_style.py CHECK... [--build DIR]

layering   includes point one way only (docs/architecture.md); a library's headers stay in their module
sizes      functions of at most 70 lines, files of at most 600, lines of at most 100 columns
banned     calls that the project does without (memory, strings, time, random)
headers    SPDX line, include guard and a header comment in every source file; header stands alone
format     clang-format-14 has nothing to say
paths      no path of the machine that built this, no temporary path but a mkdtemp-style one
notes      no unfinished work marked in the code
symbols    the shared library in --build exports assay_* only; objects define as_* and assay_* only
names      every fuzz target has a seed; every unit test is called test_*, every check and detector is tested

Prints one line a violation, `file:line: rule: text`, and ends with 1 when there is any.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600
COLUMNS_MAX = 100

# Functions and files over the limit, each with the reason why it may be: tables and flat switches.
LONG_ALLOWED = {}

# module: modules whose headers it may include beside its own
LAYERS = {
    "detectors": (),
    "base": (),
    "io": ("base",),
    "text": ("base",),
    "content": ("base", "text"),
    "pack": ("base", "detectors"),
    "scan": ("base", "text", "pack", "detectors"),
    "findings": ("base", "text", "pack", "detectors"),
    "pipeline": ("base", "text", "content", "pack", "scan", "findings", "io", "detectors"),
    "api": ("base", "text", "content", "pack", "scan", "findings", "io", "detectors", "pipeline", "assay"),
    "bench": ("base", "text", "content", "pack", "scan", "findings", "io", "detectors", "pipeline", "api"),
    "cli": ("base", "text", "content", "pack", "scan", "findings", "io", "detectors", "pipeline", "bench", "api",
            "assay"),
    "tools": ("base", "pack", "detectors"),
    "main": ("cli",),
    "assay": (),
}

# third-party header (by first word): modules that may include it
THIRD_PARTY = {
    "hs": ("scan",), "curl": ("io", "cli", "bench"), "expat": ("io",), "archive": ("content",), "archive_entry": ("content",),
    "zstd": ("content", "cli"), "lzma": ("content", "cli"), "bzlib": ("content", "cli"), "zlib": ("content", "cli"),
    "lz4frame": ("content",), "lz4": ("content", "cli"), "isa-l": ("content", "cli"), "yaml": ("pack",),
    "cjson": ("findings", "io", "cli", "bench"), "openssl": ("base", "io", "findings", "cli"),
    "pcre2": ("scan",), "xxhash": ("base",), "cmocka": (),
}

BANNED = ("strcpy strcat sprintf vsprintf strtok strncpy gets atoi atol strtol gmtime localtime rand alloca "
          "strncat srand random tmpnam mktemp").split()
BANNED_OUTSIDE_TESTS = ("system", "popen")
BANNED_MEMORY = "malloc calloc realloc free strdup strndup aligned_alloc posix_memalign".split()
# file: calls that it may make, because it is the wrapper of them
BANNED_ALLOWED = {
    "engine/base/mem.c": BANNED_MEMORY,
    "engine/base/clock.c": ("gmtime", "localtime"),
}
# Libraries hand out memory that only free() takes back; such a call says so on its line.
FREE_MARK = re.compile(r"of the library|own allocation")

FINDINGS = []


def violation(path, line, rule, text):
    FINDINGS.append(f"{path.relative_to(ROOT)}:{line}: {rule}: {text}")


def tracked(*patterns):
    """Files of the project: what git tracks, and what is new and not ignored."""
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "--", *patterns],
                          capture_output=True, text=True)
    if done.returncode == 0:
        names = sorted(set(done.stdout.splitlines()))
    else:  # an exported tree without git
        names = [str(p.relative_to(ROOT)) for pattern in patterns or ("*",) for p in ROOT.rglob(pattern)
                 if p.is_file() and "build" not in p.relative_to(ROOT).parts[:1]]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def sources():
    return tracked("*.c", "*.h", "*.def")


def module_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "engine":
        if len(parts) == 2:
            return "main"
        return "assay" if parts[1] == "include" else parts[1]
    return parts[0]


def blanked(text):
    """`text` with comments and literals turned into blanks, line ends kept."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def check_layering():
    for path in sources():
        module = module_of(path)
        if module not in LAYERS:
            continue
        allowed = set(LAYERS[module]) | {module}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            own = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            foreign = re.match(r"\s*#\s*include\s+<([^>/.]+)", line)
            if own:
                target = own.group(1).split("/")[0]
                if target == "engine":
                    violation(path, number, "layering", f"include from engine/ itself: {own.group(1)}")
                elif "/" not in own.group(1):
                    violation(path, number, "layering", f"include without its folder: {own.group(1)}")
                elif target not in allowed:
                    violation(path, number, "layering", f"{module} may not use {own.group(1)}")
            elif foreign and foreign.group(1) in THIRD_PARTY and module not in THIRD_PARTY[foreign.group(1)]:
                violation(path, number, "layering", f"{module} may not use <{foreign.group(1)}…>")


def functions(text):
    """(name, first line, lines) of each function body, by counting braces."""
    plain = re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), blanked(text))
    depth, start, head = 0, 0, 0
    for match in re.finditer(r"[{};]", plain):
        c, at = match.group(), match.start()
        if c == "{":
            if depth == 0:
                start = at
            depth += 1
        elif c == "}":
            depth -= 1
            if depth == 0:
                before = plain[head:start]
                name = re.search(r"(\w+)\s*\([^;{}]*\)[\s\w()]*$", before)
                if name and "=" not in before:
                    yield name.group(1), plain.count("\n", 0, start) + 1, plain.count("\n", start, at) + 1
                head = at + 1
        elif depth == 0:
            head = at + 1


def check_sizes():
    for path in sources():
        relative = str(path.relative_to(ROOT))
        text = path.read_text()
        lines = text.splitlines()
        if len(lines) > FILE_LINES_MAX and path.suffix != ".def" and relative not in LONG_ALLOWED:
            violation(path, 1, "sizes", f"{len(lines)} lines, more than {FILE_LINES_MAX}")
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX and path.suffix != ".def":
                violation(path, number, "sizes", f"{len(line)} columns")
        for name, first, count in functions(text):
            if count > FUNCTION_LINES_MAX and f"{relative}:{name}" not in LONG_ALLOWED:
                violation(path, first, "sizes", f"{name} has {count} lines, more than {FUNCTION_LINES_MAX}")


def check_banned():
    words = "|".join([*BANNED, *BANNED_MEMORY, *BANNED_OUTSIDE_TESTS])
    # a call, not a member or a declaration of an own function of such a name
    pattern = re.compile(rf"(?<![\w.>])({words})\s*\(")
    for path in tracked("*.c", "*.h"):
        relative = str(path.relative_to(ROOT))
        raw = path.read_text().splitlines()
        for number, line in enumerate(blanked(path.read_text()).splitlines(), 1):
            for match in pattern.finditer(line):
                name = match.group(1)
                if name in BANNED_ALLOWED.get(relative, ()) or FREE_MARK.search(raw[number - 1]):
                    continue
                # a fuzz target's input must not be counted among the blocks that its subject holds
                if name in BANNED_MEMORY and relative.startswith("tests/fuzz/"):
                    continue
                if name in BANNED_OUTSIDE_TESTS and relative.startswith("tests/"):
                    continue
                violation(path, number, "banned", f"{name}()")


def check_headers():
    for path in tracked("*.c", "*.h", "*.def", "*.py", "*.sh"):
        text = path.read_text()
        start = "\n".join(text.splitlines()[:4])
        if "SPDX-License-Identifier: Apache-2.0" not in start:
            violation(path, 1, "headers", "no SPDX line at its start")
        if path.suffix == ".h" and "#ifndef " not in text and "#pragma once" not in text:
            violation(path, 1, "headers", "no include guard")
        if path.suffix in (".c", ".h"):
            comment = re.match(r"\s*/\*(.*?)\*/", text, re.S)
            sees = re.search(r"See ([\w/]+\.h)", comment.group(1)) if comment else None
            points = sees is not None and ((path.parent / sees.group(1)).is_file() or path.with_suffix(".h").is_file())
            if comment is None or (len(comment.group(1).split()) < 8 and not points):
                violation(path, 1, "headers", "no comment that says what the file is for")
        if not text.endswith("\n") or "\r" in text or "\t" in text and path.suffix in (".c", ".h", ".py"):
            violation(path, 1, "headers", "a tab, a carriage return or no line end at the end")


def check_format():
    program = shutil.which("clang-format-14")
    if program is None:
        print("clang-format-14 is not installed", file=sys.stderr)
        sys.exit(77)
    for path in tracked("*.c", "*.h"):
        done = subprocess.run([program, "--dry-run", "-Werror", str(path)], capture_output=True, text=True)
        if done.returncode != 0:
            first = re.search(r":(\d+):\d+: error", done.stderr)
            violation(path, int(first.group(1)) if first else 1, "format", "clang-format-14 would change it")


def check_paths():
    usual = {"/tmp", "/var", "/usr", "/opt", "/home", "/srv", "/mnt", "/build"}  # on every machine
    here = [str(ROOT)] + [str(p) for p in ROOT.parents if len(p.parts) == 2 and str(p) not in usual]
    home = os.path.expanduser("~")
    # as the start of a path: a name of that spelling within another path is none
    paths = "|".join(re.escape(p) + r"(?:/|\b)" for p in here + ([home] if len(home) > 1 else []))
    machine = re.compile(rf"(?<![\w.}})/-])(?:{paths})")
    temporary = re.compile(r"/tmp/(?![\w.-]*X{6})")
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # a seed or a picture
        for number, line in enumerate(text.splitlines(), 1):
            if path.parts[len(ROOT.parts)] == "corpus" and "fuzz" in path.parts:
                continue
            if machine.search(line):
                violation(path, number, "paths", "a path of this machine")
            if path.suffix in (".c", ".h", ".py", ".sh", ".cmake") and temporary.search(line) and path != Path(__file__):
                violation(path, number, "paths", "a fixed path below the temporary folder")


def check_notes():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\b(?i:not implemented|for now|stub)\b")
    for path in tracked("*.c", "*.h", "*.def", "*.py", "*.sh", "*.cmake"):
        if path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = marks.search(line)
            if match and "XXXXXX" not in line:
                violation(path, number, "notes", match.group())


def nm(path, *options):
    done = subprocess.run(["nm", "--format=posix", *options, str(path)], capture_output=True, text=True, check=True)
    return [line.split()[:2] for line in done.stdout.splitlines() if len(line.split()) >= 2]


def check_symbols(build):
    library = next(iter(sorted(build.glob("libassay.so"))), None)
    if library is None:
        violation(ROOT / "cmake/modules.cmake", 1, "symbols", f"no libassay.so in {build.name}")
    else:
        for name, _ in nm(library, "--dynamic", "--defined-only"):
            if not name.startswith("assay_"):
                violation(ROOT / "cmake/modules.cmake", 1, "symbols", f"the library exports {name}")
    for archive in sorted(build.glob("libas_*.a")):
        for name, kind in nm(archive, "--defined-only", "--extern-only"):
            if kind in "TDBRV" and not re.match(r"(as|assay)_|LLVMFuzzer|__asan|__ubsan|__odr_asan|_fini|_init", name):
                violation(ROOT / "cmake/modules.cmake", 1, "symbols", f"{archive.name} defines {name}")


def check_names():
    for path in tracked("tests/fuzz/*/fuzz_*.c"):
        target = path.stem.removeprefix("fuzz_")
        folders = [ROOT / "corpus/fuzz" / target, ROOT / "corpus/fuzz" / path.stem]
        if not any(folder.is_dir() and any(folder.iterdir()) for folder in folders):
            violation(path, 1, "names", f"no seed in corpus/fuzz/{target}")
    for path in tracked("tests/unit/*/*.c"):
        if not path.name.startswith("test_"):
            violation(path, 1, "names", "a unit test is called test_*.c")
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.match(r"static void test_?\d+\s*\(", line):
                violation(path, number, "names", "a test is called by what it shows, not by a number")


CHECKS = {"layering": check_layering, "sizes": check_sizes, "banned": check_banned, "headers": check_headers,
          "format": check_format, "paths": check_paths, "notes": check_notes, "names": check_names,
          "symbols": check_symbols}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checks", nargs="+", choices=sorted(CHECKS))
    parser.add_argument("--build", type=Path, help="build folder, for symbols")
    options = parser.parse_args()
    for name in options.checks:
        if name == "symbols":
            check_symbols(options.build or parser.error("symbols needs --build"))
        else:
            CHECKS[name]()
    for finding in FINDINGS:
        print(finding)
    print(f"{len(FINDINGS)} violations of {', '.join(options.checks)}")
    return 1 if FINDINGS else 0


if __name__ == "__main__":
    sys.exit(main())

# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The groups of scripts/test.sh. Each group_NAME writes JUnit files to $report/*.xml, or calls `check NAME COMMAND...`
# for what is no test program; its output is its log. A group fails when one of its tests fails, when a command of it
# fails outside of a test, or when it reports nothing.

minutes() { printf '%d.%d' $(($1 / 60)) $(($1 % 60 * 10 / 60)); }

# Packages, and a Python environment in build/venv with the pinned versions of tests/requirements.txt.
prepare() {
  install_packages "${BUILD_PACKAGES[@]}" "${CORPUS_PACKAGES[@]}" "${TEST_PACKAGES[@]}" || return 1
  local stamp=$root/build/venv/.requirements
  if ! cmp -s tests/requirements.txt "$stamp"; then
    echo "Making build/venv from tests/requirements.txt"
    rm -rf build/venv
    if ! { /usr/bin/python3 -m venv build/venv && build/venv/bin/pip install -q --disable-pip-version-check \
      -r tests/requirements.txt; } >"$logs/venv.log" 2>&1; then
      cat "$logs/venv.log" >&2
      return 1
    fi
    cp tests/requirements.txt "$stamp"
  fi
  python=$root/build/venv/bin/python
}

# One group: runs it, counts its tests, shows its log when something failed.
run_group() {
  local group=$1 start=$SECONDS status=0 counts
  report=$logs/$group
  mkdir -p "$report"
  printf '%s … ' "$group"
  "group_${group//-/_}" >"$logs/$group.log" 2>&1 || status=$?
  counts=$("$python" scripts/lib/junit.py "$report"/*.xml)
  local p f s
  read -r p f s <<<"${counts%%$'\n'*}"
  if ((status != 0 && f == 0)); then
    f=1
    counts+=$'\n'"failed: $group ended with $status"
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  table+=("$(printf '%-12s %8s %8d %8d %8d' "$group" "$(minutes $((SECONDS - start)))" "$p" "$f" "$s")")
  echo "$(minutes $((SECONDS - start))) minutes, $p passed, $f failed, $s skipped"
  if ((f > 0 || s > 0)); then
    tail -n +2 <<<"$counts" | sed 's/^/    /'
  fi
  if ((f > 0)); then
    echo "---- first errors and the end of build/test-logs/$group.log"
    grep -nE '(error|Error|ERROR|FAILED|FAIL:|AssertionError)' "$logs/$group.log" | cut -c1-240 | head -n 20
    tail -n 120 "$logs/$group.log"
    echo "----"
  fi
}

# check NAME COMMAND...: a command as a test.
check() {
  local name=$1 status=0
  shift
  echo "== $name: $*"
  "$@" || status=$?
  local failure=""
  if ((status != 0)); then failure="<failure message=\"exit code $status\"/>"; fi
  printf '<testsuite><testcase name="%s">%s</testcase></testsuite>\n' "$name" "$failure" >"$report/check-$name.xml"
  return 0
}

# configure PRESET [OPTION...]
configure() {
  local preset=$1
  shift
  cmake --preset "$preset" -DASSAY_TESTS=ON "$@" && grep -q '^AS_CMOCKA:.*cmocka' "build/$preset/CMakeCache.txt"
}

build_preset() { configure "$1" && cmake --build --preset "$1" -j "$jobs"; }
build_preset_target() { configure "$1" && cmake --build --preset "$1" -j "$jobs" --target "${@:2}"; }

# ctest_group BUILD ARGUMENT...
ctest_group() {
  local build=$1
  shift
  ctest --test-dir "$build" --no-tests=error --output-on-failure --output-junit "$report/ctest-$(basename "$build").xml" "$@" >"$report/ctest.log" 2>&1
  local status=$?
  grep -v '^ *[0-9]*/[0-9]* Test .*Passed' "$report/ctest.log"
  return $status
}

pytest_group() {
  local name=$1
  shift
  "$python" -m pytest -q -c tests/e2e/pytest.ini --rootdir "$root" --junitxml "$report/pytest-$name.xml" "$@"
}

group_build() {
  check debug build_preset debug
  check release build_preset release
  check asan build_preset asan
}

# The oracle's numbers go through the optimised checks: a million of them.
group_unit() {
  local status=0
  build_preset debug && ctest_group build/debug -L unit || status=1
  build_preset release && ctest_group build/release -L oracle || status=1
  return $status
}
group_style() { build_preset debug && ctest_group build/debug -L style; }
group_unit_asan() { build_preset asan && ctest_group build/asan -L unit; }
group_replay() { build_preset_target asan fuzz_replay && ctest_group build/asan -L fuzz-replay; }
group_properties() { build_preset release && ASSAY=$root/build/release/assay pytest_group prop tests/prop; }

group_e2e() {
  build_preset release && ASSAY=$root/build/release/assay pytest_group e2e tests/e2e -m "not s3 and not faults" \
    --ignore tests/e2e/test_findings.py
}

group_e2e_asan() {
  build_preset asan && ASSAY=$root/build/asan/assay ASSAY_SLOW=6 pytest_group asan tests/e2e/test_local.py \
    tests/e2e/test_limits.py tests/e2e/test_endings.py
}

group_s3() {
  build_preset release && ASSAY=$root/build/release/assay pytest_group s3 tests/e2e -m "s3 or faults"
}

group_findings() {
  build_preset release && ASSAY=$root/build/release/assay pytest_group findings tests/e2e/test_findings.py
}

group_tsan() {
  build_preset tsan && ctest_group build/tsan -L pipeline &&
    check scan "$python" scripts/lib/tsan_scan.py build/tsan/assay
}

group_clang() {
  build_clang && ctest_group build/clang -L unit
}
build_clang() {
  cmake --preset debug -B build/clang -DASSAY_TESTS=ON -DCMAKE_C_COMPILER=clang-14 && cmake --build build/clang -j "$jobs"
}

group_tsan_all() { build_preset tsan && ctest_group build/tsan -L unit; }

# Every target for FUZZ_SECONDS, as many at a time as there are CPUs; new inputs stay in build/fuzz/found.
group_fuzz() {
  build_preset_target fuzz fuzzers || return 1
  local target
  for target in build/fuzz/fuzz_*; do
    [[ -x $target && -f $target ]] || continue
    while (($(jobs -rp | wc -l) >= jobs)); do wait -n; done
    fuzz_one "$(basename "$target")" &
  done
  wait
}
fuzz_one() {
  local name=$1 short=${1#fuzz_} seeds=() extra=() folder
  for folder in "corpus/fuzz/$short" "corpus/fuzz/$name"; do [[ -d $folder ]] && seeds+=("$folder"); done
  [[ -f corpus/fuzz/$short.dict ]] && extra=("-dict=corpus/fuzz/$short.dict")
  mkdir -p "build/fuzz/found/$short" "build/fuzz/crashes"
  check "$name" "build/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-600}" -timeout=25 -rss_limit_mb=2560 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/crashes/$short-" "${extra[@]}" "build/fuzz/found/$short" "${seeds[@]}" \
    >"$report/$name.log" 2>&1
  echo "== $name"
  tail -n 12 "$report/$name.log"
}

sources() { git ls-files -co --exclude-standard 'engine/*.c' 'io/*.c' 'detectors/*.c' 'bench/*.c' 'tools/*.c'; }

group_tidy() { build_clang && check clang-tidy tidy_all; }
# One file a process: in a second one clang-tidy 14 takes every va_list for uninitialised.
tidy_all() { sources | xargs -P "$jobs" -n 1 clang-tidy-14 --quiet -p build/clang; }

group_cppcheck() { check cppcheck cppcheck_all; }
cppcheck_all() {
  sources >"$report/files"
  cppcheck --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --quiet --std=c11 -j "$jobs" \
    --suppress=missingIncludeSystem -D_GNU_SOURCE -I . -I engine -I engine/include --file-list="$report/files"
}

group_analyzer() { check gcc-fanalyzer analyzer_all; }
analyzer_all() {
  cmake --preset debug -B build/analyzer -DASSAY_TESTS=OFF -DCMAKE_C_FLAGS=-fanalyzer && cmake --build build/analyzer -j "$jobs"
}

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need, builds, and runs the groups of tests. Prints the minutes of each group; ends with a line
# `N passed, N failed, N skipped`. Exit code 0 only when nothing failed.
#
# Usage: ./scripts/test.sh [--full] [GROUP...]
#
#   build        debug (gcc, warnings are errors), release, ASan + UBSan
#   unit         unit tests, debug build
#   unit-asan    unit tests under ASan + UBSan
#   style        layers, sizes, calls, headers, format, symbols
#   replay       the seeds of all fuzz targets under ASan + UBSan
#   properties   random documents in random wrappings, against their labels
#   e2e          the program on local files: labels, chunking, limits, secrecy, exit codes, endings
#   e2e-asan     the part of e2e that meets hostile input, with the ASan + UBSan build
#   s3           the program on a real S3 server (Ceph radosgw) and on a server that makes faults
#   findings     findings files against botocore's and moto's view of them
#   tsan         pipeline tests, and a scan, under TSan
#   clang        clang 14, warnings are errors; unit tests
# and with --full also:
#   tsan-all     every unit test under TSan
#   fuzz         each fuzz target for FUZZ_SECONDS (default 600)
#   tidy         clang-tidy over every file
#   cppcheck     cppcheck over every file
#   analyzer     gcc -fanalyzer over every file
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
root=$PWD
source scripts/packages.sh
source scripts/lib/groups.sh

default_groups=(build unit style replay unit-asan properties e2e e2e-asan s3 findings tsan clang)
full_groups=(tsan-all fuzz tidy cppcheck analyzer)
groups=()
full=0
while (($# > 0)); do
  case $1 in
    --full) full=1 ;;
    --help | -h) sed -n '3,27s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "unknown option $1" >&2; exit 2 ;;
    *) groups+=("$1") ;;
  esac
  shift
done
if ((${#groups[@]} == 0)); then
  groups=("${default_groups[@]}")
  if ((full)); then groups+=("${full_groups[@]}"); fi
fi
for group in "${groups[@]}"; do
  if ! declare -F "group_${group//-/_}" >/dev/null; then
    echo "no group $group; ./scripts/test.sh --help names them" >&2
    exit 2
  fi
done

logs=$root/build/test-logs
rm -rf "$logs"
mkdir -p "$logs"
jobs=$(nproc)
export CTEST_PARALLEL_LEVEL=$jobs
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

begin=$SECONDS
prepare || exit 1
passed=0 failed=0 skipped=0
table=()
for group in "${groups[@]}"; do run_group "$group"; done

printf '\n%-12s %8s %8s %8s %8s\n' group minutes passed failed skipped
printf '%s\n' "${table[@]}"
printf '%-12s %8s\n\n' "in all" "$(minutes $((SECONDS - begin)))"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))

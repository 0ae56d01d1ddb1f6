#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows assay at work on a bare Debian 12: installs what it needs (apt-get; as root or with sudo), builds the release,
# makes a labelled sample of what stands in buckets, scans it, and says where the findings are. May be run again at
# any time. Nothing outside of this folder is changed but the packages.
#
# Usage: ./scripts/demo.sh [FOLDER]      FOLDER: where sample and findings go; default out/demo
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/packages.sh

if [[ ${1:-} == -* ]]; then
  sed -n '3,7s/^# \{0,1\}//p' "$0"
  exit 2
fi
out=${1:-out/demo}
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[[ -t 1 && -z ${NO_COLOR:-} ]] || say() { printf '\n%s\n' "$*"; }

say "1. Packages"
install_packages "${BUILD_PACKAGES[@]}" "${CORPUS_PACKAGES[@]}"
echo "All there."

say "2. Build (build/release)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { cmake --preset release && cmake --build --preset release --target assay; } >"$log" 2>&1; then
  tail -60 "$log" >&2
  echo "The build failed; above is the end of its log." >&2
  exit 1
fi
build/release/assay version | sed -n 1p

say "3. A sample of what stands in buckets ($out/data)"
mkdir -p "$out"
/usr/bin/python3 corpus/generate.py --out "$out"

say "4. assay scan $out/data --output $out/findings"
code=0
build/release/assay scan "$out/data" --output "$out/findings" --overwrite || code=$?

say "5. What is where"
cat <<END
$out/findings/findings.asff.json    findings as Security Hub's BatchImportFindings takes them
$out/findings/findings.macie.jsonl  findings as Macie writes them
$out/findings/findings.csv          for a spreadsheet
$out/findings/results.jsonl         one record for each object and archive member, read or not, with byte offsets
$out/findings/summary.json          totals that add up, and the evidence
$out/labels.jsonl                   what was planted in the sample, to compare with
END
case $code in
  0) echo "Exit code 0: every object was read in full." ;;
  3) echo "Exit code 3: some objects were not read in full. That is meant: the sample holds a PDF and an encrypted zip,"
     echo "and what assay has not read it never calls read. results.jsonl names them with their reason." ;;
  *) echo "Exit code $code: this should not happen here." >&2; exit 1 ;;
esac

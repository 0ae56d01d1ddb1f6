# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What Debian 12 packages assay needs, and a function that installs what is missing. Sourced by demo.sh and test.sh.

# To build and run the program.
BUILD_PACKAGES=(
  build-essential cmake ninja-build pkg-config
  libhyperscan-dev libcurl4-openssl-dev libssl-dev libzstd-dev libisal-dev zlib1g-dev
  liblz4-dev liblzma-dev libbz2-dev libcjson-dev libexpat1-dev libyaml-dev libxxhash-dev libpcre2-dev
)

# To generate the sample corpus: an interpreter, and the encoders that it can make use of.
CORPUS_PACKAGES=(python3 zip zstd lz4)

# To test: frameworks, sanitizers and linters, oracles, a real S3 server.
TEST_PACKAGES=(
  git libcmocka-dev clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14 cppcheck
  python3-venv python3-stdnum
  radosgw ceph-mon ceph-osd ceph-common
  unzip xz-utils bzip2 tar file procps
)

# install_packages NAME...: installs those that are not there, saying so; nothing is upgraded or removed.
install_packages() {
  local missing=() name
  for name in "$@"; do
    if [[ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null)" != ii* ]]; then
      missing+=("$name")
    fi
  done
  if ((${#missing[@]} == 0)); then
    return 0
  fi
  echo "Installing with apt-get: ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "These packages are missing and this is neither root nor is there sudo." >&2
      return 1
    fi
    as_root=(sudo)
  fi
  # Services that packages bring along must not start.
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
      apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

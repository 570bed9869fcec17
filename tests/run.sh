#!/usr/bin/env bash
# Installs what is missing, builds and runs the tests.
# usage: tests/run.sh [--long] [--preset dev|asan|release] [ctest arguments, e.g. -R solve]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../jobs/tools/toolbox.sh"

preset=dev
selection=(--label-exclude '^long$')
arguments=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --long) selection=() ;;
    --preset) preset=${2:?--preset takes a name}; shift ;;
    -h | --help) sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

install test
build "$preset" all
prepare_open_mpi
prepare_sanitizers

cd "$source_dir/build/$preset"
# More tests than cores: many wait for a signal, a time limit or a lock.
ctest --output-on-failure --no-tests=error --parallel $(($(nproc) + 2)) "${selection[@]}" "${arguments[@]}" </dev/null

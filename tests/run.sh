#!/usr/bin/env bash
# Installs what is missing, builds and runs the tests.
# usage: tests/run.sh [--long] [--preset dev|asan|release] [ctest arguments, e.g. -R solve]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../tests/support/toolbox.sh"

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
# Open MPI leaks a little; matching its unloaded plugins takes the slow unwinder.
export ASAN_OPTIONS=${ASAN_OPTIONS:-fast_unwind_on_malloc=0}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$source_dir/tests/support/lsan.supp:print_suppressions=0}

cd "$source_dir/build/$preset"
ctest --output-on-failure --no-tests=error --parallel "$(nproc)" "${selection[@]}" "${arguments[@]}" </dev/null

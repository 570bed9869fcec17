#!/usr/bin/env bash
# Installs what is missing, builds the release and its Python module, sweeps jobs/quick.ini on all cores, shows the tables and draws the figures.
# usage: jobs/quick.sh [FILE]    (results file, default build/quick.h5; replaced if it exists)
set -euo pipefail
file=$(realpath -m "${1:-$(dirname "${BASH_SOURCE[0]}")/../build/quick.h5}")
source "$(dirname "${BASH_SOURCE[0]}")/tools/toolbox.sh"

install build
build release flatsweep
prepare_open_mpi

flatsweep=$source_dir/build/release/flatsweep
ranks=$(($(nproc) + 1)) # rank 0 sleeps
echo "flatsweep: running jobs/quick.ini on $ranks ranks" >&2
"${mpirun[@]}" -n "$ranks" "$flatsweep" run "$source_dir/jobs/quick.ini" -o "$file" --overwrite </dev/null
"$flatsweep" show "$file"
echo "The results are in $file"
/usr/bin/python3 "$source_dir/jobs/figures.py" "$file" -o "${file%.h5}-figures"

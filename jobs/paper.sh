#!/usr/bin/env bash
# Runs the jobs of the paper at full size on all cores (about 105 minutes on two), draws their figures and ends with a page that leads to
# all of them. It may be interrupted: the same command goes on where it was.
# usage: jobs/paper.sh [DIR]    (default build/paper; JOBS="fig2 noise" takes some of them)
set -euo pipefail
folder=$(realpath -m "${1:-$(dirname "${BASH_SOURCE[0]}")/../build/paper}")
source "$(dirname "${BASH_SOURCE[0]}")/tools/toolbox.sh"
read -ra jobs <<<"${JOBS:-noise soft-rank scaling fig2 fig4 fig3}" # the short ones first

install build
build release flatsweep
prepare_open_mpi

export FLATSWEEP=$source_dir/build/release/flatsweep
ranks=$(($(nproc) + 1)) # rank 0 sleeps
mkdir -p "$folder"
for job in "${jobs[@]}"; do
  echo "flatsweep: running jobs/$job.ini on $ranks ranks" >&2
  "${mpirun[@]}" -n "$ranks" "$FLATSWEEP" run "$source_dir/jobs/$job.ini" -o "$folder/$job.h5" </dev/null
  "$FLATSWEEP" show "$folder/$job.h5" >"$folder/$job.txt"
  /usr/bin/python3 "$source_dir/jobs/figures.py" "$folder/$job.h5" -o "$folder/$job"
done

{
  echo '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>flatsweep: the paper at full size</title></head><body>'
  echo '<h1>The paper at full size</h1><ul>'
  for job in "${jobs[@]}"; do
    question=$(sed -n '1s/^# *//p' "$source_dir/jobs/$job.ini" | sed 's/&/\&amp;/g; s/</\&lt;/g')
    echo "<li><a href=\"$job/index.html\">$job</a>: $question (<a href=\"$job.txt\">tables</a>)</li>"
  done
  echo '</ul></body></html>'
} >"$folder/.index.html.$$"
mv "$folder/.index.html.$$" "$folder/index.html"
echo "The page is $folder/index.html"

#!/usr/bin/env bash
# usage: slurm/self-test.sh [FOLDER, the current one]
# Whether a sweep can be trusted on this machine, in a minute: checks the stack, computes the rows of a file from elsewhere
# again (to 1e-9), and kills a sweep, whose rows must be right after the same command has finished it. Start it where sweeps
# are to run, with FOLDER where their results are to be. FLATSWEEP and FLATSWEEP_LAUNCHER are those of relaunch.sh. Exit code 0
# if all is well, 1 if not.
set -uo pipefail

jobs=$(dirname "${BASH_SOURCE[0]}")/../jobs
folder=$(mktemp -d "$(realpath "${1:-.}")/flatsweep-self-test.XXXXXX") || exit 2
trap 'rm -rf "$folder"' EXIT
read -ra program <<<"${FLATSWEEP:-flatsweep}"
read -ra launcher <<<"${FLATSWEEP_LAUNCHER:-mpirun --map-by slot:OVERSUBSCRIBE --bind-to none}"
command -v "${program[0]}" >/dev/null || { echo "self-test.sh: there is no ${program[0]} (it is not on the PATH). Set PATH or FLATSWEEP." >&2; exit 2; }

say() { echo "self-test.sh: $*"; }
fail() {
  say "FAILED: $*"
  exit 1
}
rows() { "${program[@]}" status "$file" --json 2>/dev/null | sed -n 's/.*"done": \([0-9]*\).*/\1/p'; }
sweep() { "${launcher[@]}" -n 3 "${program[@]}" run "$jobs/quick.ini" -o "$file" --grid.d=20 --grid.seed=0..7 --quiet </dev/null; }

say "the stack, on three ranks"
"${launcher[@]}" -n 3 "${program[@]}" doctor "$folder" </dev/null || fail "doctor has said what is wrong"

say "rows that another machine has computed"
gunzip -c "$jobs/reference.h5.gz" >"$folder/reference.h5"
"${program[@]}" verify "$folder/reference.h5" --sample 1000 || fail "this machine computes other rows"

say "a sweep that is killed"
file=$folder/killed.h5
sweep 2>"$folder/log" &
run=$!
for ((tenths = 0; tenths < 600; ++tenths)); do
  [[ $(rows) -eq 0 ]] && kill -0 "$run" 2>/dev/null || break
  sleep 0.1
done
pkill -KILL -P "$run"
wait "$run" 2>/dev/null
before=$(rows)
[[ ${before:-0} -gt 0 ]] || { cat "$folder/log" >&2; fail "there is no row after a minute"; }
for ((tries = 0; tries < 6; ++tries)); do # the ranks of the killed run may hold the file for a while
  sweep 2>"$folder/log"
  code=$?
  [[ $code -eq 76 ]] || break
done
[[ $code -eq 0 ]] || { cat "$folder/log" >&2; fail "the killed sweep ends with exit code $code"; }
say "killed after $before of $(rows) rows, and finished"
"${program[@]}" verify "$file" --sample 1000000 || fail "rows of the killed sweep are wrong"
say "passed"

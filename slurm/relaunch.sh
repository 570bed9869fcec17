#!/usr/bin/env bash
# usage: slurm/relaunch.sh JOB FILE [OPTIONS of flatsweep run]
# Runs the sweep on all cores, again and again until it is done: after a crash, after a kill, after a time limit.
# Gives up (exit code 1) where run after run adds no row. SIGINT, SIGTERM and SIGUSR1 stop it in order (75). All other
# exit codes are flatsweep's. Settings, from the environment, with their defaults:
#   FLATSWEEP=flatsweep       the program, or several words, e.g. "apptainer exec flatsweep.sif flatsweep"
#   FLATSWEEP_LAUNCHER=...    what starts ranks, given -n RANKS; Open MPI's mpirun by default
#   FLATSWEEP_RANKS=...       one more than the cores, as rank 0 sleeps
#   FLATSWEEP_TRIES=10        runs without a new row before it gives up; a configuration has three before its quarantine
#   FLATSWEEP_PATIENCE=30     seconds that a launcher may leave a dead rank unburied before it counts as hung
#   FLATSWEEP_CONTINUE=       a command that sees to it that a stopped sweep continues; without it this script runs it again
set -uo pipefail

if [[ $# -lt 2 ]]; then sed -n '2s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; fi
job=$1 file=$2
shift 2
read -ra program <<<"${FLATSWEEP:-flatsweep}"
read -ra launcher <<<"${FLATSWEEP_LAUNCHER:-mpirun --map-by slot:OVERSUBSCRIBE --bind-to none}"
ranks=${FLATSWEEP_RANKS:-$(($(nproc) + 1))}
tries=${FLATSWEEP_TRIES:-10}
patience=${FLATSWEEP_PATIENCE:-30}

say() { echo "relaunch.sh: $*" >&2; }
for tool in "${program[0]}" "${launcher[0]}"; do
  command -v "$tool" >/dev/null || { say "there is no $tool (it is not on the PATH). Set PATH, or FLATSWEEP and FLATSWEEP_LAUNCHER."; exit 2; }
done
for option in "$@"; do
  [[ $option != --overwrite ]] || { say "--overwrite would throw away the rows of every run before (each gets it). Remove $file first."; exit 2; }
done

# Rows that FILE has.
rows() {
  local count
  count=$("${program[@]}" status "$file" --json 2>/dev/null | sed -n 's/.*"done": \([0-9]*\).*/\1/p')
  echo "${count:-0}"
}

told='' # to stop, or to let it continue elsewhere: by a signal, or by the deadline
run=''
# shellcheck disable=SC2317 # traps reach it
on_signal() {
  told=$1 interrupted=yes
  [[ -z $run ]] || kill -USR1 "$run" 2>/dev/null # the launcher forwards it to every rank
}
trap 'on_signal stop' INT TERM
trap 'on_signal continue' USR1 USR2

# bury LAUNCHER: kills it where it leaves dead ranks unburied, as Open MPI 4.1.4 may for ever where a rank dies early.
bury() {
  local since=$SECONDS
  while sleep 1 && kill -0 "$1" 2>/dev/null; do
    if ! ps --ppid "$1" -o stat= 2>/dev/null | grep -q '^Z'; then since=$SECONDS; fi
    if [[ $((SECONDS - since)) -gt $patience ]]; then
      say "the launcher hangs: a rank died more than $patience s ago. Killing it."
      kill -KILL "$1"
    fi
  done
}

# run_once [OPTIONS]: sets `code`.
run_once() {
  "${launcher[@]}" -n "$ranks" "${program[@]}" run "$job" -o "$file" "$@" </dev/null &
  run=$!
  bury "$run" &
  [[ -z $told ]] || kill -USR1 "$run"
  interrupted=yes
  while [[ -n $interrupted ]]; do # a signal ends `wait`, not the run
    interrupted=''
    wait "$run"
    code=$?
  done
  run=''
}

give_up() {
  say "gave up: $*"
  exit 1
}

at_first=$(rows)
after=$at_first
idle_runs=0
while [[ -z $told ]]; do
  before=$after
  run_once "$@"
  case $code in 0 | 2 | 3 | 76) exit "$code" ;; esac # done, or no use trying
  after=$(rows)
  if [[ $code -eq 75 && -n ${FLATSWEEP_CONTINUE-} ]]; then told=${told:-deadline}; fi
  [[ -z $told ]] || break
  idle_runs=$((after > before ? 0 : idle_runs + 1))
  if [[ $idle_runs -ge $tries || ($idle_runs -gt 1 && $code -eq 1) ]]; then # 1: the launcher, or an internal error
    give_up "no new row in $idle_runs runs, the last with exit code $code."
  fi
  say "exit code $code after $after rows, running again"
  sleep 1 &
  wait $!
done

if [[ $told == deadline && $after -le $at_first ]]; then
  give_up "no configuration was done before the deadline. Allow more time."
fi
say "stopped after $after rows"
if [[ $told != stop && -n ${FLATSWEEP_CONTINUE-} ]]; then
  $FLATSWEEP_CONTINUE || say "\`$FLATSWEEP_CONTINUE\` failed. Start the same command again to continue."
fi
exit 75

#!/usr/bin/env bash
# usage: allocation.sh JOB FILE [OPTIONS]    (started by sweep.sbatch and shards.sbatch)
# The sweep on all cores of this Slurm allocation, relaunched after crashes; stopped FLATSWEEP_MARGIN seconds before the
# limit (60, or a tenth of a short allocation), and requeued then.
set -euo pipefail

# Of an array, SLURM_JOB_ID may name all tasks.
id=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
id=${id:-$SLURM_JOB_ID}
# SLURM_TASKS_PER_NODE is such as 2(x3),1: the slots of mpirun.
slots=$(tr ',' '\n' <<<"$SLURM_TASKS_PER_NODE" | awk -F '[(x)]+' '{ slots += $1 * ($2 ? $2 : 1) } END { print slots }')

limit=()
end=$(squeue --noheader --jobs "$id" --format %e || true)
if end=$(date --date "$end" +%s 2>/dev/null); then # NONE where the time is unlimited
  left=$((end - $(date +%s)))
  limit=(--deadline $((end - ${FLATSWEEP_MARGIN:-$((left < 600 ? left / 10 : 60))})))
fi

echo "allocation.sh: job $id, start $((${SLURM_RESTART_COUNT:-0} + 1)), on $SLURM_JOB_NODELIST, $(date --iso-8601=seconds), ends ${end:-when done}" >&2
export FLATSWEEP_RANKS=${FLATSWEEP_RANKS:-$((slots + 1))} FLATSWEEP_CONTINUE="scontrol requeue $id"
exec "$(dirname "${BASH_SOURCE[0]}")/relaunch.sh" "$@" "${limit[@]}"

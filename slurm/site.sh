# shellcheck shell=bash
# What this site wants, in one place: edit it once, and type `source slurm/site.sh` before sbatch, which hands the
# environment on to the job. The command line (sbatch --partition=...) goes before it.

# export SBATCH_PARTITION=compute SBATCH_ACCOUNT=myproject SBATCH_TIMELIMIT=1-0
# module load gcc openmpi hdf5
# export PATH=$HOME/flatsweep/build/release:$PATH

# How ranks are started, where it is not by Open MPI's mpirun; see README.md, "Launchers and containers".
# export FLATSWEEP_LAUNCHER="srun --mpi=pmix --overcommit --cpu-bind=none --kill-on-bad-exit=1"
# export FLATSWEEP="apptainer exec $HOME/flatsweep.sif flatsweep"

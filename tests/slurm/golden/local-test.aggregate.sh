#!/bin/bash
#SBATCH --job-name=mlp-block-sizes.g0.aggregate.fb52278703
#SBATCH --comment=specsweep:plan=3fa9c1d20000:gen=0:job=aggregate:token=fb52278703
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --time=01:00:00
#SBATCH --output=/scratch/u/sweep/g0/logs/aggregate/%j.out
#SBATCH --open-mode=append
#SBATCH --export=NONE
# Sweep mlp-block-sizes, generation 0: one result file from all shards.
# Made by `specsweep slurm render`. It runs after all tasks have ended, however they ended, and says what is missing.
# Exit: 0 complete, 3 units failed, 75 shards are missing (specsweep slurm resume).
set -uo pipefail
folder=/scratch/u/sweep
token=fb52278703
mkdir -p "$folder/started"
: >"$folder/started/$token.${SLURM_JOB_ID:-by-hand}"

export SLURM_EXPORT_ENV=ALL            # else the launcher's steps inherit --export=NONE
export OMPI_ALLOW_RUN_AS_ROOT=1
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl=tcp,self
export OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_mpi_yield_when_idle=1
export OPENBLAS_NUM_THREADS=1
exec /home/u/bin/specsweep aggregate /scratch/u/sweep/mlp-block-sizes.h5.shards -o /scratch/u/sweep/mlp-block-sizes.h5

#!/bin/bash
#SBATCH --job-name=mlp-block-sizes.g0.aggregate.4dd937ffe0
#SBATCH --comment=specsweep:plan=3fa9c1d20000:gen=0:job=aggregate:token=4dd937ffe0
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --time=01:00:00
#SBATCH --output=/scratch/u/sweep/g0/logs/aggregate/%j.out
#SBATCH --open-mode=append
#SBATCH --export=NONE
#SBATCH --mem=4000M
# Sweep mlp-block-sizes, generation 0: one result file from all shards.
# Made by `specsweep slurm render`. It runs after all tasks have ended, however they ended, and says what is missing.
# Exit: 0 complete, 3 units failed, 75 shards are missing (specsweep slurm resume).
set -uo pipefail
folder=/scratch/u/sweep
token=4dd937ffe0
mkdir -p "$folder/started"
: >"$folder/started/$token.${SLURM_JOB_ID:-by-hand}"

export SLURM_EXPORT_ENV=ALL            # else the launcher's steps inherit --export=NONE

exec /home/u/bin/specsweep aggregate /scratch/u/sweep/mlp-block-sizes.h5.shards -o /scratch/u/sweep/mlp-block-sizes.h5

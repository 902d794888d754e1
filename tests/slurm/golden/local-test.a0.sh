#!/bin/bash
#SBATCH --job-name=mlp-block-sizes.g0.a0.f20a7aa056
#SBATCH --comment=specsweep:plan=3fa9c1d20000:gen=0:job=a0:token=f20a7aa056
#SBATCH --array=0-34
#SBATCH --nodes=2
#SBATCH --ntasks=2
#SBATCH --cpus-per-task=1
#SBATCH --time=05:36:00
#SBATCH --output=/scratch/u/sweep/g0/logs/a0/%A_%a.out
#SBATCH --open-mode=append
#SBATCH --export=NONE
#SBATCH --requeue
#SBATCH --signal=B:USR1@20
# Sweep mlp-block-sizes, array a0 of generation 0: 35 shards in 35 tasks.
# Made by `specsweep slurm render`. Submitting this file by hand is fine: units that are done are not computed again, and a
# lease keeps two tasks from one shard.
set -uo pipefail                       # not -e: exit codes are messages
: "${SLURM_ARRAY_TASK_ID:?is not set: this script is an array task, submit it with sbatch}"
folder=/scratch/u/sweep
token=f20a7aa056
mkdir -p "$folder/started" "$folder/attempts" "$folder/outcomes"
[[ -e $folder/started/$token.$SLURM_ARRAY_JOB_ID ]] || : >"$folder/started/$token.$SLURM_ARRAY_JOB_ID"

export SLURM_EXPORT_ENV=ALL            # else the launcher's steps inherit --export=NONE
export OMPI_ALLOW_RUN_AS_ROOT=1
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl=tcp,self
export OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_mpi_yield_when_idle=1
export OPENBLAS_NUM_THREADS=1
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}" OMP_PLACES=cores OMP_PROC_BIND=close

limits=()                              # when this job ends, in seconds since the epoch
if [[ -n ${SLURM_JOB_END_TIME:-} ]]; then   # Slurm >= 23.02
    limits=(--deadline "$SLURM_JOB_END_TIME" --margin 5)
elif end=$(date -d "$(squeue -h -j "$SLURM_JOB_ID" -o %e)" +%s 2>/dev/null); then
    limits=(--deadline "$end" --margin 5)
fi

# shellcheck disable=SC2093            # nothing follows: the function runs in the background
launch() {  # SHARD OUTCOME; exec, because $! must be the launcher itself and not a shell around it
    exec mpirun -n "$SLURM_NTASKS" \
        /home/u/bin/specsweep run /scratch/u/sweep/plan.json --plan-sha256 3fa9c1d200000000 \
        --shard "$1" -o /scratch/u/sweep/mlp-block-sizes.h5 --attempt "${SLURM_RESTART_COUNT:-0}" "${limits[@]}" \
        --expect-ranks "$SLURM_NTASKS" --outcome-file "$2" --lease-wait 60
}

note() {  # SHARD WHAT TEXT: one line in the record of attempts
    printf '%s %s %s %s %s %s %s\n' "$2" "$(date +%s)" "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" \
        "${SLURM_RESTART_COUNT:-0}" "${SLURMD_NODENAME:-unknown}" "$token" "$3" >>"$folder/attempts/$(printf 'shard-%04d' "$1")"
}

pid=
stop=no
trap 'stop=yes; [[ -z $pid ]] || kill -USR1 "$pid" 2>/dev/null' USR1   # srun and mpirun forward it to the ranks
go_on=no
run_shard() {  # SHARD; the code comes from the outcome file, because launchers change exit codes
    local outcome code=0
    outcome=$folder/outcomes/$(printf 'shard-%04d' "$1").json
    rm -f "$outcome"
    note "$1" begin -
    launch "$1" "$outcome" &
    pid=$!
    while :; do
        wait "$pid"
        code=$?
        kill -0 "$pid" 2>/dev/null || break
    done
    pid=
    if [[ -s $outcome ]]; then
        code=$(sed -n 's/^ *"exit_code": \([0-9]*\).*/\1/p' "$outcome")
        grep -q '"go_on": true' "$outcome" && go_on=yes
    elif [[ $stop == yes ]]; then      # the signal came before the program could catch it
        code=75
        go_on=yes
    fi
    note "$1" end "$code"
    return "$code"
}

shards=(
    0 1 2 4 5 6 7 8 9 10 12 13 14 15 16 17 18 20 21 22
    23 24 25 26 28 29 30 31 32 33 34 36 37 38 39
)
shard_at() { echo "${shards[$1]}"; }
worst=0
for (( i = SLURM_ARRAY_TASK_ID * 1; i < (SLURM_ARRAY_TASK_ID + 1) * 1 && i < 35; ++i )); do
    if [[ $stop == yes ]]; then
        worst=75
        go_on=yes
        break
    fi
    run_shard "$(shard_at "$i")"
    code=$?
    (( code == 0 )) || (( worst != 0 && code == 3 )) || worst=$code
    (( code == 0 || code == 3 )) || break
done
(( worst != 75 )) || echo "stopped early; going on by itself: $go_on"
if (( worst == 75 )) && [[ $go_on == yes ]] && (( ${SLURM_RESTART_COUNT:-0} < 5 )); then
    # Back into the queue with the same id; Slurm ends this script meanwhile.
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && sleep 60
fi
exit "$worst"

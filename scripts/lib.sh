# Read by the other scripts: source "$(dirname "$0")/lib.sh"

# cmake --preset, with make where there is no ninja
configure() {  # PRESET
    local generator=()
    command -v ninja >/dev/null || generator=(-G "Unix Makefiles")
    cmake --preset "$1" "${generator[@]}"
}

cores() { nproc 2>/dev/null || echo 2; }

# What Open MPI asks of root, and of machines with fewer cores than ranks or containers that forbid process_vm_readv.
# Other MPI libraries do not look at these.
prepare_mpi() {
    if [[ $(id -u) == 0 ]]; then
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    fi
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
}

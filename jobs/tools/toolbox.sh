# Sourced by jobs/quick.sh and the scripts of tests/: installs, builds, and lets Open MPI run anywhere.

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
log=$source_dir/build/setup.log

# quietly WHAT COMMAND...: the output of the command goes to the log, and to the terminal only if it fails.
quietly() {
  local what=$1 status=0
  shift
  echo "flatsweep: $what" >&2
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [[ $status -ne 0 ]]; then
    tail -n 60 "$log" >&2
    echo "flatsweep: failed ($what). The whole output is in $log" >&2
    exit "$status"
  fi
}

# install GROUP of packages
install() {
  local script=$source_dir/jobs/tools/install_packages.sh
  # On a terminal without root sudo may have to ask, so there it talks directly.
  if [[ $(id -u) -ne 0 && -t 0 ]]; then "$script" "$1"; else quietly "checking the packages" "$script" "$1"; fi
}

# The number of compile jobs: one a core, but no more than there are 1.5 GB of memory.
compile_jobs() {
  local cores kilobytes limit
  cores=$(nproc)
  kilobytes=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit != max && $((limit / 1024)) -lt $kilobytes ]]; then kilobytes=$((limit / 1024)); fi
  local by_memory=$((kilobytes / 1500000))
  if [[ $by_memory -lt 1 ]]; then by_memory=1; fi
  echo $((cores < by_memory ? cores : by_memory))
}

# configure PRESET
configure() {
  cd "$source_dir"
  quietly "configuring (preset $1)" cmake --preset "$1"
}

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  configure "$preset"
  quietly "building with $(compile_jobs) compile jobs" \
    cmake --build --preset "$preset" --parallel "$(compile_jobs)" --target "$@"
}

# What starts ranks: more than there are cores, each on any core. Open MPI 4 and 5 and MPICH know these words.
mpirun=(mpirun --map-by slot:OVERSUBSCRIBE --bind-to none)

# Lets Open MPI run on this host as any user, in a container. Its session files go to a
# directory of their own, which is removed on exit.
prepare_open_mpi() {
  session_dir=$(mktemp -d "${TMPDIR:-/tmp}/flatsweep.XXXXXX")
  trap 'rm -rf "$session_dir"' EXIT
  mkdir -p "$session_dir/ompi.$(uname -n).$(id -u)/kept" # two that start at once may both make it, and one then fails
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  # Where a setting has a second name, that is Open MPI 5's, whose launcher is PRRTE; each ignores the other's.
  export OMPI_MCA_orte_tmpdir_base=$session_dir PRTE_MCA_prte_tmpdir_base=$session_dir
  export OMPI_MCA_btl_vader_backing_directory=$session_dir OMPI_MCA_btl_sm_backing_directory=$session_dir
  export OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_smsc=^cma # without ptrace rights the others fail
  export OMPI_MCA_oob_tcp_if_include=lo OMPI_MCA_btl_tcp_if_include=lo
  export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
}

# Open MPI leaks a little, and only the slow unwinder recognises its plugins after they are unloaded. GCC 12's leak check may
# crash when it reads the thread-local storage of Open MPI's threads ("Tracer caught signal 11"), so that is left out.
prepare_sanitizers() {
  export ASAN_OPTIONS=${ASAN_OPTIONS:-fast_unwind_on_malloc=0}
  export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
  export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$source_dir/tests/support/lsan.supp:print_suppressions=0:use_tls=0}
}

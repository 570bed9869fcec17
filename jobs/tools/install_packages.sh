#!/usr/bin/env bash
# install_packages.sh GROUP: installs the packages of Debian 12, Debian 13 or Ubuntu 24.04 that are needed to build, run and draw
# (build), and also to test (test), to build with Clang (clang), to format and to run clang-tidy (lint), for coverage (coverage) or
# for fuzzing (fuzz). The only list of them. FLATSWEEP_MPI=mpich takes MPICH instead of Open MPI, FLATSWEEP_CLANG another version
# than 16. Does nothing if all are there; exit code 2 without the right to install.
set -euo pipefail

mpi_packages=(openmpi-bin libopenmpi-dev libhdf5-openmpi-dev)
if [[ ${FLATSWEEP_MPI-} == mpich ]]; then mpi_packages=(mpich libmpich-dev libhdf5-mpich-dev); fi
build_packages=(
  g++ cmake ninja-build git
  "${mpi_packages[@]}" zlib1g-dev
  libeigen3-dev libopenblas-dev liblapacke-dev libfmt-dev nlohmann-json3-dev
  libboost-dev libboost-program-options-dev
  librandom123-dev catch2 python3
  python3-xarray python3-h5netcdf python3-matplotlib libjs-jquery-datatables libjs-chart.js
  pybind11-dev python3-dev python3-pandas python3-tqdm
)
test_packages=(
  hdf5-tools netcdf-bin iproute2 chromium chromium-driver python3-selenium doxygen help2man man-db dpkg-dev file
  python3-numpy python3-scipy python3-cvxopt python3-h5py python3-netcdf4 python3-mpi4py python3-pip mypy
  slurmd slurmctld slurm-client munge
)
clang_packages=("clang-${FLATSWEEP_CLANG:-16}" "${test_packages[@]}")
lint_packages=(clang-format clang-tidy-16) # clang-tidy 14 knows no std::source_location
coverage_packages=(gcovr "${test_packages[@]}")
fuzz_packages=(clang-16 libclang-rt-16-dev llvm-16) # libFuzzer

wanted=("${build_packages[@]}")
case ${1-} in
  build) ;;
  test) wanted+=("${test_packages[@]}") ;;
  clang) wanted+=("${clang_packages[@]}") ;;
  lint) wanted+=("${lint_packages[@]}") ;;
  coverage) wanted+=("${coverage_packages[@]}") ;;
  fuzz) wanted+=("${fuzz_packages[@]}") ;;
  *) echo "usage: install_packages.sh build | test | clang | lint | coverage | fuzz" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "flatsweep: this is not a Debian system, so nothing was installed; these packages are needed: ${wanted[*]}" >&2
  exit 0
fi

# Ubuntu has Chromium only as a snap: the tests that need it are skipped.
if [[ $(. /etc/os-release && echo "$ID") == ubuntu ]]; then wanted=("${wanted[@]/chromium*/}"); fi

missing=()
for package in "${wanted[@]}"; do
  [[ -n $package ]] || continue
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  # With a terminal sudo may ask for the password; without one it must not.
  if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    as_root=(sudo)
  else
    echo "flatsweep: packages are missing, and installing them takes root. Type:" >&2
    echo "  su -c 'apt-get update && apt-get install -y --no-install-recommends ${missing[*]}'" >&2
    exit 2
  fi
fi

echo "installing ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"

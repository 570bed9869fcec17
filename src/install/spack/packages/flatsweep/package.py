import pathlib

from spack.package import *

try:  # Spack 1.0 moved it out of spack.package
    from spack_repo.builtin.build_systems.cmake import CMakePackage
except ImportError:
    pass


class Flatsweep(CMakePackage):
    """Samples, solves and measures flattest interpolators of two-layer networks over a grid of configurations under MPI,
    into one HDF5 file."""

    git = str(pathlib.Path(__file__).resolve().parents[5])  # the clone that has this recipe

    license("MIT")

    version("main", branch="main")

    variant("shared", default=False, description="Build shared libraries")
    variant("native", default=False, description="Compile for the CPU that builds, beyond Spack's own target")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("help2man", type="build")
    depends_on("random123", type="build")
    depends_on("nlohmann-json@3.11:", type="build")
    depends_on("mpi")
    depends_on("hdf5@1.10:+mpi+hl")
    depends_on("boost@1.74:+program_options")
    depends_on("eigen@3.4:")
    depends_on("fmt@9:")
    depends_on("openblas")
    depends_on("zlib-api")

    conflicts("%gcc@:11")
    conflicts("%clang@:13")

    def cmake_args(self):
        return [
            self.define_from_variant("BUILD_SHARED_LIBS", "shared"),
            self.define_from_variant("FLATSWEEP_NATIVE", "native"),
            self.define("FLATSWEEP_TESTS", False),
            self.define("HDF5_ROOT", self.spec["hdf5"].prefix),
        ]

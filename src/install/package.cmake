# cpack -G DEB makes two packages: flatsweep, the program, and flatsweep-dev, its libraries. They are for every CPU only
# if FLATSWEEP_NATIVE is OFF, as in the preset `package`.
set(CPACK_PACKAGE_NAME flatsweep)
set(CPACK_PACKAGE_CONTACT "The flatsweep developers <flatsweep@localhost>")
set(CPACK_PACKAGE_VENDOR "The flatsweep developers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_VERBATIM_VARIABLES ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME flatsweep)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "Samples, solves and measures flattest interpolators of two-layer
networks over a grid of configurations under MPI, into one HDF5 file.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "openmpi-bin, python3")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "python3-xarray, python3-h5netcdf, python3-matplotlib")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME flatsweep-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "The libraries of flatsweep for C++ programs: headers,
static libraries and a CMake package. The solver needs Eigen, fmt and OpenBLAS only,
what reads job files Boost, and what reads results MPI and HDF5 too.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libeigen3-dev, libfmt-dev, libopenblas-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS
  "libboost-program-options-dev, libopenmpi-dev, libhdf5-openmpi-dev, zlib1g-dev")

# As Debian wants it.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/flatsweep RENAME copyright
  COMPONENT program)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/flatsweep-dev RENAME copyright
  COMPONENT development)

include(CPack)

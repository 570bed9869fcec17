# cpack -G DEB makes three packages: flatsweep, the program, flatsweep-dev, its libraries, and python3-flatsweep. They are for every CPU only
# if FLATSWEEP_NATIVE is OFF, as in the preset `package`.
set(CPACK_PACKAGE_NAME flatsweep)
set(CPACK_PACKAGE_CONTACT "The flatsweep developers <flatsweep@localhost>")
set(CPACK_PACKAGE_VENDOR "The flatsweep developers")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development python)
set(CPACK_VERBATIM_VARIABLES ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME flatsweep)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "Samples, solves and measures flattest interpolators of two-layer
networks over a grid of configurations under MPI, into one HDF5 file.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "openmpi-bin, python3-flatsweep (= ${PROJECT_VERSION})") # the readers of its figures
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "python3-xarray, python3-h5netcdf, python3-matplotlib")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME flatsweep-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "The libraries of flatsweep for C++ programs: headers,
static libraries and a CMake package. The solver needs Eigen, fmt and OpenBLAS only,
what reads job files Boost, and what reads results MPI and HDF5 too.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libeigen3-dev, libfmt-dev, libopenblas-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS
  "libboost-program-options-dev, libopenmpi-dev, libhdf5-openmpi-dev, zlib1g-dev")

set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-flatsweep)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_DESCRIPTION "Flattest interpolators from Python, with certificates.
Programs are solved by itself; sweeps are run, and their results read, by the
program flatsweep.")
set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "${FLATSWEEP_PYTHON_DEPENDS}, python3-numpy")
set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS "flatsweep, python3-xarray, python3-h5netcdf, python3-tqdm")

# As Debian wants it.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/flatsweep RENAME copyright
  COMPONENT program)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/flatsweep-dev RENAME copyright
  COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/python3-flatsweep RENAME copyright
  COMPONENT python)

include(CPack)

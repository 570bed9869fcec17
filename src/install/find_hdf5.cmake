# Looks for parallel HDF5. FindHDF5 asks the compiler wrapper of HDF5, which up to 1.10 takes no path with a space: for a build
# folder with one it works elsewhere.
set(HDF5_PREFER_PARALLEL TRUE)
if(CMAKE_CURRENT_BINARY_DIR MATCHES " ")
  set(flatsweep_binary_dir "${CMAKE_CURRENT_BINARY_DIR}")
  execute_process(COMMAND mktemp -d OUTPUT_VARIABLE CMAKE_CURRENT_BINARY_DIR OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
endif()
find_package(HDF5 COMPONENTS C HL)
if(flatsweep_binary_dir)
  file(REMOVE_RECURSE "${CMAKE_CURRENT_BINARY_DIR}")
  set(CMAKE_CURRENT_BINARY_DIR "${flatsweep_binary_dir}")
  unset(flatsweep_binary_dir)
endif()
unset(HDF5_PREFER_PARALLEL)

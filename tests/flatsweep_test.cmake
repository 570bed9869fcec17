add_library(flatsweep_catch STATIC
  ${CMAKE_CURRENT_SOURCE_DIR}/support/catch_session.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/linear_algebra.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/support/seed.cpp)
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/support/linear_algebra.cpp PROPERTIES
  COMPILE_OPTIONS -fno-sanitize=all SKIP_UNITY_BUILD_INCLUSION ON) # Eigen alone, minutes of compiling with sanitizers
target_include_directories(flatsweep_catch PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/support)
if(Catch2_VERSION VERSION_GREATER_EQUAL 3)
  target_include_directories(flatsweep_catch BEFORE PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/support/catch3)
endif()
target_link_libraries(flatsweep_catch PUBLIC flatsweep_options Catch2::Catch2 Eigen3::Eigen)
if(FLATSWEEP_COVERAGE)
  target_sources(flatsweep_catch PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/support/coverage_exit.cpp)
  target_link_options(flatsweep_catch INTERFACE LINKER:--wrap=_exit,--undefined=__wrap__exit)
endif()

add_library(flatsweep_catch_main STATIC ${CMAKE_CURRENT_SOURCE_DIR}/support/catch_main.cpp)
target_link_libraries(flatsweep_catch_main PUBLIC flatsweep_catch PRIVATE flatsweep_core)
target_precompile_headers(flatsweep_catch_main PRIVATE ${FLATSWEEP_PRECOMPILED} <catch2/catch.hpp>)

add_library(flatsweep_catch_main_mpi STATIC ${CMAKE_CURRENT_SOURCE_DIR}/support/catch_main_mpi.cpp)
target_link_libraries(flatsweep_catch_main_mpi PUBLIC flatsweep_catch flatsweep_mpi)

# As many ranks as wanted, on any core: Open MPI 4 and 5 and MPICH know these words.
set(FLATSWEEP_MPIRUN ${MPIEXEC_EXECUTABLE} --map-by slot:OVERSUBSCRIBE --bind-to none)

add_custom_target(flatsweep_tests) # what tests/checks/sanitizers runs

function(flatsweep_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LONG;ONE_RANK" "TIMEOUT" "SOURCES;LINKS;RANKS;LABELS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 900)
  endif()
  add_executable(test_${name} ${arg_SOURCES})
  add_dependencies(flatsweep_tests test_${name})
  target_precompile_headers(test_${name} REUSE_FROM flatsweep_catch_main)
  set_target_properties(test_${name} PROPERTIES UNITY_BUILD ON) # halves their build
  if(arg_RANKS)
    target_link_libraries(test_${name} PRIVATE flatsweep_catch_main_mpi ${arg_LINKS})
    foreach(ranks ${arg_RANKS})
      add_test(NAME ${name}_${ranks} COMMAND ${FLATSWEEP_MPIRUN} -n ${ranks} $<TARGET_FILE:test_${name}>)
      set_tests_properties(${name}_${ranks} PROPERTIES TIMEOUT ${arg_TIMEOUT} PROCESSORS ${ranks} LABELS "mpi;${arg_LABELS}")
    endforeach()
  else()
    if(arg_ONE_RANK)
      target_link_libraries(test_${name} PRIVATE flatsweep_catch_main_mpi ${arg_LINKS})
    else()
      target_link_libraries(test_${name} PRIVATE flatsweep_catch_main ${arg_LINKS})
    endif()
    add_test(NAME ${name} COMMAND test_${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
    if(arg_LONG)
      add_test(NAME ${name}_long COMMAND test_${name} "[.long]")
      set_tests_properties(${name}_long PROPERTIES TIMEOUT 3600 LABELS "${arg_LABELS};long")
    endif()
  endif()
endfunction()

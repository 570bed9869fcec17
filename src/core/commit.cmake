# Completes the source of build_information() with the git commit, at every build; rewrites it only if the commit changed.
# cmake -D SOURCE_DIR=... -D TEMPLATE=... -D OUTPUT=... -P commit.cmake
set(FLATSWEEP_COMMIT unknown)
execute_process(COMMAND git -C ${SOURCE_DIR} rev-parse --show-toplevel
                OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(NOT failed)
  file(REAL_PATH "${SOURCE_DIR}" source)
  file(REAL_PATH "${top}" top)
  if(source STREQUAL top) # else it is the repository of a project that this one is a part of
    execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=12
                    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(commit)
      set(FLATSWEEP_COMMIT ${commit})
    endif()
  endif()
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)

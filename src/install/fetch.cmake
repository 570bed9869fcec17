# What a cluster may lack, and what takes no more than sources: fmt, nlohmann/json and Random123. Each is looked for as installed;
# if it is not, FLATSWEEP_FETCH=ON brings it by git. FETCHCONTENT_SOURCE_DIR_FMT, ..._JSON and ..._RANDOM123 name folders that have
# the sources already, so that no network is needed.
option(FLATSWEEP_FETCH "Fetch fmt, nlohmann/json and Random123 if they are not installed" OFF)
include(FetchContent)

# flatsweep_find_or_fetch(NAME VERSION URL TAG): by find_package, else by git
macro(flatsweep_find_or_fetch name package version url tag)
  string(TOUPPER ${name} upper)
  if(NOT FETCHCONTENT_SOURCE_DIR_${upper})
    find_package(${package} ${version} QUIET)
  endif()
  if(NOT ${package}_FOUND)
    if(NOT FLATSWEEP_FETCH AND NOT FETCHCONTENT_SOURCE_DIR_${upper})
      message(FATAL_ERROR "${package} ${version} was not found. Install it, name a folder of its sources "
        "(-DFETCHCONTENT_SOURCE_DIR_${upper}=...), or have what is missing fetched (-DFLATSWEEP_FETCH=ON)")
    endif()
    FetchContent_Declare(${name} GIT_REPOSITORY ${url} GIT_TAG ${tag} GIT_SHALLOW ON SYSTEM)
    FetchContent_MakeAvailable(${name})
  endif()
endmacro()

set(FMT_INSTALL ON) # flatsweep's static libraries name it
set(JSON_Install OFF)
set(JSON_BuildTests OFF)
flatsweep_find_or_fetch(fmt fmt 9 https://github.com/fmtlib/fmt 10.2.1)
flatsweep_find_or_fetch(json nlohmann_json 3.11 https://github.com/nlohmann/json v3.11.3)

# Headers only, without a package of CMake.
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h HINTS ${FETCHCONTENT_SOURCE_DIR_RANDOM123}/include)
if(NOT RANDOM123_INCLUDE_DIR)
  if(NOT FLATSWEEP_FETCH)
    message(FATAL_ERROR "Random123 was not found. Install it, name the folder above Random123/philox.h "
      "(-DRANDOM123_INCLUDE_DIR=...), or have what is missing fetched (-DFLATSWEEP_FETCH=ON)")
  endif()
  FetchContent_Declare(random123 GIT_REPOSITORY https://github.com/DEShawResearch/random123 GIT_TAG v1.14.0 GIT_SHALLOW ON
                       SOURCE_SUBDIR headers-only)
  FetchContent_MakeAvailable(random123)
  set(RANDOM123_INCLUDE_DIR ${random123_SOURCE_DIR}/include CACHE PATH "Folder above Random123/philox.h" FORCE)
endif()

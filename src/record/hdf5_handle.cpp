#include "record/hdf5_handle.hpp"

#include <string>

namespace flatsweep::record::hdf5 {
namespace {

// After a failed write a file cannot be closed, and the library's own clean-up would crash on it, be it at
// exit or in MPI_Finalize, which calls it where the library came to life after MPI_Init. What is to be
// closed, the handles close.
[[maybe_unused]] const herr_t no_clean_up = H5dont_atexit() >= 0 ? H5open() : -1;

herr_t take_innermost(unsigned position, const H5E_error2_t* entry, void* text) {
  if (position == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = entry->desc;
  return 0;
}

}  // namespace

void fail(const char* call) {
  std::string words;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, &words);
  H5Eclear2(H5E_DEFAULT);
  throw Failure(std::string(call) + ": " + (words.empty() ? "failed" : words));
}

void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

}  // namespace flatsweep::record::hdf5

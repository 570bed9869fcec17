#pragma once

#include <chrono>
#include <functional>

namespace flatsweep::record::hdf5 {

/// What a child process may use.
struct ChildLimits {
  std::chrono::seconds processor_time{10};
  double memory_bytes = 1e9;  ///< beyond what the parent has
};

/// Call `read` in a child process, to learn whether this process survives it. For what no checksum covers: if
/// that is damaged, the library may crash, overwrite its memory, run on, or ask for memory without bounds.
/// @return whether `read` returned; false if it threw
/// @throws Failure if the child did not end by itself within its limits
bool returns_in_child(const std::function<void()>& read, const ChildLimits& limits = {});

}  // namespace flatsweep::record::hdf5

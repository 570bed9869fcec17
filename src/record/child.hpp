#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace flatsweep::record::hdf5 {

struct ChildLimits {
  std::chrono::seconds processor_time{10};
  double memory_bytes = 1e9;  // beyond what the parent has
};

/// Calls `read` in a child process and gives the text that it returns. For what no checksum covers: where it
/// is damaged, the library may crash, spoil its memory, run on, or ask for memory without bounds, and then
/// only the child does.
/// @throws Failure that `read` throws, and where the child came to no end of its own
std::string read_in_child(const std::function<std::string()>& read, const ChildLimits& limits = {});

/// Lets a child process call `read` first. An exception is no harm: it comes again in this process.
/// @throws Failure where the child came to no end of its own
void require_survival(const std::function<void()>& read, const ChildLimits& limits = {});

}  // namespace flatsweep::record::hdf5

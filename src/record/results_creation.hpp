#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

#include "flatsweep/record/results_file.hpp"

namespace flatsweep::record {

/// Makes a results file of this size by `write(FILE.tmp)`, as create_results_file does.
RunLock create_results_file(const std::filesystem::path& file, double bytes,
                            const std::function<void(const std::filesystem::path&)>& write, Existing existing,
                            std::chrono::milliseconds patience);

}  // namespace flatsweep::record

#pragma once

#include <filesystem>

namespace flatsweep::cli {

/// @throws Error where writing `output` would destroy `input`, under whatever names
void require_distinct(const std::filesystem::path& output, const std::filesystem::path& input);

}  // namespace flatsweep::cli

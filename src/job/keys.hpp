#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "flatsweep/job/job.hpp"

namespace flatsweep::job {

/// A job on its way from text to Job; as constructed, it holds the defaults.
struct Draft {
  std::string name;
  AxisValues axes;
  Settings settings;
};

/// One key of a job file.
struct Key {
  std::string name;                                    ///< in full, e.g. `grid.gamma`
  std::string meaning;                                 ///< one line, with unit and range
  std::string example;                                 ///< of its value
  bool required;                                       ///< whether it has no default
  InDigest in_digest;                                  ///< without meaning for `name`, which has no part in it
  std::function<void(std::string_view, Draft&)> read;  ///< throws Error
  std::function<std::string(const Draft&)> write;      ///< canonical text
};

/// A key of 0.1 that has another name today.
struct FormerKey {
  std::string_view name;        ///< in jobs of 0.1, and in every digest
  std::string_view name_today;  ///< in a resolved job
};

/// In the order of the digest, where they follow the axes.
inline constexpr auto former_keys = std::to_array<FormerKey>({{"target.coefficients", "grid.coefficients"},
                                                              {"target.offset", "grid.offset"},
                                                              {"program.objective", "grid.objective"}});

/// Return the name of the key that a name of 0.1 or of today means.
std::string_view name_today(std::string_view key);

/// Return all keys: `name`, the axes in the order of the grid, then the settings.
const std::vector<Key>& keys();

/// Return the part of a key before its dot; empty for `name`.
std::string section_of(std::string_view key);

/// Return the part of a key after its dot.
std::string leaf_of(std::string_view key);

/// Return whether a text can be the name of a job: one line of UTF-8 without `#`, up to 200 bytes.
bool is_job_name(std::string_view text);

}  // namespace flatsweep::job

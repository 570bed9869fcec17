#pragma once

#include <string>

#include "flatsweep/job/grid.hpp"
#include "flatsweep/job/settings.hpp"

namespace flatsweep::job {

/// What a job file and its overrides ask for.
struct Job {
  std::string name;   ///< for people: that in the file, else the file's own
  std::string text;   ///< the file as read
  Grid grid;          ///< what to sweep over
  Settings settings;  ///< what all its configurations share

  /// Every setting by its key and canonical value, one a line, defaults included. A job file itself, but of
  /// any length: reading it (parse_resolved) gives the same job.
  [[nodiscard]] std::string resolved() const;

  /// Two jobs are the same if this is: hexadecimal digest of `resolved()` without the name.
  [[nodiscard]] std::string digest() const;
};

}  // namespace flatsweep::job

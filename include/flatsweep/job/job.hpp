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

  /// Return every setting by its key and canonical value, one a line, defaults included. The text is a job
  /// file itself, but of any length: parse_resolved reads the same job from it.
  [[nodiscard]] std::string resolved() const;

  /// Return the hexadecimal digest of `resolved()` without its name, and without axes and settings younger
  /// than 0.1 that have their default. Two jobs are the same if their digests are.
  [[nodiscard]] std::string digest() const;
};

}  // namespace flatsweep::job

#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "flatsweep/job/job.hpp"

namespace flatsweep::job {

/// A setting from the command line: key as in the job file (`grid.gamma`), value as text.
using Override = std::pair<std::string, std::string>;

/// A key of a job file (`grid.gamma`, `measure.ridge`, ...) with one line of help.
struct KeyDescription {
  std::string key;   ///< with its section, e.g. `grid.gamma`
  std::string help;  ///< meaning, range and default
};
/// Return all keys, in the order of a resolved job.
std::vector<KeyDescription> job_keys();

/// Read a job file. @throws Error located at `file:line`, or at `--key` if it came from an override
Job read_job(const std::filesystem::path& file, const std::vector<Override>& overrides = {});

/// Read a job from a text; `name` stands for the file in messages.
Job parse_job(const std::string& text, const std::string& name, const std::vector<Override>& overrides = {});

/// Read what Job::resolved gave, which is of any length: it lists the values of every sequence. `name` stands
/// for it in messages. @throws Error if it is no job
Job parse_resolved(const std::string& text, const std::string& name);

}  // namespace flatsweep::job

#pragma once

#include <string>

#include "cli/options.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/job.hpp"

namespace flatsweep::cli {

/// One configuration of a job, which may have no place in its grid.
struct OneConfiguration {
  job::Configuration configuration;
  job::Job job;
};

/// Return an option for every axis, by which a configuration is picked.
OptionGroup axis_options();

/// Read which configuration of a job `--id` or the axis values pick. It may have no place in the job's grid.
/// @throws Error at the option, or at the place in the job file
OneConfiguration read_one_configuration(const std::string& file, const Options& options);

/// Return one line on a configuration: its place, its axis values and its sizes.
std::string headline(const job::Configuration& configuration);

}  // namespace flatsweep::cli

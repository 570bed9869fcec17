#pragma once

#include <string>

#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace flatsweep::cli {

/// Return an option for every axis, by which a configuration is picked.
OptionGroup axis_options();

/// Read which configuration of a job `--id` or the axis values pick. It may have no place in the job's grid.
/// @throws Error at the option, or at the place in the job file
OneConfiguration read_one_configuration(const std::string& file, const Options& options);

/// Return one line on a configuration: its place, its axis values and its sizes.
std::string headline(const job::Configuration& configuration);

}  // namespace flatsweep::cli

#pragma once

#include <boost/program_options.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cli.hpp"
#include "flatsweep/job/read_job.hpp"
#include "flatsweep/record/new_file.hpp"

namespace flatsweep::cli {

namespace po = boost::program_options;

/// What one command takes.
struct CommandLine {
  std::string usage;  // `flatsweep run JOB -o FILE [OPTIONS]`
  std::string summary;
  po::options_description options;
  std::vector<std::string> operands;  // names of what is given without dashes, in order; `NAME...` takes all
  std::size_t required_operands = 0;  // how many of them must be there
  std::vector<std::string> needed = {};  // options that must be there
};

/// The options given; nothing where `--help` was asked for, which is then printed.
/// @throws Error naming the option, and for an unknown one the nearest known
std::optional<po::variables_map> parse(const CommandLine& command_line, const Arguments& arguments);

/// One option for every key of a job file.
po::options_description job_options();
std::vector<job::Override> job_overrides(const po::variables_map& options);

/// A flag that takes no value.
bool has(const po::variables_map& options, const std::string& name);
/// What `--overwrite` says.
record::Existing existing(const po::variables_map& options);
/// The text of an option, if it was given.
std::optional<std::string> text(const po::variables_map& options, const std::string& name);
/// The texts of an operand `NAME...`.
std::vector<std::string> texts(const po::variables_map& options, const std::string& name);
/// A whole number between `least` and `most`. @throws Error naming the option
std::optional<std::int64_t> whole_number(const po::variables_map& options, const std::string& name,
                                         std::int64_t least,
                                         std::int64_t most = std::numeric_limits<std::int64_t>::max());
/// A length of time such as `90`, `90s`, `55m`, `1.5h`. @throws Error naming the option
std::optional<std::chrono::duration<double>> duration(const po::variables_map& options,
                                                      const std::string& name);

}  // namespace flatsweep::cli

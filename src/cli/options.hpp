#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"

namespace flatsweep::cli {

/// The words after the name of a command.
using Arguments = std::vector<std::string>;

/// A row of a table of options.
struct Option {
  std::string name;   // without dashes; `output,o` has the short form -o
  std::string value;  // its name in the help; empty for a flag, which takes none
  std::string help;
};

/// Options under a title of their own in the help.
struct OptionGroup {
  std::string title;
  std::vector<Option> options;
};

class Options;

/// A command: its line of `flatsweep --help`, its command line, and the function that does it. Every command
/// has the option `--help`.
struct Command {
  std::string name;                        // `run`
  std::string brief;                       // its line of `flatsweep --help`
  std::string synopsis;                    // `JOB -o FILE [OPTIONS]`
  std::string summary;                     // above the options in its own help
  std::vector<std::string> operands = {};  // names of the words without dashes, in order; `NAME...` takes all
  std::vector<std::string> required = {};  // operands and options that must be given
  std::vector<Option> options = {};
  std::vector<OptionGroup> groups = {};
  ExitCode (*execute)(const Options&) = nullptr;
  bool on_all_ranks = false;  // if not, rank 0 executes it alone

  /// Return `flatsweep run`.
  [[nodiscard]] std::string full_name() const;
  /// Return `flatsweep run JOB -o FILE [OPTIONS]`.
  [[nodiscard]] std::string usage() const;
  /// Whether an option of this name, short or long, is in any table.
  [[nodiscard]] bool has_option(const std::string& option) const;
};

/// The options and operands that were given.
class Options {
 public:
  Options() = default;
  /// @param values by long name or operand; none for a flag
  explicit Options(std::map<std::string, std::vector<std::string>> values) : values_(std::move(values)) {}

  /// Whether the option was given.
  [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
  /// Return the text of an option, if it was given.
  [[nodiscard]] std::optional<std::string> text(const std::string& name) const;
  /// Return the text of an option or operand. @pre it was given
  [[nodiscard]] const std::string& required(const std::string& name) const;
  /// Return the texts of an operand `NAME...`.
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;
  /// Return a whole number from `least` to `most`, if it was given.
  /// @param example what an error advises to write instead; `least` if empty
  /// @throws Error at the option for anything else
  [[nodiscard]] std::optional<std::uint64_t> whole_number(const std::string& name, std::uint64_t least,
                                                          std::uint64_t most = std::numeric_limits<std::int64_t>::max(),
                                                          std::string_view example = {}) const;
  /// Return a length of time such as `90`, `90s`, `55m` or `1.5h`, if it was given.
  /// @throws Error at the option for anything else
  [[nodiscard]] std::optional<std::chrono::duration<double>> duration(const std::string& name) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

/// Read the arguments of a command. What is required may be missing if `--help` is given.
/// @param all commands whose options are recognised in messages
/// @throws Error at the option; for an unknown one with its command or the nearest known one
Options parse(const Command& command, const Arguments& arguments, const std::vector<Command>& all = {});

/// Return the page that `--help` prints.
std::string help_page(const Command& command);

}  // namespace flatsweep::cli

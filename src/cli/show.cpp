#include "flatsweep/report/show.hpp"

#include <fmt/core.h>

#include <iostream>
#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/selection.hpp"
#include "flatsweep/report/summary.hpp"

namespace flatsweep::cli {
namespace {

/// Return the rows that fulfil the conditions, all if there are none.
job::Selection select(const job::Grid& grid, const std::optional<std::string>& conditions) {
  job::Selection selection(grid);
  try {
    if (conditions) selection.keep_where(*conditions);
  } catch (const Error& error) {
    throw error.at("--where");
  }
  return selection;
}

}  // namespace

CommandLine show_command_line() {
  return {
      .usage = "flatsweep show FILE [OPTIONS]",
      .summary = "Prints tables of flatness and loss against gamma, means over seeds, with rank correlations.",
      .operands = {"FILE"},
      .required = {"FILE"},
      .options = {{"csv", "", "the same numbers as CSV, in full precision, a line a gamma"},
                  {"where", "CONDITIONS", "only rows that fulfil them, e.g. gamma>0.5,activation=relu"}},
  };
}

ExitCode show(const Options& options) {
  const record::ResultsReader reader(options.required("FILE"));
  const job::Selection selection = select(reader.job().grid, options.text("where"));
  if (options.has("csv"))
    report::print_curves_csv(std::cout, reader, selection);
  else
    report::print_curves(std::cout, reader, selection);
  if (const std::string torn = report::torn_rows_text(report::count_torn_rows(reader)); !torn.empty())
    std::cerr << fmt::format("flatsweep: {}.\n", torn);
  return ExitCode::done;
}

}  // namespace flatsweep::cli

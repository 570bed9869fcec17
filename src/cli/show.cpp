#include <fmt/core.h>

#include <iostream>
#include <string>

#include "cli/commands.hpp"
#include "flatsweep/report/csv.hpp"
#include "flatsweep/report/summary.hpp"
#include "flatsweep/report/tables.hpp"
#include "sweep/part.hpp"

namespace flatsweep::cli {
namespace {

ExitCode show(const Options& options) {
  const record::ResultsReader reader(options.required("FILE"));
  const job::Selection selection = sweep::select({.where = options.text("where")}, reader.job().grid);
  if (options.has("csv"))
    report::print_curves_csv(std::cout, reader, selection);
  else
    report::print_curves(std::cout, reader, selection);
  if (const std::string torn = report::torn_rows_text(report::count_torn_rows(reader)); !torn.empty())
    std::cerr << fmt::format("flatsweep: {}.\n", torn);
  return ExitCode::done;
}

}  // namespace

Command show_command() {
  return {
      .name = "show",
      .brief = "print tables of flatness and loss against gamma",
      .synopsis = "FILE [OPTIONS]",
      .summary = "Prints tables of flatness and loss against gamma, means over seeds, with rank correlations.",
      .operands = {"FILE"},
      .required = {"FILE"},
      .options = {{"csv", "", "the same numbers as CSV, in full precision, a line a gamma"},
                  {"where", "CONDITIONS", "only rows that fulfil them, e.g. gamma>0.5,activation=relu"}},
      .execute = show,
  };
}

}  // namespace flatsweep::cli

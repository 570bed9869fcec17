#include <fmt/core.h>

#include <iostream>

#include "cli/commands.hpp"
#include "flatsweep/report/table.hpp"
#include "flatsweep/report/torn_rows.hpp"

namespace flatsweep::cli {

CommandLine show_command_line() {
  return {
      .usage = "flatsweep show FILE [OPTIONS]",
      .summary =
          "Prints tables of flatness and loss against gamma, quartiles over seeds, with rank correlations.",
      .operands = {"FILE"},
      .required = {"FILE"},
      .options = {{"csv", "", "the same numbers as CSV, in full precision, a line a gamma"}},
  };
}

ExitCode show(const Options& options) {
  const record::ResultsReader reader(options.required("FILE"));
  if (options.has("csv"))
    report::print_tables_csv(std::cout, reader);
  else
    report::print_tables(std::cout, reader);
  if (const std::string torn = report::torn_rows_text(reader); !torn.empty())
    std::cerr << fmt::format("flatsweep: {}.\n", torn);
  return ExitCode::done;
}

}  // namespace flatsweep::cli

#include <iostream>

#include "cli_options.hpp"
#include "commands/commands.hpp"
#include "flatsweep/report/table.hpp"
#include "flatsweep/report/torn_rows.hpp"

namespace flatsweep::cli {
namespace {

CommandLine show_command_line() {
  po::options_description options("Options", 100);
  options.add_options()("csv", "the same numbers as CSV, in full precision, a line a gamma")("help,h",
                                                                                             "this page");
  return {"flatsweep show FILE [OPTIONS]",
          "Prints tables of flatness and loss against gamma, quartiles over seeds, with rank correlations.",
          options,
          {"FILE"},
          1};
}

}  // namespace

int show(const Arguments& arguments) {
  const auto options = parse(show_command_line(), arguments);
  if (!options) return everything_done;
  const record::ResultsReader reader(*text(*options, "FILE"));
  if (has(*options, "csv"))
    report::print_tables_csv(std::cout, reader);
  else
    report::print_tables(std::cout, reader);
  if (const std::string torn = report::torn_rows_text(reader); !torn.empty())
    std::cerr << "flatsweep: " << torn << ".\n";
  return everything_done;
}

}  // namespace flatsweep::cli

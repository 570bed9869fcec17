#include <iostream>

#include "cli_options.hpp"
#include "commands.hpp"
#include "flatsweep/report/table.hpp"

namespace flatsweep::cli {

namespace {

CommandLine command_line() {
  po::options_description options("Options", 100);
  options.add_options()("help,h", "this page");
  return {"flatsweep show FILE",
          "Prints tables of flatness and loss against gamma, averaged over seeds, with rank correlations.",
          options,
          {"FILE"},
          1};
}

}  // namespace

int show(const Arguments& arguments) {
  const auto options = parse(command_line(), arguments);
  if (!options) return everything_done;
  report::print_tables(std::cout, record::ResultsReader(*text(*options, "FILE")));
  return everything_done;
}

}  // namespace flatsweep::cli

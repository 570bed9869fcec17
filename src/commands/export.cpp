#include "flatsweep/report/export.hpp"

#include <iostream>

#include "cli_options.hpp"
#include "commands.hpp"
#include "distinct_files.hpp"

namespace flatsweep::cli {

namespace {

CommandLine command_line() {
  po::options_description options("Options", 100);
  options.add_options()("output,o", po::value<std::string>()->value_name("TABLE"),
                        "the CSV file, or - for stdout")("overwrite", "replace TABLE")("help,h", "this page");
  return {"flatsweep export FILE -o TABLE [OPTIONS]",
          "Writes a results file as tidy CSV: a line a configuration, units in comment lines before them.",
          options,
          {"FILE"},
          1,
          {"output"}};
}

}  // namespace

int export_table(const Arguments& arguments) {
  const auto options = parse(command_line(), arguments);
  if (!options) return everything_done;
  const record::ResultsReader reader(*text(*options, "FILE"));
  const std::string table = *text(*options, "output");
  if (table == "-") {
    report::export_csv(std::cout, reader);
  } else {
    require_distinct(table, *text(*options, "FILE"));
    report::export_csv(std::filesystem::path(table), reader, has(*options, "overwrite"));
    std::cerr << reader.rows() << " rows written to " << table << '\n';
  }
  return everything_done;
}

}  // namespace flatsweep::cli

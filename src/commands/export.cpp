#include "flatsweep/report/export.hpp"

#include <iostream>

#include "cli_options.hpp"
#include "commands/commands.hpp"
#include "commands/distinct_files.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/record/file_kind.hpp"

namespace flatsweep::cli {
namespace {

CommandLine export_command_line() {
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

/// Where a table would take the place of results.
void require_no_hdf5(const std::filesystem::path& table) {
  using record::FileKind;
  const FileKind kind = record::kind_of(table);
  if (kind == FileKind::absent || kind == FileKind::empty || kind == FileKind::no_hdf5) return;
  throw Error(table.string() + " is not overwritten",
              "it is " + std::string(describe(kind)) + ", not a table", "Name another file after -o.");
}

}  // namespace

int export_table(const Arguments& arguments) {
  const auto options = parse(export_command_line(), arguments);
  if (!options) return everything_done;
  const record::ResultsReader reader(*text(*options, "FILE"));
  const std::string table = *text(*options, "output");
  if (table == "-") {
    report::export_csv(std::cout, reader);
  } else {
    require_distinct(table, *text(*options, "FILE"));
    require_no_hdf5(table);
    report::export_csv(std::filesystem::path(table), reader, existing(*options));
    std::cerr << reader.rows() << " rows written to " << table << '\n';
  }
  return everything_done;
}

}  // namespace flatsweep::cli

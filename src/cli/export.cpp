#include <fmt/core.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/report/csv.hpp"

namespace flatsweep::cli {
namespace {

/// Refuse to write a table over results.
void require_no_hdf5(const std::filesystem::path& table) {
  using record::FileKind;
  record::require_not_in_use(table);
  record::require_readable(table);
  const FileKind kind = record::kind_of(table);
  if (kind == FileKind::absent || kind == FileKind::empty || kind == FileKind::no_hdf5) return;
  throw Error(fmt::format("{} is not overwritten", table.string()),
              fmt::format("it is {}, not a table", describe(kind)), "Name another file after -o.");
}

ExitCode export_table(const Options& options) {
  const record::ResultsReader reader(options.required("FILE"));
  const std::string& table = options.required("output");
  if (table == "-") {
    report::export_csv(std::cout, reader);
  } else {
    require_distinct(table, options.required("FILE"));
    record::require_place(table);
    require_no_hdf5(table);
    report::export_csv(std::filesystem::path(table), reader, existing(options));
    std::cerr << fmt::format("{} rows written to {}\n", reader.rows(), table);
  }
  return ExitCode::done;
}

}  // namespace

Command export_command() {
  return {
      .name = "export",
      .brief = "write a results file as CSV, a line a configuration",
      .synopsis = "FILE -o TABLE [OPTIONS]",
      .summary = "Writes a results file as tidy CSV: a line a configuration, units in comment lines before them.",
      .operands = {"FILE"},
      .required = {"FILE", "output"},
      .options = {{"output,o", "TABLE", "the CSV file, or - for stdout"}, {"overwrite", "", "replace TABLE"}},
      .execute = export_table,
  };
}

}  // namespace flatsweep::cli

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/report/csv.hpp"
#include "flatsweep/report/head.hpp"
#include "flatsweep/report/summary.hpp"
#include "flatsweep/report/tables.hpp"
#include "flatsweep/report/verdict_table.hpp"
#include "sweep/part.hpp"

namespace flatsweep::cli {
namespace {

/// Return the number of torn rows.
std::uint64_t print_verdicts(const record::ResultsReader& reader, const job::Selection& selection) {
  const std::size_t width = stdout_columns();
  const report::VerdictTable table(reader, selection);
  report::print_head(std::cout, reader.job(), table.counts(), width);
  std::cout << '\n';
  table.print(std::cout, width);
  std::cout << '\n';
  table.print_legend(std::cout, width);
  return table.torn_rows();
}

ExitCode show(const Options& options) {
  const record::ResultsReader reader(options.required("FILE"));
  const job::Selection selection = sweep::select({.where = options.text("where")}, reader.job().grid);
  std::uint64_t torn = 0;
  if (options.has("csv")) {
    torn = report::print_curves_csv(std::cout, reader, selection);
  } else {
    torn = print_verdicts(reader, selection);
    if (options.has("details")) report::print_tables(std::cout << '\n', reader, selection);
  }
  if (torn > 0) std::cerr << fmt::format("flatsweep: {}.\n", report::torn_rows_text(torn));
  return ExitCode::done;
}

}  // namespace

Command show_command() {
  return {
      .name = "show",
      .brief = "tell which gamma is flattest and which best, a line a curve",
      .synopsis = "FILE [OPTIONS]",
      .summary =
          "Tells for every curve over gamma which gamma is flattest, which has the least loss, and how flatness\n"
          "orders them by loss; means over solved seeds. Works while a run writes.",
      .operands = {"FILE"},
      .required = {"FILE"},
      .options = {{"csv", "", "the same numbers as CSV, in full precision, a line a gamma"},
                  {"details", "", "for every curve a table over gamma too, and all correlations"},
                  {"where", "CONDITIONS", "only rows that fulfil them, e.g. gamma>0.5,activation=relu"}},
      .execute = show,
  };
}

}  // namespace flatsweep::cli

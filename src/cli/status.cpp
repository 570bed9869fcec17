#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/report/summary.hpp"

namespace flatsweep::cli {
namespace {

void print_for_people(const report::Summary& summary, const job::Job& job) {
  report::print_summary(std::cout, summary, job);
  if (summary.is_running()) std::cout << pace_text(summary) << '\n';
}

ExitCode status(const Options& options) {
  const std::filesystem::path file = options.required("FILE");
  const std::optional<bool> running = record::RunLock::is_held(file);  // before the last run may end
  const record::ResultsReader reader(file);
  if (options.has("volatile")) {
    for (const std::string& variable : record::volatile_variables()) std::cout << variable << '\n';
    return ExitCode::done;
  }
  const report::Summary summary = summary_of(reader, running);
  const bool failed = options.has("failed");
  if (options.has("json"))
    report::print_json(std::cout, summary, reader, failed);
  else if (failed)
    report::print_failed(std::cout, reader);
  else
    print_for_people(summary, reader.job());
  return ExitCode::done;
}

}  // namespace

Command status_command() {
  return {
      .name = "status",
      .brief = "tell how far a results file is, and what failed",
      .synopsis = "FILE [OPTIONS]",
      .summary = "Tells how far a results file is, and what failed and why; also while a run writes to it.",
      .operands = {"FILE"},
      .required = {"FILE"},
      .options = {{"failed", "", "every configuration that failed, crashed or is inaccurate, and why"},
                  {"json", "", "one JSON object"},
                  {"volatile", "", "the columns of time and place, which differ between runs; one a line"}},
      .execute = status,
  };
}

}  // namespace flatsweep::cli

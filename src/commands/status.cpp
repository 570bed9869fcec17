#include <iostream>

#include "cli_options.hpp"
#include "commands/commands.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/report/summary.hpp"

namespace flatsweep::cli {
namespace {

CommandLine status_command_line() {
  po::options_description options("Options", 100);
  options.add_options()("failed", "every configuration that failed, crashed or is inaccurate, and why")(
      "json", "one JSON object")(
      "volatile", "the columns of time and place, which differ between runs; one a line")("help,h",
                                                                                          "this page");
  return {"flatsweep status FILE [OPTIONS]",
          "Tells how far a results file is, and what failed and why; also while a run writes to it.",
          options,
          {"FILE"},
          1};
}

}  // namespace

int status(const Arguments& arguments) {
  const auto options = parse(status_command_line(), arguments);
  if (!options) return everything_done;
  const std::filesystem::path file = *text(*options, "FILE");
  const std::optional<bool> running = record::RunLock::is_held(file);  // before the last run may end
  const record::ResultsReader reader(file);
  if (has(*options, "volatile")) {
    for (const std::string& column : record::volatile_columns()) std::cout << column << '\n';
    return everything_done;
  }
  report::Summary summary = report::summarise(reader);
  summary.running = running;
  const bool failed = has(*options, "failed");
  if (has(*options, "json"))
    report::print_json(std::cout, summary, reader, failed);
  else if (failed)
    report::print_failed(std::cout, reader);
  else
    report::print_summary(std::cout, summary);
  return everything_done;
}

}  // namespace flatsweep::cli

#include <stdio_ext.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "commands/agreement.hpp"
#include "commands/commands.hpp"
#include "commands/crash_marks.hpp"
#include "commands/preparation.hpp"
#include "commands/probe.hpp"
#include "commands/quarantine.hpp"
#include "commands/row_recorder.hpp"
#include "commands/run_record.hpp"
#include "commands/run_request.hpp"
#include "commands/stop_signals.hpp"
#include "commands/terminal.hpp"
#include "commands/threads.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/distribute.hpp"

namespace flatsweep::cli {
namespace {

int exit_code_of(const schedule::Summary& report, const schedule::Ledger& ledger) {
  if (report.stopped_early) return stopped_early;
  return ledger.count(Status::failed) + ledger.count(Status::crashed) > 0 ? some_failed : everything_done;
}

schedule::ProgressSink progress_sink(ProgressStyle style) {
  switch (style) {
    case ProgressStyle::line:
      return schedule::show_progress(std::cerr, stderr_is_terminal());
    case ProgressStyle::json:
      return schedule::show_progress_as_json(std::cout);
    case ProgressStyle::none:
      break;
  }
  return schedule::quiet_progress();
}

/// Progress that could not be written is no failure of the sweep.
void drop_unwritten_progress() {
  if (std::cout.flush()) return;
  __fpurge(stdout);
  std::cout.clear();
}

void say_what_is_left(int exit_code, const RunRequest& request, const schedule::Ledger& ledger) {
  // Not said by the exit code, so said to who wants no progress too.
  if (const std::uint64_t inaccurate = ledger.count(Status::inaccurate); inaccurate > 0)
    std::cerr << "flatsweep: " << inaccurate
              << " configurations are inaccurate: their certificates miss the bounds on "
              << "residual or gap, and readers that trust solved rows leave them out.\n";
  if (request.progress == ProgressStyle::none) return;
  if (exit_code == stopped_early)
    std::cerr << "flatsweep: stopped early. Run the same command again to continue.\n";
  if (exit_code == some_failed)
    std::cerr << "flatsweep: some configurations failed. flatsweep status " << request.output.string()
              << " --failed says why.\n";
  if (exit_code != stopped_early && ledger.included() < ledger.size())
    std::cerr << "flatsweep: the part asked for is done, " << ledger.included() << " of " << ledger.size()
              << " configurations. A run without --shard, --where and --pilot does the rest.\n";
}

std::optional<std::string> first_of(const std::vector<std::string>& troubles) {
  const auto trouble = std::ranges::find_if_not(troubles, &std::string::empty);
  return trouble == troubles.end() ? std::nullopt : std::optional(*trouble);
}

/// Where rows cannot be written: says why. @return the exit code
int give_up(const std::string& trouble, record::ResultsWriter& writer) {
  std::cerr << "flatsweep: " + trouble + "\n";
  try {
    writer.end_run(bad_input);
  } catch (const Error&) {  // the same trouble
  }
  return bad_input;
}

/// @note Collective
int sweep(const RunRequest& request, const mpi::Communicator& comm) {
  const StopRequest stop(listen_for_stop_signals(), request.deadline);
  Preparation prepared = prepare(request, comm);
  const job::Job& job = *prepared.job;
  schedule::Ledger& ledger = prepared.ledger;
  const std::string hosts = hosts_of(comm);
  record::ResultsWriter writer(request.output, job, comm);
  mark_crashes(writer.attempts_column());
  RowRecorder recorder(job, writer, stop, request.sync_seconds);
  std::vector<schedule::Section> sections;
  on_root(comm, [&] {
    // Before the probe, so that a run which its probe kills is known to the next one.
    writer.begin_run(describe_run(comm.size(), hosts));
    quarantine(prepared.deadly, ledger, writer);
    sections = schedule::partition(
        job.grid, prepared.cost ? *prepared.cost : probe_before_sweep(job, comm.size(), stop));
    return std::string();
  });
  const schedule::Summary report = distribute(comm, ledger, sections, recorder.work(),
                                              progress_sink(request.progress), stop, request.deadline);

  const std::vector<std::string> troubles = gather(comm, recorder.trouble());
  const int exit_code = std::stoi(on_root(comm, [&] {
    drop_unwritten_progress();
    const auto trouble = first_of(troubles);
    const int code = trouble ? give_up(*trouble, writer) : exit_code_of(report, ledger);
    if (!trouble) writer.end_run(code);
    return std::to_string(code);
  }));
  if (exit_code == bad_input) return bad_input;  // closing would meet the same trouble
  writer.close();
  if (comm.is_root()) say_what_is_left(exit_code, request, ledger);
  return exit_code;
}

}  // namespace

int run(const Arguments& arguments) {
  const auto request = read_run_request(arguments);
  if (!request) return everything_done;
  return on_all_ranks([&](const mpi::Communicator& comm) {
    use_threads(request->threads, comm.is_root());
    return sweep(*request, comm);
  });
}

}  // namespace flatsweep::cli

#include <stdio_ext.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <span>

#include "agreement.hpp"
#include "commands.hpp"
#include "crash_marks.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/mpi/environment.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/sweep.hpp"
#include "learn.hpp"
#include "probe.hpp"
#include "quarantine.hpp"
#include "row_recorder.hpp"
#include "run_record.hpp"
#include "run_request.hpp"
#include "stop_signals.hpp"
#include "terminal.hpp"

namespace flatsweep::cli {

namespace {

record::RunLock claim(const RunRequest& request, const job::Job& job, std::chrono::milliseconds patience) {
  return request.overwrite
             ? create_results_file(request.output, job, provenance(), record::Existing::overwrite, patience)
             : claim_results_file(request.output, job, provenance(), patience);
}

/// At once, or after some words on what it waits for.
record::RunLock claim(const RunRequest& request, const job::Job& job) {
  constexpr auto patience = record::RunLock::default_patience;
  try {
    return claim(request, job, std::chrono::milliseconds(0));
  } catch (const FileInUse&) {
    std::cerr << "flatsweep: " << request.output.string() << " is in use by another run; waiting up to "
              << std::chrono::duration_cast<std::chrono::seconds>(patience).count() << " s for it to end.\n";
  }
  return claim(request, job, patience);
}

/// What is done already, torn rows and those to be tried again left out.
schedule::Ledger read_ledger(const record::ResultsReader& reader, const RunRequest& request) {
  std::vector<std::uint8_t> statuses(reader.rows());
  std::vector<Status> chunk(std::min<std::size_t>(statuses.size(), 1 << 16));
  for (std::size_t first = 0; first < statuses.size(); first += chunk.size()) {
    chunk.resize(std::min(chunk.size(), statuses.size() - first));
    reader.read_sound_statuses(first, chunk);
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      const bool again = std::ranges::find(request.retry, chunk[i]) != request.retry.end();
      statuses[first + i] = static_cast<std::uint8_t>(again ? Status::pending : chunk[i]);
    }
  }
  return schedule::Ledger(std::move(statuses));
}

int exit_code_of(const schedule::SweepReport& report, const schedule::Ledger& ledger) {
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

void say_what_is_left(int exit_code, const RunRequest& request) {
  if (exit_code == stopped_early)
    std::cerr << "flatsweep: stopped early. Run the same command again to continue.\n";
  if (exit_code == some_failed)
    std::cerr << "flatsweep: some configurations failed. flatsweep status " << request.output.string()
              << " --failed says why.\n";
}

/// What a sweep starts from; ledger, deadly and the lock on rank 0 only.
struct Preparation {
  std::optional<job::Job> job;
  std::optional<record::RunLock> lock;
  schedule::Ledger ledger{0};
  std::vector<ConfigurationId> deadly;
  std::optional<schedule::CostModel> cost;  // none where this is the first run
};

/// Rank 0 prepares, the others hear of it. @note Collective
Preparation prepare(const RunRequest& request, const mpi::Communicator& comm) {
  Preparation preparation;
  const std::string resolved = on_root(comm, [&] {
    preparation.job = job::read_job(request.job_file, request.overrides);
    preparation.lock = claim(request, *preparation.job);
    const record::ResultsReader reader(request.output);
    preparation.ledger = read_ledger(reader, request);
    preparation.deadly = read_deadly(reader);
    if (!reader.runs().empty()) preparation.cost = learn(reader, preparation.ledger);
    return preparation.job->resolved();
  });
  if (!preparation.job) preparation.job = job::parse_job(resolved, request.job_file.string());
  return preparation;
}

/// The sweep itself, into an open file. @returns the exit code, the same on every rank
/// @note Collective
int perform(const RunRequest& request, Preparation& preparation, const std::string& hosts,
            record::ResultsWriter& writer, const StopRequest& stop, const mpi::Communicator& comm) {
  const job::Job& job = *preparation.job;
  schedule::Ledger& ledger = preparation.ledger;
  mark_crashes(writer.attempts_column());
  RowRecorder recorder(job, writer, stop, request.sync_seconds);
  std::vector<schedule::Section> sections;
  if (comm.is_root()) {
    writer.begin_run(describe_run(comm.size(), hosts));
    quarantine(preparation.deadly, ledger, writer);
    if (!preparation.cost) preparation.cost = probe_before_sweep(job, comm.size(), stop);
    sections = schedule::partition(job.grid, *preparation.cost);
  }
  const schedule::SweepReport report = run_sweep(comm, ledger, sections, recorder.work(),
                                                 progress_sink(request.progress), stop, request.deadline);

  const std::string exit_code = on_root(comm, [&] {
    const int code = exit_code_of(report, ledger);
    writer.end_run(code);
    return std::to_string(code);
  });
  writer.close();
  return std::stoi(exit_code);
}

/// @note Collective
int sweep(const RunRequest& request, const mpi::Communicator& comm) {
  const StopRequest stop(listen_for_stop_signals(), request.deadline);
  Preparation preparation = prepare(request, comm);
  const std::string hosts = hosts_of(comm);
  record::ResultsWriter writer(request.output, *preparation.job, comm);
  try {
    const int exit_code = perform(request, preparation, hosts, writer, stop, comm);
    drop_unwritten_progress();
    if (comm.is_root() && request.progress != ProgressStyle::none) say_what_is_left(exit_code, request);
    return exit_code;
  } catch (const std::exception& trouble) {
    // One rank alone has met it: an internal error, which ends the others too.
    throw std::runtime_error(trouble.what());
  }
}

}  // namespace

int run(const Arguments& arguments) {
  const auto request = read_run_request(arguments);
  if (!request) return everything_done;
  int no_arguments = 0;
  char** none = nullptr;
  const mpi::Environment environment(no_arguments, none);
  const auto comm = mpi::Communicator::world();
  dense::use_threads(request->threads);
  try {
    return sweep(*request, comm);
  } catch (const Dismissed& dismissed) {
    return dismissed.exit_code;
  } catch (...) {
    const ExitCode code = explain(std::current_exception());
    if (code == internal_error && comm.size() > 1) mpi::abort(code);
    return code;
  }
}

}  // namespace flatsweep::cli

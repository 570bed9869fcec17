#include <algorithm>
#include <chrono>
#include <iostream>
#include <span>

#include "agreement.hpp"
#include "commands.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/mpi/environment.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/sweep.hpp"
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
schedule::Ledger read_ledger(const RunRequest& request) {
  const record::ResultsReader reader(request.output);
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

void say_what_is_left(int exit_code, const RunRequest& request) {
  if (exit_code == stopped_early)
    std::cerr << "flatsweep: stopped early. Run the same command again to continue.\n";
  if (exit_code == some_failed)
    std::cerr << "flatsweep: some configurations failed. flatsweep status " << request.output.string()
              << " --failed says why.\n";
}

/// Job, file, ledger, sweep, exit code: what rank 0 prepares, the others hear of. @note Collective
int sweep(const RunRequest& request, const mpi::Communicator& comm) {
  const StopRequest stop(listen_for_stop_signals(), request.deadline);
  std::optional<job::Job> job;
  std::optional<record::RunLock> lock;
  schedule::Ledger ledger(0);
  const std::string resolved = on_root(comm, [&] {
    job = job::read_job(request.job_file, request.overrides);
    lock = claim(request, *job);
    ledger = read_ledger(request);
    return job->resolved();
  });
  if (!job) job = job::parse_job(resolved, request.job_file.string());

  const std::string hosts = hosts_of(comm);
  record::ResultsWriter writer(request.output, *job, comm);
  RowRecorder recorder(*job, writer, stop, request.sync_seconds);
  std::vector<schedule::Section> sections;
  if (comm.is_root()) {
    sections = schedule::partition(job->grid, schedule::CostModel(job->settings));
    writer.begin_run(describe_run(comm.size(), hosts));
  }
  const auto progress =
      request.quiet ? schedule::quiet_progress() : schedule::show_progress(std::cerr, stderr_is_terminal());
  const schedule::SweepReport report =
      run_sweep(comm, ledger, sections, recorder.work(), progress, stop, request.deadline);

  const std::string exit_code = on_root(comm, [&] {
    const int code = exit_code_of(report, ledger);
    writer.end_run(code);
    return std::to_string(code);
  });
  writer.close();
  if (comm.is_root() && !request.quiet) say_what_is_left(std::stoi(exit_code), request);
  return std::stoi(exit_code);
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

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <span>

#include "agreement.hpp"
#include "commands.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/environment.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/record/reuse.hpp"
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

/// The results to copy rows from, looked at before anything is written.
std::unique_ptr<const record::ResultsReader> open_old(const RunRequest& request, const job::Job& job) {
  if (request.reuse.empty()) return nullptr;
  try {
    auto old = std::make_unique<const record::ResultsReader>(request.reuse);
    require_reusable(*old, job);
    return old;
  } catch (const Error& error) {
    throw error.at("--reuse " + request.reuse.string());
  }
}

void reuse(const record::ResultsReader& old, const RunRequest& request, const job::Job& job) {
  const std::uint64_t copied = reuse_rows(old, request.output, job);
  if (!request.quiet)
    std::cerr << "flatsweep: " << copied << " rows copied from " << request.reuse.string() << ".\n";
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

void say_what_is_left(int exit_code, const RunRequest& request, const schedule::Ledger& ledger) {
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
std::string give_up(const std::string& trouble, record::ResultsWriter& writer) {
  std::cerr << "flatsweep: " + trouble + "\n";
  try {
    writer.end_run(bad_input);
  } catch (const Error&) {  // the same trouble
  }
  return std::to_string(bad_input);
}

/// Job, file, ledger, sweep, exit code: what rank 0 prepares, the others hear of. @note Collective
int sweep(const RunRequest& request, const mpi::Communicator& comm) {
  const StopRequest stop(listen_for_stop_signals(), request.deadline);
  std::optional<job::Job> job;
  std::optional<record::RunLock> lock;
  schedule::Ledger ledger(0);
  const std::string resolved = on_root(comm, [&] {
    job = job::read_job(request.job_file, request.overrides);
    const job::Selection selection = select(request.part, job->grid);
    const auto old = open_old(request, *job);
    lock = claim(request, *job);
    if (old) reuse(*old, request, *job);
    ledger = read_ledger(request);
    leave_to_others(ledger, selection, request.part.pilot);
    return job->resolved();
  });
  if (!job) job = job::parse_job(resolved, request.job_file.string());

  const std::string hosts = hosts_of(comm);
  record::ResultsWriter writer(request.output, *job, comm);
  RowRecorder recorder(*job, writer, stop, request.sync_seconds);
  std::vector<schedule::Section> sections;
  on_root(comm, [&] {
    sections = schedule::partition(job->grid, schedule::CostModel(job->settings));
    writer.begin_run(describe_run(comm.size(), hosts));
    return std::string();
  });
  const auto progress =
      request.quiet ? schedule::quiet_progress() : schedule::show_progress(std::cerr, stderr_is_terminal());
  const schedule::SweepReport report =
      run_sweep(comm, ledger, sections, recorder.work(), progress, stop, request.deadline);

  const std::vector<std::string> troubles = gather(comm, recorder.trouble());
  const std::string exit_code = on_root(comm, [&] {
    if (const auto trouble = first_of(troubles)) return give_up(*trouble, writer);
    const int code = exit_code_of(report, ledger);
    writer.end_run(code);
    return std::to_string(code);
  });
  if (std::stoi(exit_code) == bad_input) return bad_input;  // closing would meet the same trouble
  writer.close();
  if (comm.is_root() && !request.quiet) say_what_is_left(std::stoi(exit_code), request, ledger);
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

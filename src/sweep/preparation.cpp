#include "sweep/preparation.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/merge.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "sweep/calibration.hpp"

namespace flatsweep::sweep {
namespace {

constexpr std::size_t block_rows = 1 << 16;

/// Whether the results file is there, but has not all that the job asks for.
bool has_to_grow(const Request& request, const job::Job& job) {
  std::error_code unknown;
  if (!request.extend || !std::filesystem::exists(request.output, unknown)) return false;
  const record::ResultsReader reader(request.output);
  return reader.job().digest() != job.digest() || !reader.layout().missing().empty();
}

record::RunLock extend(std::chrono::milliseconds patience, const Request& request, const job::Job& job) {
  record::Extension grown = extend_results_file(request.output, job, record::this_program(), patience);
  if (!request.quiet)
    std::cerr << fmt::format("flatsweep: {} has grown to {} rows, {} of which it had.\n", request.output.string(),
                             job.grid.size(), grown.copied);
  return std::move(grown.lock);
}

/// Lock the results file, created if there is none.
record::RunLock lock_within(std::chrono::milliseconds patience, const Request& request, const job::Job& job) {
  if (has_to_grow(request, job)) return extend(patience, request, job);
  return record::claim_results_file(request.output, job, record::this_program(),
                                    request.overwrite ? record::Existing::overwrite : record::Existing::resume,
                                    patience);
}

/// Lock the results file at once, or say that it is in use and wait for it.
record::RunLock lock_results(const Request& request, const job::Job& job) {
  try {
    return lock_within(std::chrono::milliseconds(0), request, job);
  } catch (const FileInUse&) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request.patience).count();
    std::cerr << fmt::format("flatsweep: {} is in use by another run; waiting up to {} s for it to end.\n",
                             request.output.string(), seconds);
  }
  return lock_within(request.patience, request, job);
}

/// Open the results to copy rows from, before anything is written; null if there are none.
std::unique_ptr<const record::ResultsReader> open_old(const Request& request, const job::Job& job) {
  if (request.reuse.empty()) return nullptr;
  try {
    auto old = std::make_unique<const record::ResultsReader>(request.reuse);
    record::require_reusable(*old, job);
    return old;
  } catch (const Error& error) {
    throw error.at("--reuse " + request.reuse.string());
  }
}

void copy_rows(const record::ResultsReader& old, const Request& request, const job::Job& job) {
  const std::uint64_t copied = record::reuse_rows(old, request.output, job);
  if (request.quiet) return;
  const std::vector<std::string>& missing = old.layout().missing();
  const std::string lacking =
      missing.empty() ? ""
                      : fmt::format(" They lack what an older flatsweep did not have: {}.", fmt::join(missing, ", "));
  std::cerr << fmt::format("flatsweep: {} rows copied from {}.{}\n", copied, request.reuse.string(), lacking);
}

/// Return which rows are done. Torn rows and those to be tried again are pending.
schedule::Ledger read_ledger(const record::ResultsReader& reader, const std::vector<Status>& retry) {
  std::vector<Status> statuses(reader.rows());
  for (std::size_t first = 0; first < statuses.size(); first += block_rows) {
    const auto block = std::span(statuses).subspan(first, std::min(block_rows, statuses.size() - first));
    reader.read_valid_statuses(first, block);
    for (Status& status : block)
      if (std::ranges::find(retry, status) != retry.end()) status = Status::pending;
  }
  return schedule::Ledger(std::move(statuses));
}

/// Give up open configurations that have crashed too often: their status is `crashed`, in the ledger and in the file.
/// Those that are crashed in the file already are tried again, since --retry opened them.
/// @param reader of the file that `writer` writes
void quarantine(const record::ResultsReader& reader, schedule::Ledger& ledger, record::ResultsWriter& writer) {
  constexpr double most_crashes = 3;
  std::vector<Status> statuses;
  std::vector<double> attempts;
  for (std::uint64_t first = 0; first < reader.rows(); first += statuses.size()) {
    statuses.resize(std::min<std::uint64_t>(block_rows, reader.rows() - first));
    attempts.resize(statuses.size());
    reader.read_statuses(first, statuses);
    reader.read("attempts", first, attempts);
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      const ConfigurationId id{first + i};
      if (statuses[i] != Status::pending || attempts[i] < most_crashes || !ledger.is_open(id)) continue;
      experiment::Outcome row;
      row.id = id;
      row.status = Status::crashed;
      writer.write({&row, 1});
      ledger.assign({id, 1});
      ledger.complete(id, Status::crashed);
    }
  }
}

}  // namespace

Claim claim_results(const Request& request, const mpi::Communicator& comm) {
  std::optional<record::RunLock> lock;
  const std::string resolved = comm.on_root([&] {
    const job::Job job = job::read_job(request.job_file, request.overrides);
    static_cast<void>(select(request.part, job.grid));  // throws if nothing is selected
    const auto old = open_old(request, job);
    lock = lock_results(request, job);
    if (old) copy_rows(*old, request, job);
    return job.resolved();
  });
  return {job::parse_resolved(resolved, request.job_file.string()), std::move(lock)};
}

Plan prepare(const Request& request, const job::Job& job, record::ResultsWriter& writer, const record::Run& run,
             const StopRequest& stop) {
  const record::ResultsReader reader(request.output);
  schedule::Ledger ledger = read_ledger(reader, request.retry);
  const bool is_first_run = reader.runs().empty();
  writer.begin_run(run);  // before the probes: the next run knows of a run which they kill
  const schedule::CostModel cost =
      is_first_run ? calibrate_before_first_run(job, run.ranks, stop) : calibrate_by_rows(reader, ledger);
  exclude_unselected(ledger, select(request.part, job.grid), request.part.pilot);
  quarantine(reader, ledger, writer);
  return {std::move(ledger), schedule::partition(job.grid, cost)};
}

}  // namespace flatsweep::sweep

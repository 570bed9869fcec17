#include "commands/preparation.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

#include "commands/agreement.hpp"
#include "commands/learn.hpp"
#include "commands/quarantine.hpp"
#include "commands/run_record.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/reuse.hpp"

namespace flatsweep::cli {
namespace {

record::RunLock claim(const RunRequest& request, const job::Job& job, std::chrono::milliseconds patience) {
  return request.existing == record::Existing::overwrite
             ? create_results_file(request.output, job, provenance(), request.existing, patience)
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
  if (request.progress != ProgressStyle::none)
    std::cerr << "flatsweep: " << copied << " rows copied from " << request.reuse.string() << ".\n";
}

/// What is done already, torn rows and those to be tried again left out.
schedule::Ledger read_ledger(const record::ResultsReader& reader, const RunRequest& request) {
  std::vector<Status> statuses(reader.rows());
  constexpr std::size_t chunk = 1 << 16;
  for (std::size_t first = 0; first < statuses.size(); first += chunk) {
    const auto part = std::span(statuses).subspan(first, std::min(chunk, statuses.size() - first));
    reader.read_sound_statuses(first, part);
    for (Status& status : part)
      if (std::ranges::find(request.retry, status) != request.retry.end()) status = Status::pending;
  }
  return schedule::Ledger(std::move(statuses));
}

}  // namespace

Preparation prepare(const RunRequest& request, const mpi::Communicator& comm) {
  Preparation prepared;
  const std::string resolved = on_root(comm, [&] {
    const job::Job& job = prepared.job.emplace(job::read_job(request.job_file, request.overrides));
    const job::Selection selection = select(request.part, job.grid);
    const auto old = open_old(request, job);
    prepared.lock = claim(request, job);
    if (old) reuse(*old, request, job);
    const record::ResultsReader reader(request.output);
    prepared.ledger = read_ledger(reader, request);
    prepared.deadly = read_deadly(reader);
    if (!reader.runs().empty()) prepared.cost = learn(reader, prepared.ledger);
    leave_to_others(prepared.ledger, selection, request.part.pilot);
    return job.resolved();
  });
  if (!prepared.job) prepared.job = job::parse_resolved(resolved, request.job_file.string());
  return prepared;
}

}  // namespace flatsweep::cli

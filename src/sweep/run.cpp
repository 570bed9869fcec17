#include "sweep/run.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/distribute.hpp"
#include "sweep/preparation.hpp"
#include "sweep/signals.hpp"

namespace flatsweep::sweep {
namespace {

/// Runs configurations and buffers their rows for the results file: rows of consecutive ids are written
/// together. If the file cannot be written, it runs no more configurations and the sweep stops in order.
class RowMaker {
 public:
  /// All references outlive this.
  RowMaker(const Request& request, const job::Job& job, record::ResultsWriter& writer, const StopRequest& stop)
      : job_(job), experimenter_(job.settings), writer_(writer), stop_(stop), sync_seconds_(request.sync_seconds) {}

  /// Return the callables for the sweep, which live as long as this.
  schedule::Work work() {
    return {.perform = [this](ConfigurationId id) { return perform(id); },
            .flush = [this] { flush(); },
            .finished =
                [this](const schedule::Finished& finished) {
                  if (finished.message.empty()) return;
                  try_to([&] { writer_.write_message(finished.id, finished.message); });
                }};
  }

  /// Write once a second how far the run is, on rank 0.
  void write_pace(const schedule::Progress& progress) {
    constexpr double interval = 1.0;  // seconds
    if (!progress.ended && progress.elapsed_seconds < pace_written_at_ + interval) return;
    pace_written_at_ = progress.elapsed_seconds;
    try_to([&] { writer_.write_pace({record::Run::Clock::now(), progress.performed, progress.remaining_seconds}); });
  }

  /// Sync the last rows.
  void end() {
    try_to([&] {
      writer_.end_rows();
      writer_.sync();
    });
  }

  /// Why the file could not be written; empty if it could.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  schedule::Finished perform(ConfigurationId id) {
    try_to([&] { writer_.begin_row(id); });
    if (!failure_.empty()) throw Stopped();
    const Stopwatch watch;
    experiment::Outcome outcome = [&] {
      const InFlight in_flight(id);
      return experimenter_.compute_outcome(job_.grid[id], stop_);
    }();
    const bool is_consecutive = rows_.empty() || value(rows_.back().id) + 1 == value(id);
    if (!is_consecutive) flush();
    schedule::Finished finished{id, outcome.status, watch.seconds(), outcome.message};
    rows_.push_back(std::move(outcome));
    return finished;
  }

  void flush() {
    try_to([&] {
      writer_.write(rows_);
      if (since_sync_.seconds() < sync_seconds_) return;
      writer_.sync();
      since_sync_ = Stopwatch();
    });
    rows_.clear();
  }

  template <typename Write>
  void try_to(const Write& write) {
    try {
      write();
    } catch (const Error& error) {
      if (failure_.empty()) failure_ = error.what();
    }
  }

  const job::Job& job_;
  experiment::Experimenter experimenter_;
  record::ResultsWriter& writer_;
  const StopRequest& stop_;
  double sync_seconds_;
  Stopwatch since_sync_;
  double pace_written_at_ = -std::numeric_limits<double>::infinity();  // seconds, as progress counts them
  std::vector<experiment::Outcome> rows_;                              // consecutive, not yet written
  std::string failure_;
};

/// Say what this run finds done, what it is to do, and for how long.
void print_plan(const job::Job& job, const Plan& plan, int ranks) {
  const schedule::Ledger& ledger = plan.ledger;
  const std::string rows = ledger.included() < ledger.size() ? fmt::format("{} of {}", ledger.included(), ledger.size())
                                                             : fmt::format("{}", ledger.size());
  std::string text = fmt::format("{}: {} rows, {} done", job.name, rows, ledger.included() - ledger.open());
  if (ledger.open() > 0) {
    const int workers = std::max(1, ranks - 1);
    text += fmt::format(", {} to do on {} worker{}, about {}", ledger.open(), workers, workers == 1 ? "" : "s",
                        schedule::describe_roughly(forecast(plan.sections, ledger).seconds(ranks)));
  }
  std::cerr << text << std::endl;
}

/// Return the hosts of all ranks with their numbers of ranks, e.g. `n1*4 n2*4`, on rank 0; empty elsewhere.
/// @note Collective
std::string gather_hosts(const mpi::Communicator& comm) {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  std::map<std::string, int> ranks;
  for (const std::string& host : comm.gather(std::string(name.data()))) ++ranks[host];
  std::string hosts;
  for (const auto& [host, count] : ranks) hosts += fmt::format("{}{}*{}", hosts.empty() ? "" : " ", host, count);
  return hosts;
}

ExitCode exit_code_of(const schedule::Ending& ending, const schedule::Ledger& ledger) {
  if (ending.stopped_early) return ExitCode::stopped_early;
  const bool some_failed = ledger.count(Status::failed) + ledger.count(Status::crashed) > 0;
  return some_failed ? ExitCode::some_failed : ExitCode::done;
}

/// Say why rows cannot be written, and try to record the end of the run.
ExitCode give_up(const std::string& failure, record::ResultsWriter& writer) {
  std::cerr << fmt::format("flatsweep: {}\n", failure);
  try {
    writer.end_run(static_cast<int>(ExitCode::bad_input));
  } catch (const Error&) {  // the same failure
  }
  return ExitCode::bad_input;
}

/// What stopped the run: a signal to rank 0, or the deadline. Empty if it was a signal to another rank.
std::string reason(const Request& request) {
  if (const std::string_view signal = stop_signal_name(); !signal.empty())
    return fmt::format(" It was stopped by {}.", signal);
  const bool is_late = request.deadline && StopRequest::Clock::now() >= *request.deadline;
  return is_late ? " It was stopped by its time limit." : "";
}

void print_what_is_left(ExitCode code, const Request& request, const schedule::Ledger& ledger) {
  // Also with --quiet: the exit code does not show it.
  if (const std::uint64_t inaccurate = ledger.count(Status::inaccurate); inaccurate > 0)
    std::cerr << fmt::format(
        "flatsweep: {} configurations are inaccurate: their certificates miss the bounds on residual or gap, and readers that trust solved rows leave them out.\n",
        inaccurate);
  if (request.quiet) return;
  if (code == ExitCode::stopped_early)
    std::cerr << fmt::format("flatsweep: stopped early. Run the same command again to continue.{}\n", reason(request));
  if (code == ExitCode::some_failed)
    std::cerr << fmt::format("flatsweep: some configurations failed. flatsweep status {} --failed says why.\n",
                             request.output.string());
  if (is_finished(code) && ledger.included() < ledger.size())
    std::cerr << fmt::format(
        "flatsweep: the part asked for is done, {} of {} configurations. A run without --shard, --where and --pilot does the rest.\n",
        ledger.included(), ledger.size());
}

/// @throws Error if rows that were written are not in the closed file @pre on rank 0
void require_recorded(const std::filesystem::path& file, const schedule::Ledger& ledger) {
  const record::ResultsReader reader(file);
  std::vector<Status> statuses(reader.rows());
  reader.read_valid_statuses(0, statuses);
  const std::uint64_t written = ledger.included() - ledger.count(Status::pending);
  const auto pending = static_cast<std::uint64_t>(std::ranges::count(statuses, Status::pending));
  if (reader.rows() - pending >= written) return;
  throw Error(fmt::format("{} lost {} rows while the sweep ran", file.string(), written - (reader.rows() - pending)),
              "another program wrote to it", "Run the same command again, which computes them.");
}

/// Record how the run ended, close the file and say what is left.
/// @param failure why this rank could not write the file; empty if it could
/// @note Collective
ExitCode finish(const Request& request, const schedule::Ending& ending, const schedule::Ledger& ledger,
                const std::string& failure, record::ResultsWriter& writer, const mpi::Communicator& comm) {
  const std::string first_failure = comm.agree(failure);
  const ExitCode code = comm.on_root([&] {
    if (!first_failure.empty()) return give_up(first_failure, writer);
    const ExitCode reached = exit_code_of(ending, ledger);
    writer.end_run(static_cast<int>(reached));
    return reached;
  });
  if (!first_failure.empty()) return code;  // closing would fail alike
  writer.close();
  return comm.on_root([&] {
    require_recorded(request.output, ledger);
    print_what_is_left(code, request, ledger);
    return code;
  });
}

}  // namespace

ExitCode run(const Request& request, const schedule::ProgressSink& progress, const mpi::Communicator& comm) {
  const StopRequest stop(listen_for_stop_signals(), request.deadline);
  const Claim claim = claim_results(request, comm);
  const std::string hosts = gather_hosts(comm);
  record::ResultsWriter writer(request.output, claim.job, comm);
  mark_crashes(writer.attempts_location());
  RowMaker row_maker(request, claim.job, writer, stop);
  Plan plan;
  comm.on_root([&] {
    plan = prepare(request, claim.job, writer, record::this_run(comm.size(), hosts), stop);
    if (!request.quiet) print_plan(claim.job, plan, comm.size());
  });
  const schedule::ProgressSink shown_and_written = [&](const schedule::Progress& reached) {
    progress(reached);
    row_maker.write_pace(reached);
  };
  const schedule::Ending ending =
      distribute(comm, plan.ledger, plan.sections, row_maker.work(), shown_and_written, stop, request.deadline);
  row_maker.end();
  return finish(request, ending, plan.ledger, row_maker.failure(), writer, comm);
}

}  // namespace flatsweep::sweep

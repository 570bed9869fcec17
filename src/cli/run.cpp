#include "sweep/run.hpp"

#include <fmt/core.h>
#include <stdio_ext.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/schedule/progress.hpp"

namespace flatsweep::cli {
namespace {

using Clock = StopRequest::Clock;
using Seconds = std::chrono::duration<double>;

std::vector<Status> read_retry(const std::string& list) {
  const std::vector<Status> allowed = {Status::failed, Status::crashed, Status::inaccurate};
  std::vector<Status> statuses;
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    const auto status = std::ranges::find(allowed, word, [](Status other) { return name(other); });
    if (status == allowed.end())
      throw Error(fmt::format("`{}` cannot be tried again", word), "only failed, crashed and inaccurate rows can",
                  "Write --retry failed,crashed, for example.")
          .at("--retry");
    statuses.push_back(*status);
  }
  return statuses;
}

/// Return the deadline on the steady clock, so that setting the system's clock does not shift it.
std::optional<Clock::time_point> read_deadline(const Options& options) {
  constexpr Seconds longest(1e9);
  constexpr std::string_view in_an_hour = "$(date -d '1 hour' +%s)";
  std::optional<Seconds> left = options.duration("time-limit");
  if (const auto unix_time =
          options.whole_number("deadline", 1, std::numeric_limits<std::int64_t>::max(), in_an_hour)) {
    const Seconds until =
        Seconds(static_cast<double>(*unix_time)) - Seconds(std::chrono::system_clock::now().time_since_epoch());
    if (until > longest)
      throw Error(fmt::format("`{}` is more than 30 years ahead", *unix_time),
                  "a deadline is in seconds since 1970, not in milliseconds or less",
                  fmt::format("Write --deadline {}, for example, or leave it out.", in_an_hour))
          .at("--deadline");
    left = left ? std::min(*left, until) : until;
  }
  if (!left) return std::nullopt;
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::clamp(*left, -longest, longest));
}

/// Say what a number without a unit means.
void question_time_limit(const std::string& limit) {
  if (limit.find_first_of("smh") == std::string::npos)
    std::cerr << fmt::format(
        "flatsweep: --time-limit {0} is in seconds, where Slurm's limits are in minutes. Write {0}s or {0}m.\n", limit);
}

/// Return the sink of progress that `--progress` and `--quiet` ask for.
schedule::ProgressSink progress_sink(const Options& options) {
  const auto style = options.text("progress");
  if (options.has("quiet")) return schedule::quiet_progress();
  if (!style) return schedule::show_progress(std::cerr, terminal_columns());
  if (*style == "json") return schedule::show_progress_as_json(std::cout);
  throw Error(fmt::format("'{}' is no style of progress", *style), "there is only json", "Write --progress json.")
      .at("--progress");
}

/// Drop progress that cannot be written, which is no failure of the sweep.
void drop_unwritten_progress() {
  if (std::cout.flush()) return;
  __fpurge(stdout);
  std::cout.clear();
}

}  // namespace

sweep::Request read_run_request(const Options& options) {
  sweep::Request request;
  request.job_file = options.required("JOB");
  request.overrides = job_overrides(options);
  request.output = options.required("output");
  require_distinct(request.output, request.job_file);
  request.overwrite = options.has("overwrite");
  request.extend = options.has("extend");
  if (request.extend && request.overwrite)
    throw Error("given besides --overwrite", "one keeps the rows of FILE, the other drops them",
                "Leave one of them out.")
        .at("--extend");
  request.quiet = options.has("quiet");
  request.sync_seconds = options.duration("sync").value_or(std::chrono::seconds(10)).count();
  request.retry = read_retry(options.text("retry").value_or(""));
  request.part = read_part(options);
  request.reuse = options.text("reuse").value_or("");
  if (!request.reuse.empty()) require_distinct(request.output, request.reuse);
  request.deadline = read_deadline(options);
  return request;
}

namespace {

ExitCode run(const Options& options) {
  const sweep::Request request = read_run_request(options);
  const int threads = thread_count(options);
  const schedule::ProgressSink progress = progress_sink(options);
  return on_all_ranks([&](const mpi::Communicator& comm) {
    if (comm.is_root()) question_time_limit(options.text("time-limit").value_or("0s"));
    set_thread_count(threads, comm.is_root());
    const ExitCode code = sweep::run(request, progress, comm);
    drop_unwritten_progress();
    return code;
  });
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .brief = "run the sweep of a job file, or continue it",
      .synopsis = "JOB -o FILE [OPTIONS]",
      .summary =
          "Runs the sweep of a job file on all ranks, or continues it: mpirun -n P flatsweep run ...\n"
          "Exit code 0 done, 3 done but some failed, 75 stopped early (run again to continue), 76 FILE in use.",
      .operands = {"JOB"},
      .required = {"JOB", "output"},
      .options = {{"output,o", "FILE", "results file; one of the same job is continued"},
                  {"extend", "", "let FILE grow to the axis values of the job; its rows are kept"},
                  {"overwrite", "", "replace FILE, whatever results are in it"},
                  {"quiet", "", "no progress"},
                  {"progress", "json", "progress as lines of JSON on stdout"},
                  {"time-limit", "TIME", "stop in order after 90s, 55m or 1.5h"},
                  {"deadline", "UNIXTIME", "stop in order at this time"},
                  {"retry", "LIST", "try again what is failed,crashed,inaccurate"},
                  {"reuse", "OLD", "copy the rows that this results file already has"},
                  {"sync", "SECONDS", "how often results are forced to disk (10)"},
                  {"threads", "T", "threads of linear algebra a rank (1)"}},
      .groups = {part_options(), job_options()},
      .execute = run,
      .on_all_ranks = true,
  };
}

}  // namespace flatsweep::cli

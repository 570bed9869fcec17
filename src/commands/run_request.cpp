#include "commands/run_request.hpp"

#include <algorithm>
#include <sstream>

#include "cli_options.hpp"
#include "commands/distinct_files.hpp"
#include "flatsweep/core/error.hpp"

namespace flatsweep::cli {
namespace {

using Clock = StopRequest::Clock;
using Seconds = std::chrono::duration<double>;

CommandLine run_command_line() {
  po::options_description options("Options", 100);
  options.add_options()("output,o", po::value<std::string>()->value_name("FILE"),
                        "results file; one of the same job is continued")(
      "overwrite", "replace FILE, whatever results are in it")("quiet", "no progress")(
      "progress", po::value<std::string>()->value_name("json"), "progress as lines of JSON on stdout")(
      "time-limit", po::value<std::string>()->value_name("TIME"), "stop in order after 90s, 55m or 1.5h")(
      "deadline", po::value<std::string>()->value_name("UNIXTIME"), "stop in order at this time")(
      "retry", po::value<std::string>()->value_name("LIST"), "try again what is failed,crashed,inaccurate")(
      "shard", po::value<std::string>()->value_name("k/K"), "only part k of K of the job, k from 1")(
      "where", po::value<std::string>()->value_name("CONDITIONS"), "only e.g. gamma>0.5,activation=relu")(
      "pilot", po::value<std::string>()->value_name("K"), "only K of the pending rows, drawn at random")(
      "reuse", po::value<std::string>()->value_name("OLD"),
      "copy the rows that this results file already has")(
      "sync", po::value<std::string>()->value_name("SECONDS"), "how often results are forced to disk (10)")(
      "threads", po::value<std::string>()->value_name("T"), "threads of linear algebra a rank (1)")(
      "help,h", "this page");
  options.add(job_options());
  return {
      "flatsweep run JOB -o FILE [OPTIONS]",
      "Runs the sweep of a job file on all ranks, or continues it: mpirun -n P flatsweep run ...\n"
      "Exit code 0 done, 3 done but some failed, 75 stopped early (run again to continue), 76 FILE in use.",
      options,
      {"JOB"},
      1,
      {"output"}};
}

std::vector<Status> read_retry(const std::string& list) {
  const std::vector<Status> allowed = {Status::failed, Status::crashed, Status::inaccurate};
  std::vector<Status> statuses;
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    const auto status = std::ranges::find(allowed, word, [](Status other) { return name(other); });
    if (status == allowed.end())
      throw Error("`" + word + "` cannot be tried again", "only failed, crashed and inaccurate rows can",
                  "Write --retry failed,crashed, for example.")
          .at("--retry");
    statuses.push_back(*status);
  }
  return statuses;
}

ProgressStyle read_progress(const po::variables_map& options) {
  const auto style = text(options, "progress");
  if (has(options, "quiet")) return ProgressStyle::none;
  if (!style) return ProgressStyle::line;
  if (*style == "json") return ProgressStyle::json;
  throw Error("'" + *style + "' is no style of progress", "there is only json", "Write --progress json.")
      .at("--progress");
}

/// The end as a moment of the steady clock: whoever sets the system's clock moves no deadline.
std::optional<Clock::time_point> read_deadline(const po::variables_map& options) {
  constexpr Seconds longest(1e9);
  std::optional<Seconds> left = duration(options, "time-limit");
  if (const auto unix_time = whole_number(options, "deadline", 1)) {
    const Seconds until = Seconds(static_cast<double>(*unix_time)) -
                          Seconds(std::chrono::system_clock::now().time_since_epoch());
    left = left ? std::min(*left, until) : until;
  }
  if (!left) return std::nullopt;
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::clamp(*left, -longest, longest));
}

Part read_part(const po::variables_map& options) {
  Part part;
  try {
    if (const auto shard = text(options, "shard")) part.shard = job::parse_shard(*shard);
  } catch (const Error& error) {
    throw error.at("--shard");
  }
  if (const auto pilot = whole_number(options, "pilot", 1)) part.pilot = static_cast<std::uint64_t>(*pilot);
  part.where = text(options, "where").value_or("");
  if (has(options, "where") && part.where.empty())
    throw Error("no conditions are given", "the option's value is empty",
                "Write e.g. --where 'gamma>0.5,activation=relu'.")
        .at("--where");
  return part;
}

}  // namespace

std::optional<RunRequest> read_run_request(const Arguments& arguments) {
  const auto options = parse(run_command_line(), arguments);
  if (!options) return std::nullopt;
  RunRequest request;
  request.job_file = *text(*options, "JOB");
  request.overrides = job_overrides(*options);
  request.output = *text(*options, "output");
  require_distinct(request.output, request.job_file);
  request.existing = existing(*options);
  request.progress = read_progress(*options);
  request.threads = static_cast<int>(whole_number(*options, "threads", 1, 1024).value_or(1));
  request.sync_seconds = duration(*options, "sync").value_or(std::chrono::seconds(10)).count();
  request.retry = read_retry(text(*options, "retry").value_or(""));
  request.part = read_part(*options);
  request.reuse = text(*options, "reuse").value_or("");
  if (!request.reuse.empty()) require_distinct(request.output, request.reuse);
  request.deadline = read_deadline(*options);
  return request;
}

}  // namespace flatsweep::cli

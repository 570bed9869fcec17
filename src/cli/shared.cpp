#include "cli/shared.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <system_error>
#include <vector>

#include "cli/commands.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::cli {
namespace {

/// Return the columns of a terminal; 80 if it does not tell.
std::size_t columns_of(int terminal) {
  constexpr std::size_t usual = 80;
  winsize size{};
  return ::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

/// Return what the ranks of the last run are at, the longest first.
std::vector<record::Activity> activity_of(const record::ResultsReader& reader) {
  std::vector<record::Activity> activity = reader.activity();
  std::erase_if(activity, [&](const record::Activity& one) {
    Status status = Status::pending;
    if (value(one.id) < reader.rows()) reader.read_statuses(value(one.id), std::span(&status, 1));
    return value(one.id) >= reader.rows() || status != Status::pending;
  });
  std::ranges::stable_sort(activity, {}, &record::Activity::since);
  return activity;
}

}  // namespace

OptionGroup job_options() {
  OptionGroup group{"Settings of the job file, replaced", {}};
  for (const job::KeyDescription& key : job::job_keys()) group.options.push_back({key.key, "VALUE", key.help});
  return group;
}

std::vector<job::Override> job_overrides(const Options& options) {
  std::vector<job::Override> overrides;
  for (const job::KeyDescription& key : job::job_keys())
    if (const auto value = options.text(key.key)) overrides.emplace_back(key.key, *value);
  return overrides;
}

std::string describe_bytes(double bytes) {
  constexpr std::array units = {"kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (bytes /= 1e3; bytes >= 999.5 && unit + 1 < units.size(); bytes /= 1e3) ++unit;
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

OptionGroup part_options() {
  return {"A part of the job",
          {{"shard", "k/K", "only part k of K of the job, k from 1"},
           {"where", "CONDITIONS", "only e.g. gamma>0.5,activation=relu"},
           {"pilot", "K", "only K of the pending rows, picked at random"}}};
}

sweep::Part read_part(const Options& options) {
  sweep::Part part;
  try {
    if (const auto shard = options.text("shard")) part.shard = job::parse_shard(*shard);
  } catch (const Error& error) {
    throw error.at("--shard");
  }
  part.pilot = options.whole_number("pilot", 1);
  part.where = options.text("where");
  if (part.where == "")
    throw Error("no conditions are given", "the option's value is empty",
                "Write --where 'gamma>0.5,activation=relu', for example.")
        .at("--where");
  return part;
}

record::Existing existing(const Options& options) {
  return options.has("overwrite") ? record::Existing::overwrite : record::Existing::refuse;
}

int thread_count(const Options& options) {
  return static_cast<int>(options.whole_number("threads", 1, 1024).value_or(1));
}

void set_thread_count(int threads, bool warn) {
  if (dense::use_threads(threads) < threads && warn)
    std::cerr << fmt::format(
        "flatsweep: --threads {} has no effect: with more than one, this linear algebra library would not give the same bits. Start more ranks instead.\n",
        threads);
}

void require_distinct(const std::filesystem::path& output, const std::filesystem::path& input) {
  for (const std::filesystem::path& written : {output, record::temporary_name(output)}) {
    std::error_code absent;
    if (std::filesystem::equivalent(written, input, absent))
      throw Error(fmt::format("this would overwrite {}", input.string()), "the command reads it",
                  "Write another name after -o.")
          .at("-o " + output.string());
  }
}

schedule::TerminalColumns terminal_columns() {
  if (isatty(STDERR_FILENO)) return [] { return columns_of(STDERR_FILENO); };
  if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr) return nullptr;
  // mpirun connects its ranks by a pipe: what counts is where its own stderr goes.
  std::error_code unknown;
  const auto link = fmt::format("/proc/{}/fd/2", getppid());
  const std::filesystem::path device = std::filesystem::read_symlink(link, unknown);
  if (!device.string().starts_with("/dev/pts/")) return nullptr;
  return [device] {
    const int terminal = ::open(device.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
    const std::size_t columns = columns_of(terminal);
    ::close(terminal);
    return columns;
  };
}

std::size_t stdout_columns() {
  constexpr std::size_t least = 60, most = 100;
  winsize size{};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return most;
  return std::clamp<std::size_t>(size.ws_col, least, most);
}

report::Summary summary_of(const record::ResultsReader& reader, std::optional<bool> running) {
  report::Summary summary = report::summarise(reader);
  summary.running = running;
  if (!summary.is_running() || summary.runs.empty()) return summary;
  summary.activity = activity_of(reader);
  return summary;
}

std::string pace_text(const report::Summary& summary) {
  std::vector<std::string> parts;
  if (const auto elapsed = summary.elapsed_seconds())
    parts.push_back("elapsed " + schedule::describe_duration(*elapsed));
  if (const auto remaining = summary.remaining_seconds())
    parts.push_back("ETA " + schedule::describe_duration(*remaining));
  if (const auto rate = summary.rows_per_second(); rate && *rate > 0.0)
    parts.push_back(fmt::format("{:.{}g} rows/s", *rate, *rate < 100.0 ? 2 : 3));
  return fmt::format("{}", fmt::join(parts, "  "));
}

ExitCode on_all_ranks(const std::function<ExitCode(const mpi::Communicator&)>& command) {
  int no_arguments = 0;
  char** none = nullptr;
  const mpi::Environment environment(no_arguments, none);
  const auto comm = mpi::Communicator::world();
  try {
    return command(comm);
  } catch (const mpi::RootFailed& failed) {
    return failed.exit_code;
  } catch (...) {
    const ExitCode code = print_error(std::current_exception());
    if (code == ExitCode::fault && comm.size() > 1) mpi::abort(static_cast<int>(code));
    return code;
  }
}

}  // namespace flatsweep::cli

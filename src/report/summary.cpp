#include "flatsweep/report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <ctime>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <ostream>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/report/head.hpp"
#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

using Json = nlohmann::ordered_json;
using record::CheckedStatus;
using record::ResultsReader;
using record::Run;

constexpr std::size_t read_rows = 1 << 16;
constexpr double most_checked_bytes = 1 << 28;  // reading them takes about a second
constexpr std::size_t reasons_shown = 5;

using MessageOf = std::map<std::uint64_t, std::string>;

MessageOf messages_by_id(const ResultsReader& reader) {
  MessageOf messages;
  for (const record::Message& message : reader.messages()) messages[value(message.id)] = message.text;
  return messages;
}

/// Return why the row is not a result.
std::string message_of(const MessageOf& messages, std::uint64_t id, Status status) {
  if (const auto found = messages.find(id); found != messages.end() && status != Status::crashed) return found->second;
  switch (status) {
    case Status::inaccurate:
      return "misses its certificate: see residual and gap";
    case Status::crashed:
      return fmt::format(
          "its process died again and again (flatsweep solve JOB --id {} runs it alone, flatsweep run --retry crashed tries it again)",
          id);
    default:
      return "no message was kept";
  }
}

bool needs_reason(const CheckedStatus& row) {
  return !row.torn &&
         (row.status == Status::failed || row.status == Status::crashed || row.status == Status::inaccurate);
}

bool is_checked(const ResultsReader& reader) {
  const double bytes = 8.0 * static_cast<double>(reader.layout().values_per_row());
  return bytes * static_cast<double>(reader.rows()) <= most_checked_bytes;
}

/// Visit every row with its id. Torn rows are recognised only in a file that is checked.
template <typename Visit>
void for_each_status(const ResultsReader& reader, const Visit& visit) {
  const bool checked = is_checked(reader);
  std::vector<CheckedStatus> rows;
  std::vector<Status> statuses;
  for (std::uint64_t first = 0; first < reader.rows(); first += rows.size()) {
    rows.resize(std::min<std::uint64_t>(read_rows, reader.rows() - first));
    if (checked) {
      reader.read_checked_statuses(first, rows);
    } else {
      statuses.resize(rows.size());
      reader.read_statuses(first, statuses);
      std::ranges::transform(statuses, rows.begin(), [](Status status) { return CheckedStatus{status, false}; });
    }
    for (std::size_t i = 0; i < rows.size(); ++i) visit(first + i, rows[i]);
  }
}

std::string utc(Run::Clock::time_point time) {
  const std::time_t seconds = Run::Clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

const char* state_text(std::optional<bool> running) {
  if (!running) return "running or killed";
  return *running ? "running" : "killed";
}

/// Return a number or text that may be absent as JSON.
template <typename Value>
Json json_of(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

Json json_of(const Run& run) {
  return {{"start", utc(run.start)},
          {"end", run.end ? Json(utc(*run.end)) : Json()},
          {"exit_code", json_of(run.exit_code)},
          {"ranks", run.ranks},
          {"hosts", run.hosts},
          {"cpu_model", run.cpu_model},
          {"blas_kernel", run.blas_kernel},
          {"build", run.build}};
}

/// Return what head_of says, for programs: sizes, and the settings that are not the default by their keys.
Json json_of(const job::Job& job) {
  const Sizes sizes = sizes_of(job.grid);
  Json settings = Json::object();
  for (const auto& [key, value] : job.given()) settings[key] = value;
  return {{"d", sizes.d}, {"samples", sizes.samples}, {"width", sizes.width}, {"settings", settings}};
}

Json failed_rows(const ResultsReader& reader) {
  Json rows = Json::array();
  const MessageOf messages = messages_by_id(reader);
  for_each_status(reader, [&](std::uint64_t id, const CheckedStatus& row) {
    if (!needs_reason(row)) return;
    rows.push_back({{"id", id}, {"status", name(row.status)}, {"message", message_of(messages, id, row.status)}});
  });
  return rows;
}

}  // namespace

std::uint64_t Summary::total() const { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

bool Summary::is_running() const { return running.value_or(!runs.empty() && !runs.back().end); }

std::optional<double> Summary::elapsed_seconds() const {
  if (runs.empty() || (!runs.back().end && !is_running())) return {};
  const Run& run = runs.back();
  return std::chrono::duration<double>(run.end.value_or(Run::Clock::now()) - run.start).count();
}

std::optional<double> Summary::rows_per_second() const {
  if (!is_running() || runs.empty() || !runs.back().pace) return {};
  const record::Pace& pace = *runs.back().pace;
  const double seconds = std::chrono::duration<double>(pace.at - runs.back().start).count();
  return seconds > 0.0 ? static_cast<double>(pace.performed) / seconds : 0.0;
}

std::optional<double> Summary::remaining_seconds() const {
  if (!is_running() || runs.empty() || !runs.back().pace) return {};
  const record::Pace& pace = *runs.back().pace;
  return std::max(0.0, pace.remaining_seconds - std::chrono::duration<double>(Run::Clock::now() - pace.at).count());
}

bool Summary::is_part_done() const {
  if (runs.empty() || count(Status::pending) == torn) return false;
  const std::optional<int> code = runs.back().exit_code;
  return code && is_finished(ExitCode{*code});
}

Summary summarise(const ResultsReader& reader) {
  Summary summary;
  summary.title = reader.job().name;
  summary.runs = reader.runs();
  const MessageOf messages = messages_by_id(reader);
  std::map<std::string, Reason> reasons;
  for_each_status(reader, [&](std::uint64_t id, const CheckedStatus& row) {
    ++summary.counts[static_cast<std::size_t>(row.torn ? Status::pending : row.status)];
    if (row.torn) ++summary.torn;
    if (!needs_reason(row)) return;
    const std::string message = fmt::format("{}: {}", name(row.status), message_of(messages, id, row.status));
    ++reasons.try_emplace(message, Reason{message, 0, ConfigurationId{id}}).first->second.count;
  });
  for (auto& [message, reason] : reasons) summary.reasons.push_back(std::move(reason));
  std::ranges::stable_sort(summary.reasons, std::greater<>(), &Reason::count);
  return summary;
}

std::string torn_rows_text(std::uint64_t count) {
  if (count == 0) return {};
  return fmt::format("{} torn {}, not to be trusted: flatsweep verify names them, the next run computes them again",
                     count, count == 1 ? "row" : "rows");
}

void print_last_run(std::ostream& out, const Summary& summary, std::size_t width) {
  if (summary.runs.empty()) return;
  const Run& run = summary.runs.back();
  std::string text = fmt::format("last run: {}, {} {} on {}, ", utc(run.start), run.ranks,
                                 run.ranks == 1 ? "rank" : "ranks", run.hosts);
  if (!run.end)
    text += state_text(summary.running);
  else if (run.exit_code)
    text += fmt::format("ended {} with exit code {}", utc(*run.end), *run.exit_code);
  else
    text += "ended " + utc(*run.end);
  print_text(out, text, width);
}

void print_summary(std::ostream& out, const Summary& summary, const job::Job& job) {
  const double percent = 100.0 * static_cast<double>(summary.done()) / static_cast<double>(summary.total());
  out << fmt::format("{}: {} of {} configurations done ({} %)\n", summary.title, summary.done(), summary.total(),
                     number_text(std::floor(percent * 10) / 10));
  print_list(out, head_of(job));
  for (std::size_t k = 0; k < status_names.size(); ++k)
    if (summary.counts[k] > 0) out << fmt::format("  {:12}{:12}\n", status_names[k], summary.counts[k]);
  for (std::size_t k = 0; k < std::min(reasons_shown, summary.reasons.size()); ++k) {
    const Reason& reason = summary.reasons[k];
    out << fmt::format("{} x {} (first: id {})\n", reason.count, reason.message, value(reason.first));
  }
  if (summary.reasons.size() > reasons_shown)
    out << fmt::format("{} more reasons: --failed lists all\n", summary.reasons.size() - reasons_shown);
  if (summary.torn > 0) out << torn_rows_text(summary.torn) << '\n';
  print_last_run(out, summary, most_columns);
  if (summary.is_part_done()) {
    out << fmt::format(
        "{} configurations are left: the last run did its part. A run without --shard, --where and --pilot does them.\n",
        summary.count(Status::pending));
  }
}

void print_failed(std::ostream& out, const ResultsReader& reader) {
  const MessageOf messages = messages_by_id(reader);
  for_each_status(reader, [&](std::uint64_t id, const CheckedStatus& row) {
    if (!needs_reason(row)) return;
    out << fmt::format("id {} {}", id, name(row.status));
    for (const std::string& value :
         named_values(reader.layout(), id, [](const job::Axis& axis) { return axis.size() > 1; }))
      out << ", " << value;
    out << ": " << message_of(messages, id, row.status) << '\n';
  });
}

void print_json(std::ostream& out, const Summary& summary, const ResultsReader& reader, bool failed) {
  Json json = {{"title", summary.title}, {"total", summary.total()}, {"done", summary.done()}};
  for (std::size_t k = 0; k < status_names.size(); ++k) json[std::string(status_names[k])] = summary.counts[k];
  json["torn"] = summary.torn;
  json["reasons"] = Json::array();
  for (const Reason& reason : summary.reasons) {
    json["reasons"].push_back(
        {{"message", reason.message}, {"count", reason.count}, {"first_id", value(reason.first)}});
  }
  json["running"] = json_of(summary.running);
  json["elapsed_seconds"] = json_of(summary.elapsed_seconds());
  json["rows_per_second"] = json_of(summary.rows_per_second());
  json["remaining_seconds"] = json_of(summary.remaining_seconds());
  json["at_work"] = Json::array();
  for (const record::Activity& one : summary.activity)
    json["at_work"].push_back({{"rank", one.rank}, {"id", value(one.id)}, {"since", utc(one.since)}});
  json["job"] = json_of(reader.job());
  json["runs"] = Json::array();
  for (const Run& run : summary.runs) json["runs"].push_back(json_of(run));
  if (failed) json["failed_rows"] = failed_rows(reader);
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace flatsweep::report

#include "flatsweep/report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <iomanip>
#include <map>
#include <numeric>
#include <ostream>

#include "flatsweep/report/torn_rows.hpp"
#include "report/grid_text.hpp"
#include "report/json_text.hpp"

namespace flatsweep::report {
namespace {

using record::ResultsReader;
using record::Run;

constexpr std::size_t read_rows = 1 << 16;
constexpr std::size_t reasons_shown = 5;

using MessageOf = std::map<std::uint64_t, std::string>;

MessageOf messages_by_id(const ResultsReader& reader) {
  MessageOf messages;
  for (const record::Message& message : reader.messages()) messages[value(message.id)] = message.text;
  return messages;
}

std::string message_of(const MessageOf& messages, std::uint64_t id, Status status) {
  if (const auto found = messages.find(id); found != messages.end() && status == Status::failed)
    return found->second;
  switch (status) {
    case Status::inaccurate:
      return "misses its certificate: see residual and gap";
    case Status::crashed:
      return "its process died again and again (flatsweep solve JOB --id " + std::to_string(id) +
             " runs it alone, flatsweep run --retry crashed tries it again)";
    default:
      return "no message was kept";
  }
}

bool is_trouble(Status status) {
  return status == Status::failed || status == Status::crashed || status == Status::inaccurate;
}

using Visit = std::function<void(std::uint64_t id, const record::CheckedStatus&)>;

void for_each_status(const ResultsReader& reader, const Visit& visit) {
  std::vector<record::CheckedStatus> statuses;
  for (std::uint64_t first = 0; first < reader.rows(); first += statuses.size()) {
    statuses.resize(std::min<std::uint64_t>(read_rows, reader.rows() - first));
    read_statuses(reader, first, statuses);
    for (std::size_t i = 0; i < statuses.size(); ++i) visit(first + i, statuses[i]);
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

void print_last_run(std::ostream& out, const Run& run, std::optional<bool> running) {
  out << "last run: " << utc(run.start) << ", " << run.ranks << (run.ranks == 1 ? " rank on " : " ranks on ")
      << run.hosts;
  if (run.end) {
    out << ", ended " << utc(*run.end);
    if (run.exit_code) out << " with exit code " << *run.exit_code;
  } else {
    out << ", " << state_text(running);
  }
  out << '\n';
}

void print_json_run(std::ostream& out, const Run& run) {
  out << "{\"start\": " << json_text(utc(run.start))
      << ", \"end\": " << (run.end ? json_text(utc(*run.end)) : "null")
      << ", \"exit_code\": " << (run.exit_code ? std::to_string(*run.exit_code) : "null")
      << ", \"ranks\": " << run.ranks << ", \"hosts\": " << json_text(run.hosts)
      << ", \"cpu_model\": " << json_text(run.cpu_model)
      << ", \"blas_kernel\": " << json_text(run.blas_kernel) << ", \"build\": " << json_text(run.build)
      << "}";
}

}  // namespace

std::uint64_t Summary::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

bool Summary::is_part_done() const {
  constexpr int done = 0;
  constexpr int done_but_some_failed = 3;
  if (runs.empty() || count(Status::pending) == torn) return false;
  return runs.back().exit_code == done || runs.back().exit_code == done_but_some_failed;
}

Summary summarise(const ResultsReader& reader) {
  Summary summary;
  summary.title = reader.job().name;
  summary.runs = reader.runs();
  const MessageOf messages = messages_by_id(reader);
  std::map<std::string, Reason> reasons;
  for_each_status(reader, [&](std::uint64_t id, const record::CheckedStatus& row) {
    const Status status = row.torn ? Status::pending : row.status;
    ++summary.counts[static_cast<std::size_t>(status)];
    if (row.torn) ++summary.torn;
    if (!is_trouble(status)) return;
    const std::string message = std::string(name(status)) + ": " + message_of(messages, id, status);
    ++reasons.try_emplace(message, Reason{message, 0, ConfigurationId{id}}).first->second.count;
  });
  for (auto& [message, reason] : reasons) summary.reasons.push_back(std::move(reason));
  std::ranges::stable_sort(summary.reasons, std::greater<>(), &Reason::count);
  return summary;
}

void print_summary(std::ostream& out, const Summary& summary) {
  const double percent = 100.0 * static_cast<double>(summary.done()) / static_cast<double>(summary.total());
  out << summary.title << ": " << summary.done() << " of " << summary.total() << " configurations done ("
      << number_text(std::floor(percent * 10) / 10) << " %)\n";
  for (std::size_t k = 0; k < status_names.size(); ++k) {
    if (summary.counts[k] == 0) continue;
    out << "  " << std::left << std::setw(12) << status_names[k] << std::right << std::setw(12)
        << summary.counts[k] << '\n';
  }
  for (std::size_t k = 0; k < std::min(reasons_shown, summary.reasons.size()); ++k) {
    const Reason& reason = summary.reasons[k];
    out << reason.count << " x " << reason.message << " (first: id " << value(reason.first) << ")\n";
  }
  if (summary.reasons.size() > reasons_shown)
    out << summary.reasons.size() - reasons_shown << " more reasons: --failed lists all\n";
  if (summary.torn > 0) out << torn_rows_text(summary.torn) << '\n';
  if (!summary.runs.empty()) print_last_run(out, summary.runs.back(), summary.running);
  if (summary.is_part_done()) {
    out << summary.count(Status::pending)
        << " configurations are left: the last run did its part. A run without --shard, --where and --pilot does them.\n";
  }
}

void print_failed(std::ostream& out, const ResultsReader& reader) {
  const MessageOf messages = messages_by_id(reader);
  for_each_status(reader, [&](std::uint64_t id, const record::CheckedStatus& row) {
    const Status status = row.status;
    if (row.torn || !is_trouble(status)) return;
    out << "id " << id << " " << name(status);
    for (const std::string& axis : varying_values(reader.layout(), id)) out << ", " << axis;
    out << ": " << message_of(messages, id, status) << '\n';
  });
}

void print_json(std::ostream& out, const Summary& summary, const ResultsReader& reader, bool failed) {
  out << "{\"title\": " << json_text(summary.title) << ", \"total\": " << summary.total()
      << ", \"done\": " << summary.done();
  for (std::size_t k = 0; k < status_names.size(); ++k)
    out << ", " << json_text(status_names[k]) << ": " << summary.counts[k];
  out << ", \"torn\": " << summary.torn << ", \"reasons\": [";
  const char* separator = "";
  for (const Reason& reason : summary.reasons) {
    out << separator << "{\"message\": " << json_text(reason.message) << ", \"count\": " << reason.count
        << ", \"first_id\": " << value(reason.first) << "}";
    separator = ", ";
  }
  out << "], \"running\": " << (summary.running ? (*summary.running ? "true" : "false") : "null")
      << ", \"runs\": [";
  separator = "";
  for (const Run& run : summary.runs) {
    out << separator;
    print_json_run(out, run);
    separator = ", ";
  }
  out << "]";
  if (failed) {
    out << ", \"failed_rows\": [";
    separator = "";
    const MessageOf messages = messages_by_id(reader);
    for_each_status(reader, [&](std::uint64_t id, const record::CheckedStatus& row) {
      const Status status = row.status;
      if (row.torn || !is_trouble(status)) return;
      out << separator << "{\"id\": " << id << ", \"status\": " << json_text(name(status))
          << ", \"message\": " << json_text(message_of(messages, id, status)) << "}";
      separator = ", ";
    });
    out << "]";
  }
  out << "}\n";
}

}  // namespace flatsweep::report

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/selection.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/report/head.hpp"
#include "flatsweep/report/summary.hpp"
#include "flatsweep/report/verdict_table.hpp"
#include "flatsweep/schedule/progress.hpp"

namespace flatsweep::cli {
namespace {

using Seconds = std::chrono::duration<double>;

/// Characters that a view may have.
struct Screen {
  std::size_t columns;
  std::size_t lines;
};

std::optional<Screen> terminal() {
  winsize size{};
  if (!isatty(STDOUT_FILENO)) return {};
  constexpr Screen usual{80, 24};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return usual;
  return Screen{size.ws_col, size.ws_row};
}

/// Return a bar of as many characters.
std::string bar(double share, std::size_t length) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(length));
  return fmt::format("[{:#<{}}{:.<{}}]", "", full, "", length - full);
}

/// Return the text, its lines cut to the columns, and at most as many lines.
std::string cut(const std::string& text, const Screen& screen) {
  std::istringstream in(text);
  std::string shown, line;
  for (std::size_t k = 0; k < screen.lines && std::getline(in, line); ++k)
    shown += line.substr(0, screen.columns) + '\n';
  return shown;
}

/// Return what the ranks are at and for how long, e.g. `at work: rank 2 on id 7 for 3m05s, rank 1 on id 9 for 2s`;
/// those that began last are left out if there is no room.
std::string activity_text(const report::Summary& summary, std::size_t columns) {
  const auto now = record::Run::Clock::now();
  std::string text;
  for (const record::Activity& one : summary.activity) {
    const double seconds = std::max(0.0, std::chrono::duration<double>(now - one.since).count());
    const std::string next = fmt::format("{}rank {} on id {} for {}", text.empty() ? "at work: " : ", ", one.rank,
                                         value(one.id), schedule::describe_duration(seconds));
    if (text.size() + next.size() > columns) break;
    text += next;
  }
  return text.empty() ? text : text + '\n';
}

/// Return what can be seen of a results file now.
std::string view(const record::ResultsReader& reader, const report::Summary& summary, const Screen& screen) {
  constexpr std::size_t bar_length = 30, other_lines = 3, widest = 100;
  const std::size_t width = std::clamp<std::size_t>(screen.columns, 60, widest);
  const double share = static_cast<double>(summary.done()) / static_cast<double>(summary.total());
  std::ostringstream head;
  head << fmt::format("{} {:.0f} %  {}\n", bar(share, bar_length), std::floor(100 * share), pace_text(summary));
  report::print_head(head, reader.job(), summary.counts, width);
  report::print_last_run(head, summary, width);
  head << activity_text(summary, width);
  const auto lines = static_cast<std::size_t>(std::ranges::count(head.str(), '\n')) + other_lines;

  std::ostringstream out;
  const report::VerdictTable table(reader, job::Selection(reader.job().grid));
  table.print(out << head.str() << '\n', width, std::max(lines + 1, screen.lines) - lines);
  return cut(out.str(), screen);
}

/// Show the view once, in place of the one before on a terminal.
/// @return whether a run is at work on the file
bool show_once(const std::filesystem::path& file, bool is_first) {
  const std::optional<Screen> screen = terminal();
  const std::optional<bool> held = record::RunLock::is_held(file);  // before the last run may end
  const record::ResultsReader reader(file);
  const report::Summary summary = summary_of(reader, held);
  constexpr Screen paper{100, 1000};
  std::string text = view(reader, summary, screen.value_or(paper));
  if (screen) {
    constexpr const char* clear = "\x1b[2J";
    constexpr const char* home = "\x1b[H";
    constexpr const char* rest_of_line = "\x1b[K\n";
    constexpr const char* rest_of_screen = "\x1b[J";
    text.pop_back();  // the last line break would scroll a full screen
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 4)
      text.replace(at, 1, rest_of_line);
    std::cout << (is_first ? clear : "") << home << text << "\x1b[K" << rest_of_screen << std::flush;
  } else {
    std::cout << text << std::flush;
  }
  return summary.is_running();
}

ExitCode watch(const Options& options) {
  constexpr Seconds on_terminal(2), elsewhere(30);
  const std::filesystem::path file = options.required("FILE");
  const Seconds interval = options.duration("interval").value_or(terminal() ? on_terminal : elsewhere);
  for (bool is_first = true;; is_first = false) {
    const auto start = std::chrono::steady_clock::now();
    const bool running = show_once(file, is_first);
    if (!running || options.has("once") || !std::cout) break;
    if (!terminal()) std::cout << '\n';
    // a view that takes long is taken more seldom, so that it costs little
    std::this_thread::sleep_for(std::max<Seconds>(interval, 9 * (std::chrono::steady_clock::now() - start)));
  }
  if (terminal()) std::cout << '\n';
  return ExitCode::done;
}

}  // namespace

Command watch_command() {
  return {
      .name = "watch",
      .brief = "watch a sweep from its results file, until it ends",
      .synopsis = "FILE [OPTIONS]",
      .summary =
          "Shows how far a sweep is, when it will end, and the verdict so far of every curve, until the sweep ends.\n"
          "Reads FILE alone, so it runs on any machine that sees it. If stdout is no terminal, prints a view every 30 s.",
      .operands = {"FILE"},
      .required = {"FILE"},
      .options = {{"interval", "TIME", "from one view to the next (2s; 30s if stdout is no terminal)"},
                  {"once", "", "one view only"}},
      .execute = watch,
  };
}

}  // namespace flatsweep::cli

#include "flatsweep/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace flatsweep {
namespace {

/// `problem (why). remedy.`, without the parentheses if there is no reason.
std::string sentence(std::string_view problem, std::string_view why, std::string_view remedy) {
  const bool ends = remedy.empty() || std::string_view(".?!").find(remedy.back()) != std::string_view::npos;
  const std::string reason = why.empty() ? std::string() : fmt::format(" ({})", why);
  return fmt::format("{}{}. {}{}", problem, reason, remedy, ends ? "" : ".");
}

/// Insertions, deletions and replacements that turn a into b, by the last row of the table of Levenshtein 1966.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

Error::Error(std::string_view problem, std::string_view why, std::string_view remedy)
    : std::runtime_error(sentence(problem, why, remedy)) {}

Error Error::at(std::string_view where) const { return Error(fmt::format("{}: {}", where, what())); }

std::string nearest_word(std::string_view word, std::span<const std::string> candidates) {
  const auto nearest =
      std::ranges::min_element(candidates, {}, [&](const std::string& other) { return edit_distance(word, other); });
  return nearest == candidates.end() ? std::string() : *nearest;
}

Error unknown_name(std::string_view noun, std::string_view word, std::span<const std::string> known) {
  return {fmt::format("unknown {} `{}`", noun, word),
          fmt::format("the nearest known one is `{}`", nearest_word(word, known)),
          fmt::format("Write one of {}", fmt::join(known, ", "))};
}

ContractViolation::ContractViolation(std::string_view kind, const SourceLocation& where)
    : std::logic_error(
          fmt::format("{} violated in {} ({}:{})", kind, where.function_name(), where.file_name(), where.line())) {}

ExitCode exit_code_of(const std::exception_ptr& error) {
  if (!error) return ExitCode::done;
  try {
    std::rethrow_exception(error);
  } catch (const Error&) {
    return ExitCode::bad_input;
  } catch (const FileInUse&) {
    return ExitCode::file_in_use;
  } catch (...) {
    return ExitCode::fault;
  }
}

}  // namespace flatsweep

#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flatsweep {

/// User input that cannot be honoured: `where: problem (why). remedy.` (a full stop is added). Exit code 2.
class Error : public std::runtime_error {
 public:
  /// @param problem what is wrong, with the words of the user
  /// @param why the rule that it breaks
  /// @param remedy what to write instead
  Error(std::string_view problem, std::string_view why, std::string_view remedy);

  /// The same trouble, located: a `file:line`, an option's name or a file.
  [[nodiscard]] Error at(std::string_view where) const;

 private:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

/// A file that another run holds. The program exits with 76.
class FileInUse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The candidate with the smallest edit distance to `word`; empty without candidates.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);

}  // namespace flatsweep

#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flatsweep {

/// User input that the program cannot use: `where: problem (why). remedy.` (a full stop is added). Exit
/// code 2.
class Error : public std::runtime_error {
 public:
  /// @param problem what is wrong, with the words of the user
  /// @param why the rule that it breaks
  /// @param remedy what to write instead
  Error(std::string_view problem, std::string_view why, std::string_view remedy);

  /// Return the same error with the place where it stands: a `file:line`, an option's name or a file.
  [[nodiscard]] Error at(std::string_view where) const;

  /// Whether at() has added a place.
  [[nodiscard]] bool has_place() const { return has_place_; }

 private:
  explicit Error(const std::string& located_message) : std::runtime_error(located_message), has_place_(true) {}

  bool has_place_ = false;
};

/// A file that another run holds. Exit code 76.
class FileInUse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Return the candidate with the smallest edit distance to `word`, the first of several; empty without
/// candidates.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);

/// Return the error of a `word` that names no `noun` (e.g. `link`) among `known`; it suggests the nearest
/// one.
Error unknown_name(std::string_view noun, std::string_view word, std::span<const std::string> known);

}  // namespace flatsweep

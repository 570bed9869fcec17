#pragma once

#include <exception>
#include <source_location>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

/// What a call throws, and the exit code that it ends a process with.
namespace flatsweep {

/// User input that the program cannot use: `where: problem (why). remedy.` (a full stop is added).
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

/// Return the candidate with the smallest edit distance to `word`, the first of several; empty without candidates.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);

/// Return the error of a `word` that names no `noun` (e.g. `link`) among `known`; it suggests the nearest one.
Error unknown_name(std::string_view noun, std::string_view word, std::span<const std::string> known);

/// A file that another run holds.
class FileInUse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

#ifdef __cpp_lib_source_location
using SourceLocation = std::source_location;
#else
/// The part of std::source_location that is needed, which Clang 14 lacks.
class SourceLocation {
 public:
  static constexpr SourceLocation current(const char* file = __builtin_FILE(),
                                          const char* function = __builtin_FUNCTION(),
                                          unsigned line = __builtin_LINE()) {
    return {file, function, line};
  }
  [[nodiscard]] constexpr const char* file_name() const { return file_; }
  [[nodiscard]] constexpr const char* function_name() const { return function_; }
  [[nodiscard]] constexpr unsigned line() const { return line_; }

 private:
  constexpr SourceLocation(const char* file, const char* function, unsigned line)
      : file_(file), function_(function), line_(line) {}

  const char* file_;
  const char* function_;
  unsigned line_;
};
#endif

/// A broken contract: a bug of this program, never bad input.
class ContractViolation : public std::logic_error {
 public:
  /// @param kind of contract, e.g. `precondition`
  /// @param where the call of expects() or ensures() stands
  ContractViolation(std::string_view kind, const SourceLocation& where);
};

/// Check what the caller must ensure. @throws ContractViolation if it does not hold
inline void expects(bool precondition, const SourceLocation& where = SourceLocation::current()) {
  if (!precondition) throw ContractViolation("precondition", where);
}

/// Check what the callee promises. @throws ContractViolation if it does not hold
inline void ensures(bool postcondition, const SourceLocation& where = SourceLocation::current()) {
  if (!postcondition) throw ContractViolation("postcondition", where);
}

/// What a process of the program reports to its caller.
enum class ExitCode : int {
  done = 0,            ///< everything asked for was done
  fault = 1,           ///< an internal error, or a fault that a check (verify, doctor) was asked to look for
  bad_input = 2,       ///< an Error: a command line, job or file that the program cannot use
  some_failed = 3,     ///< the run is complete, but some configurations failed or crashed
  stopped_early = 75,  ///< the run stopped before its end; the same command continues it (EX_TEMPFAIL)
  file_in_use = 76,    ///< another run writes the file (FileInUse)
};

/// Return the code that an exception stands for; done for a null pointer.
ExitCode exit_code_of(const std::exception_ptr& error);

/// Whether a run that ended with `code` did everything it was asked to, whether or not configurations failed.
constexpr bool is_finished(ExitCode code) { return code == ExitCode::done || code == ExitCode::some_failed; }

}  // namespace flatsweep

#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace flatsweep {

/// A broken contract is a bug of this program, never bad input.
class ContractViolation : public std::logic_error {
 public:
  /// @param kind of contract, e.g. `precondition`
  /// @param where the call of expects() or ensures() stands
  ContractViolation(const char* kind, const std::source_location& where)
      : std::logic_error(std::string(kind) + " violated in " + where.function_name() + " (" +
                         where.file_name() + ":" + std::to_string(where.line()) + ")") {}
};

/// @throws ContractViolation where what the caller owes does not hold
inline void expects(bool precondition, const std::source_location& where = std::source_location::current()) {
  if (!precondition) throw ContractViolation("precondition", where);
}

/// @throws ContractViolation where what was promised to the caller does not hold
inline void ensures(bool postcondition, const std::source_location& where = std::source_location::current()) {
  if (!postcondition) throw ContractViolation("postcondition", where);
}

}  // namespace flatsweep

#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace flatsweep {

/// A broken contract: a bug of this program, never bad input.
class ContractViolation : public std::logic_error {
 public:
  /// @param kind of contract, e.g. `precondition`
  /// @param where the call of expects() or ensures() stands
  ContractViolation(const char* kind, const std::source_location& where)
      : std::logic_error(std::string(kind) + " violated in " + where.function_name() + " (" + where.file_name() + ":" +
                         std::to_string(where.line()) + ")") {}
};

/// Check what the caller must ensure. @throws ContractViolation if it does not hold
inline void expects(bool precondition, const std::source_location& where = std::source_location::current()) {
  if (!precondition) throw ContractViolation("precondition", where);
}

/// Check what the callee promises. @throws ContractViolation if it does not hold
inline void ensures(bool postcondition, const std::source_location& where = std::source_location::current()) {
  if (!postcondition) throw ContractViolation("postcondition", where);
}

}  // namespace flatsweep

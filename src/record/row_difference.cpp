#include "flatsweep/record/row_difference.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/text.hpp"
#include "record/row_block.hpp"

namespace flatsweep::record {
namespace {

bool agree(double one, double other, double tolerance) {
  if (std::bit_cast<std::uint64_t>(one) == std::bit_cast<std::uint64_t>(other)) return true;
  return std::abs(one - other) <= tolerance * std::max({1.0, std::abs(one), std::abs(other)}) &&
         tolerance > 0.0;
}

}  // namespace

std::optional<std::string> row_difference(const Layout& layout, const experiment::Outcome& one,
                                          const experiment::Outcome& other, double tolerance) {
  expects(one.id == other.id);
  if (one.status != other.status)
    return "status is " + std::string(name(one.status)) + " and " + std::string(name(other.status));
  if (tolerance == 0.0 && one.iterations != other.iterations)
    return "iterations is " + std::to_string(one.iterations) + " and " + std::to_string(other.iterations);
  if (tolerance == 0.0 && layout.has("solver_path") && one.solver_path != other.solver_path)
    return "solver_path is " + std::to_string(one.solver_path.bits()) + " and " +
           std::to_string(other.solver_path.bits());
  const RowBlock first(layout, std::span(&one, 1));
  const RowBlock second(layout, std::span(&other, 1));
  std::size_t position = 0;
  for (const Variable& variable : layout.values()) {
    for (std::size_t k = 0; k < variable.per_row; ++k, ++position) {
      const double left = first.values(0)[position];
      const double right = second.values(0)[position];
      if (!agree(left, right, tolerance))
        return variable.name + " is " + shortest(left) + " and " + shortest(right);
    }
  }
  return std::nullopt;
}

}  // namespace flatsweep::record

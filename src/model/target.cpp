#include "flatsweep/model/target.hpp"

#include <fmt/format.h>

#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::model {
namespace {

constexpr EnumNames<Coefficients, 2> coefficient_names{"kind of coefficients", {"equal", "random"}};
constexpr std::string_view spread_prefix = "normal:";

}  // namespace

Coefficients parse_coefficients(std::string_view text) { return coefficient_names.parse(text); }

std::string to_string(Coefficients coefficients) { return std::string(coefficient_names.name(coefficients)); }

Offset parse_offset(std::string_view text) {
  const bool is_spread = text.starts_with(spread_prefix);
  const auto number = parse_double(is_spread ? text.substr(spread_prefix.size()) : text);
  if (!number || !std::isfinite(*number) || (is_spread && *number < 0.0))
    throw Error(fmt::format("offset `{}` is not valid", text),
                "it is a finite number, or normal:s for a draw of N(0, s^2) per seed with s >= 0",
                "Write e.g. 0, 0.5 or normal:1");
  const double value = *number + 0.0;  // -0 becomes 0
  return is_spread ? Offset{0.0, value} : Offset{value, 0.0};
}

std::string to_string(const Offset& offset) {
  if (offset.spread > 0.0) return fmt::format("{}{}", spread_prefix, shortest(offset.spread));
  return shortest(offset.value);
}

}  // namespace flatsweep::model

#include "flatsweep/model/target.hpp"

#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"
#include "model/text.hpp"

namespace flatsweep::model {

Coefficients parse_coefficients(std::string_view text) {
  if (text == "equal") return Coefficients::equal;
  if (text == "random") return Coefficients::random;
  throw unknown("kind of coefficients", text, std::vector<std::string>{"equal", "random"});
}

std::string to_string(Coefficients coefficients) {
  return coefficients == Coefficients::equal ? "equal" : "random";
}

Offset parse_offset(std::string_view text) {
  const auto spread_text = behind(text, "normal:");
  const auto number = parse_number(spread_text.value_or(text));
  if (!number || (spread_text && *number < 0.0)) {
    throw Error("offset `" + std::string(text) + "` is not valid",
                "it is a finite number, or normal:s for a draw of N(0, s^2) per seed with s >= 0",
                "Write e.g. 0, 0.5 or normal:1");
  }
  const double value = *number + 0.0;  // -0 becomes 0
  return spread_text ? Offset{0.0, value} : Offset{value, 0.0};
}

std::string to_string(const Offset& offset) {
  return offset.spread > 0.0 ? "normal:" + shortest(offset.spread) : shortest(offset.value);
}

}  // namespace flatsweep::model

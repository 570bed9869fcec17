#include "model/text.hpp"

#include <charconv>
#include <cmath>

namespace flatsweep::model {

std::optional<double> parse_number(std::string_view text) {
  double number = 0.0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::string_view> behind(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

Error unknown(std::string_view noun, std::string_view word, std::span<const std::string> known) {
  std::string all;
  for (const std::string& name : known) all.append(all.empty() ? "" : ", ").append(name);
  return {"unknown " + std::string(noun) + " `" + std::string(word) + "`",
          "the nearest known one is `" + nearest_word(word, known) + "`", "Write one of " + all};
}

}  // namespace flatsweep::model

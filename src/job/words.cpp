#include "job/words.hpp"

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::job {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

/// Every comma outside parentheses a space.
std::string without_commas(std::string list) {
  int depth = 0;
  for (char& character : list) {
    if (character == '(') ++depth;
    if (character == ')') --depth;
    if (character == ',' && depth == 0) character = ' ';
  }
  return list;
}

Error separated_by_commas(std::string_view list) {
  const std::string spaced = without_commas(std::string(list));
  std::string better;
  for (const std::string_view word : words(spaced)) better.append(better.empty() ? "" : " ").append(word);
  return Error(in_quotes(list) + " has a comma",
               "spaces separate values, and a point the decimals of a number", "Write " + in_quotes(better));
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  text = trimmed(text);
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (text[i] == ',' && depth == 0) throw separated_by_commas(text);
    if (depth > 0 || white_space.find(text[i]) == std::string_view::npos) continue;
    if (i > start) found.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  if (start < text.size()) found.push_back(text.substr(start));
  return found;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return std::string("`").append(text).append("`");
  return std::string("`").append(first_bytes(text, most)).append("...`");
}

}  // namespace flatsweep::job

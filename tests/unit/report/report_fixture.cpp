#include "report_fixture.hpp"

namespace flatsweep::report::test {

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts(1);
  for (const char character : line)
    if (character == separator)
      parts.emplace_back();
    else
      parts.back() += character;
  return parts;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace flatsweep::report::test

#include "report_fixture.hpp"

namespace flatsweep::report::test {

std::vector<experiment::Outcome> first_curve(const job::Job& job) {
  std::vector<experiment::Outcome> rows = record::test::numbered_outcomes(0, 12, job);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto gamma = static_cast<double>(i % 4);
    const auto seed = static_cast<double>(i / 4);
    rows[i].measures["flatness"] = 100 - 10 * gamma + 2 * seed * seed;  // + 0, 2, 8
    rows[i].measures["relative_loss"] = gamma + seed / 10;
    rows[i].measures["excess_loss_error"] = 1e-9;
    rows[i].measures["outer_l1"] = gamma;
    rows[i].measures["flatness_unit"] = i % 4 == 3 ? 0.5 : gamma;  // one gamma out of order
    rows[i].measures["population_loss_mc"] = 42;
  }
  return rows;
}

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

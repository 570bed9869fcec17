#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "flatsweep/job/job.hpp"

namespace flatsweep::test {

/// Return the grid of a job whose section [grid] has these lines, e.g.
/// `grid_of("d = 10 20; activation = relu quadratic")`. An axis that must be given but is missing has one
/// value.
inline job::Grid grid_of(const std::string& lines) {
  std::vector<job::Override> axes;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find(';', begin), lines.size());
    const std::size_t sign = lines.find('=', begin);
    const std::size_t name = lines.find_first_not_of(' ', begin);
    axes.emplace_back("grid." + lines.substr(name, lines.find_first_of(" =", name) - name),
                      lines.substr(sign + 1, end - sign - 1));
    begin = end + 1;
  }
  const std::string others = "[grid]\nactivation = relu\nlink = matched\nd = 10\nseed = 0\ngamma = 0.5\n";
  return job::parse_job(others, "grid_of", axes).grid;
}

}  // namespace flatsweep::test

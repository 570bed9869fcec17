#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace flatsweep::job {

/// One dimension of the grid as the results file shows it: a name and its values in order.
struct Axis {
  using Values = std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

  std::string name;
  std::string long_name;
  std::string units;  // "1" where dimensionless
  Values values;

  [[nodiscard]] std::size_t size() const;
};

}  // namespace flatsweep::job

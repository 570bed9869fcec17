#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace flatsweep::job {

/// One dimension of the grid as the results file shows it: a name and its values in order.
struct Axis {
  /// Numbers, or canonical names.
  using Values = std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

  std::string name;       ///< as in the job file
  std::string long_name;  ///< in words
  std::string units;      ///< "1" where dimensionless
  Values values;          ///< in the order of the job file

  /// How many values.
  [[nodiscard]] std::size_t size() const;
};

}  // namespace flatsweep::job

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"

namespace flatsweep::job {

/// A grid that is refused. The grid knows its axes but no job file: whoever read them adds the place.
class AxisError : public Error {
 public:
  /// @param axes names, the likeliest one to change first
  /// @param problem, why, remedy as of Error
  AxisError(std::vector<std::string> axes, std::string_view problem, std::string_view why,
            std::string_view remedy)
      : Error(problem, why, remedy), axes_(std::move(axes)) {}

  /// Names of the axes that cause it together, the likeliest one to change first.
  [[nodiscard]] const std::vector<std::string>& axes() const { return axes_; }

 private:
  std::vector<std::string> axes_;
};

}  // namespace flatsweep::job

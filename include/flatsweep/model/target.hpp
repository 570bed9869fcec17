#pragma once

#include <string>
#include <string_view>

namespace flatsweep::model {

/// How the coefficients c_i of the target are chosen.
enum class Coefficients { equal, random };

/// The target's offset b: `value`, plus one draw of N(0, spread^2) per seed.
struct Offset {
  double value = 0.0;
  double spread = 0.0;

  bool operator==(const Offset&) const = default;
};

/// @throws Error for anything but `equal` and `random`
Coefficients parse_coefficients(std::string_view text);
std::string to_string(Coefficients coefficients);

/// @throws Error for anything but a finite number and `normal:s` with s >= 0
Offset parse_offset(std::string_view text);
std::string to_string(const Offset& offset);

}  // namespace flatsweep::model

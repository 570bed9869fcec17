#pragma once

#include <string>
#include <string_view>

namespace flatsweep::model {

/// How the coefficients c_i of the target are chosen.
enum class Coefficients {
  equal,   ///< 1/sqrt(r) each
  random,  ///< uniform on the unit sphere's part of positive numbers
};

/// The target's offset b: `value`, plus one draw of N(0, spread^2) per seed.
struct Offset {
  double value = 0.0;   ///< the same for every seed
  double spread = 0.0;  ///< standard deviation over seeds, >= 0

  bool operator==(const Offset&) const = default;  ///< member by member
};

/// @throws Error for anything but `equal` and `random`
Coefficients parse_coefficients(std::string_view text);
/// Canonical name: parse_coefficients(to_string(x)) == x.
std::string to_string(Coefficients coefficients);

/// @throws Error for anything but a finite number and `normal:s` with s >= 0
Offset parse_offset(std::string_view text);
/// Canonical text: parse_offset(to_string(x)) == x.
std::string to_string(const Offset& offset);

}  // namespace flatsweep::model

#pragma once

#include <string>
#include <string_view>

namespace flatsweep::model {

/// How the r coefficients c_i of the target are chosen; they have unit norm.
enum class Coefficients {
  equal,   ///< 1/sqrt(r) each
  random,  ///< uniform on the part of the unit sphere with positive coordinates
};

/// The target's offset b: `value`, plus one sample of N(0, spread^2) per seed.
struct Offset {
  double value = 0.0;   ///< the same for every seed
  double spread = 0.0;  ///< standard deviation over seeds, >= 0

  bool operator==(const Offset&) const = default;  ///< member by member
};

/// Return the way that a job names: `equal` or `random`.
/// @throws Error for any other text
Coefficients parse_coefficients(std::string_view text);
/// Return the canonical name: parse_coefficients(to_string(x)) == x.
std::string to_string(Coefficients coefficients);

/// Return the offset that a job names: a finite number, or `normal:s` for the spread s >= 0.
/// @throws Error for any other text
Offset parse_offset(std::string_view text);
/// Return the canonical text: parse_offset(to_string(x)) == x.
std::string to_string(const Offset& offset);

}  // namespace flatsweep::model

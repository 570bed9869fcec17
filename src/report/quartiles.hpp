#pragma once

#include <span>

namespace flatsweep::report {

struct Quartiles {
  double lower;
  double median;
  double upper;
};

/// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7, as numpy does); NaN where
/// there are no values. Sorts them.
/// @pre no NaN
Quartiles quartiles(std::span<double> values);

}  // namespace flatsweep::report

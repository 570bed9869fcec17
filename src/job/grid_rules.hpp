#pragma once

#include "flatsweep/job/grid.hpp"

namespace flatsweep::job {

/// round(ratio * base): n from d, m from n. In doubles, so that nothing overflows before it is checked.
double rounded_count(double ratio, double base);

/// n and m, in doubles.
struct Sizes {
  double samples;
  double width;
};

/// n and m grow with the ratios and d, so a grid's extremes are at its extreme values. @pre no empty axis
Sizes smallest_sizes(const AxisValues& values);
Sizes largest_sizes(const AxisValues& values);

/// @throws AxisError for an axis that is empty, too long, out of range or has duplicates
void check_axes(const AxisValues& values);

/// @throws AxisError for combinations that are refused anywhere in the product, and for its size
/// @pre check_axes(values)
void check_product(const AxisValues& values);

}  // namespace flatsweep::job

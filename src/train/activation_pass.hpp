#pragma once

#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"

namespace flatsweep::train {

/// z^0 .. z^3 as a loop that vectorises.
template <int degree, typename T>
T power_of(T z) {
  if constexpr (degree == 0)
    return T(1);
  else
    return z * power_of<degree - 1>(z);
}

/// The loop of differentiate() for one degree.
template <int degree, typename T>
void differentiate_degree(T positive, T negative, Index size, T* __restrict values, T* __restrict derivatives) {
  for (Index k = 0; k < size; ++k) {
    const T z = values[k];
    const T slope = (z > T(0) ? positive : T(0)) + (z < T(0) ? negative : T(0));
    const T power = slope * power_of<degree - 1>(std::abs(z));
    values[k] = z * power;
    derivatives[k] = T(degree) * power;
  }
}

/// values := sigma(values), derivatives := sigma' at the old values; 0 at 0.
template <typename T>
void differentiate(const model::PiecewisePower& sigma, Index size, T* values, T* derivatives) {
  const auto positive = static_cast<T>(sigma.alpha_pos), negative = static_cast<T>(-sigma.alpha_neg);
  switch (sigma.degree) {
    case 1:
      return differentiate_degree<1>(positive, negative, size, values, derivatives);
    case 2:
      return differentiate_degree<2>(positive, negative, size, values, derivatives);
    case 3:
      return differentiate_degree<3>(positive, negative, size, values, derivatives);
    case 4:
      return differentiate_degree<4>(positive, negative, size, values, derivatives);
    default:
      expects(false);
  }
}

}  // namespace flatsweep::train

#pragma once

#include <cmath>
#include <numbers>

namespace flatsweep::measure {

/// acos(x) for |x| <= 1, without branches, so that loops over it vectorise (compile them without math errno
/// and trapping math). asin(s) = s + s R(s^2) on [0, 1/2] with the rational R of fdlibm's e_asin.c, whose
/// error is below 2^-58.75; |x| > 1/2 goes through acos(x) = 2 asin(sqrt((1 - x)/2)). The result is within 4
/// units in the last place (its test checks that against long double).
inline double arc_cosine(double x) {
  const double magnitude = std::abs(x);
  const bool steep = magnitude > 0.5;
  const double square = steep ? 0.5 * (1.0 - magnitude) : magnitude * magnitude;
  const double root = std::sqrt(square);
  const double sine = steep ? root : magnitude;
  const double numerator =
      square * (1.66666666666666657415e-01 +
                square * (-3.25565818622400915405e-01 +
                          square * (2.01212532134862925881e-01 +
                                    square * (-4.00555345006794114027e-02 +
                                              square * (7.91534994289814532176e-04 +
                                                        square * 3.47933107596021167570e-05)))));
  const double denominator =
      1.0 + square * (-2.40339491173441421878e+00 +
                      square * (2.02094576023350569471e+00 + square * (-6.88283971605453293030e-01 +
                                                                       square * 7.70381505559019352791e-02)));
  const double arc_sine = sine + sine * (numerator / denominator);
  const double of_magnitude = steep ? 2.0 * arc_sine : std::numbers::pi / 2.0 - arc_sine;
  return x < 0.0 ? std::numbers::pi - of_magnitude : of_magnitude;
}

}  // namespace flatsweep::measure

#include "flatsweep/measure/flatness_teacher.hpp"

#include <cmath>
#include <limits>

#include "flatsweep/measure/flatness.hpp"

namespace flatsweep::measure {

double flatness_teacher(const sample::Teacher& teacher, MatrixView features, Index width, double noise) {
  if (teacher.link.kind() != model::Link::Kind::matched || noise != 0.0 || teacher.offset != 0.0)
    return std::numeric_limits<double>::quiet_NaN();
  const model::Activation& activation = teacher.activation;
  Matrix activations = features * teacher.index_directions.transpose();  // n x r
  activation.apply(activations);
  const Vector kappa = trace_weights(activation, curvature(activation, activations, features));
  const double q = activation.exponent();
  const double copies = static_cast<double>(width) / static_cast<double>(teacher.index_directions.rows());
  return std::pow(copies, 1.0 - q) * flatness(kappa, teacher.coefficients, q);
}

}  // namespace flatsweep::measure

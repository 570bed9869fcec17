#include "flatsweep/measure/target_moments.hpp"

#include <limits>

#include "flatsweep/measure/link_kernel.hpp"

namespace flatsweep::measure {

TargetMoments target_moments(const sample::Teacher& teacher) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (teacher.link.kind() == model::Link::Kind::quadratic_form) return {nan, nan};
  const LinkKernel kernel(teacher.link, teacher.activation);
  return {teacher.offset + teacher.coefficients.sum() * kernel.mean(),
          teacher.coefficients.squaredNorm() * kernel.variance()};
}

Vector target_projection(const sample::Teacher& teacher, MatrixView inner_weights) {
  const LinkKernel kernel(teacher.link, teacher.activation);
  Matrix expectations = inner_weights * teacher.index_directions.transpose();  // m x r
  kernel.apply(expectations);
  Vector projection = expectations * teacher.coefficients;
  projection.array() += teacher.offset * gaussian_mean(teacher.activation.power());
  return projection;
}

}  // namespace flatsweep::measure

#include "flatsweep/solve/certificate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flatsweep/solve/extended_product.hpp"

namespace flatsweep::solve {
namespace {

constexpr double residual_tolerance = 1e-10;
constexpr double gap_tolerance = 1e-9;

/// max_j |t_j| / kappa_j over the live columns.
double infeasibility_ratio(const Program& program, const Vector& t) {
  double ratio = 0.0;
  for (Index j = 0; j < t.size(); ++j)
    if (program.kappa(j) > 0.0) ratio = std::max(ratio, std::abs(t(j)) / program.kappa(j));
  return ratio;
}

/// D(nu) = y'nu - (q-1) sum_j kappa_j (|t_j| / (q kappa_j))^q*, for q > 1.
double smooth_dual_value(const Program& program, const Vector& t, double linear_part) {
  const double conjugate = program.q / (program.q - 1.0);
  double sum = 0.0;
  for (Index j = 0; j < t.size(); ++j)
    if (program.kappa(j) > 0.0)
      sum += program.kappa(j) * std::pow(std::abs(t(j)) / (program.q * program.kappa(j)), conjugate);
  return linear_part - (program.q - 1.0) * sum;
}

}  // namespace

double objective(const Program& program, const VectorView& outer_weights) {
  if (program.q == 1.0) return program.kappa.dot(outer_weights.cwiseAbs());
  double sum = 0.0;
  for (Index j = 0; j < outer_weights.size(); ++j)
    sum += program.kappa(j) * std::pow(std::abs(outer_weights(j)), program.q);
  return sum;
}

double residual_floor(const Program& program, const VectorView& outer_weights) {
  return 8.0 * std::numeric_limits<double>::epsilon() * program.activations.norm() * outer_weights.norm() /
         program.labels.norm();
}

Certificate certify(const Program& program, const VectorView& outer_weights) {
  Vector residual(program.labels.size());
  Vector carry(program.labels.size());
  extended_residual(program.activations, outer_weights, program.labels, residual, carry);
  return {objective(program, outer_weights), residual.norm() / program.labels.norm(),
          std::numeric_limits<double>::quiet_NaN()};
}

Certificate certify(const Program& program, const VectorView& outer_weights, const VectorView& dual) {
  Certificate certificate = certify(program, outer_weights);
  Vector t(program.kappa.size());
  extended_transposed_product(program.activations, dual, t);
  const double linear_part = extended_dot(program.labels, dual);
  const double dual_value = program.q == 1.0 ? linear_part / std::max(1.0, infeasibility_ratio(program, t))
                                             : smooth_dual_value(program, t, linear_part);
  certificate.gap = (certificate.objective - dual_value) / certificate.objective;
  return certificate;
}

Status judge(const Certificate& certificate, double floor) {
  const bool interpolates = certificate.residual <= std::max(residual_tolerance, floor);
  const bool optimal = std::isnan(certificate.gap) || std::abs(certificate.gap) <= gap_tolerance;
  return interpolates && optimal ? Status::solved : Status::inaccurate;
}

void scale_to_feasible(const Program& program, Eigen::Ref<Vector> dual) {
  Vector t(program.kappa.size());
  extended_transposed_product(program.activations, dual, t);
  dual /= std::max(1.0, infeasibility_ratio(program, t));
}

}  // namespace flatsweep::solve

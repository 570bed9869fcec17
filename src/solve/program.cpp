#include "flatsweep/solve/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "flatsweep/core/error.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

/// Return max_j |t_j| / (q kappa_j) over the nonzero columns.
double infeasibility_ratio(const Program& program, const Vector& t) {
  double ratio = 0.0;
  for (Index j = 0; j < t.size(); ++j)
    if (program.kappa(j) > 0.0) ratio = std::max(ratio, std::abs(t(j)) / (program.q * program.kappa(j)));
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

/// Return Omega(a) + Omega*(t) - a't, a sum of terms that are all >= 0 (Young).
/// @pre t is feasible if q = 1
double young_gap(const Program& program, const VectorView& a, const Vector& t) {
  const double conjugate = program.q / (program.q - 1.0);
  double sum = 0.0;
  for (Index j = 0; j < t.size(); ++j) {
    const double kappa = program.kappa(j);
    if (program.q == 1.0)
      sum += std::abs(a(j)) * kappa - a(j) * t(j);
    else if (kappa > 0.0)
      sum += kappa * (std::pow(std::abs(a(j)), program.q) +
                      (program.q - 1.0) * std::pow(std::abs(t(j)) / (program.q * kappa), conjugate)) -
             a(j) * t(j);
  }
  return sum;
}

/// Return the certificate of a program with a penalty, whose gap is the identity
/// P + |r|^2/(2 mu) - D = [Omega(a) + Omega*(t) - a't] + |r - mu nu|^2/(2 mu), r = y - S a, without cancellation.
Certificate certify_penalised(const Program& program, const VectorView& outer_weights, const VectorView& dual) {
  const double mu = program.ridge();
  Vector t = extended_transposed_product(program.activations, dual);
  const double shrinkage = program.q == 1.0 ? std::max(1.0, infeasibility_ratio(program, t)) : 1.0;
  t /= shrinkage;
  const Vector loss_part = extended_residual(program.activations, outer_weights, program.labels);
  const Vector missing = loss_part - mu * dual;
  const double p = objective(program, outer_weights);
  const double gap =
      young_gap(program, outer_weights, t) + (loss_part - (mu / shrinkage) * dual).squaredNorm() / (2.0 * mu);
  const double size = p > 0.0 ? p : loss_part.squaredNorm() / (2.0 * mu);
  return {p, missing.norm() / program.labels.norm(), gap / size};
}

}  // namespace

void require_valid(const Program& program) {
  const double q = program.q;
  if (!(q >= 1 && q <= 2)) throw Error("q is out of range", fmt::format("it is {}", q), "Choose q from 1 to 2.");
  if (!(program.penalty >= 0.0 && std::isfinite(program.penalty)))
    throw Error("penalty is out of range", fmt::format("it is {}", program.penalty),
                "Choose 0 for an interpolator, or a positive number.");
  constexpr double least_smooth_exponent = 1.1;
  if (program.penalty > 0.0 && q > 1.0 && q < least_smooth_exponent)
    throw Error("q does not go with a penalty", fmt::format("it is {}", q),
                "Choose q = 1 or q from 1.1 to 2, or no penalty.");
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const double kappa = program.kappa(j);
    if (kappa > 0) continue;
    const bool is_zero = program.activations.col(j).isZero(0.0);
    if (kappa < 0 || !is_zero) {
      throw Error("kappa is out of range",
                  fmt::format("entry {} is {} and column {} of S is {}", j, kappa, j, is_zero ? "zero" : "not zero"),
                  "Weights are positive, or zero if the column of S is.");
    }
  }
}

void expect_valid(const Program& program) {
  expects(program.activations.rows() == program.labels.size());
  expects(program.activations.cols() == program.kappa.size());
  expects(program.q >= 1.0 && program.q <= 2.0);
  expects(program.penalty >= 0.0 && std::isfinite(program.penalty));
  expects(program.activations.allFinite() && program.labels.allFinite() && program.kappa.allFinite());
}

Certificate certify(const Program& program, const VectorView& outer_weights) {
  const Vector residual = extended_residual(program.activations, outer_weights, program.labels);
  return {objective(program, outer_weights), residual.norm() / program.labels.norm(), not_a_number};
}

Certificate certify(const Program& program, const VectorView& outer_weights, const VectorView& dual) {
  if (program.penalty > 0.0) return certify_penalised(program, outer_weights, dual);
  Certificate certificate = certify(program, outer_weights);
  const Vector t = extended_transposed_product(program.activations, dual);
  const double linear_part = extended_dot(program.labels, dual);
  const double dual_value = program.q == 1.0 ? linear_part / std::max(1.0, infeasibility_ratio(program, t))
                                             : smooth_dual_value(program, t, linear_part);
  certificate.gap = (certificate.objective - dual_value) / certificate.objective;
  return certificate;
}

double residual_floor(const Program& program, const VectorView& outer_weights) {
  return tuning.acceptance.rounding_units * std::numeric_limits<double>::epsilon() * program.activations.norm() *
         outer_weights.norm() / program.labels.norm();
}

double row_residual(const Program& program, const VectorView& outer_weights) {
  const Vector residual = extended_residual(program.activations, outer_weights, program.labels);
  Vector sizes = program.labels.cwiseAbs();
  for (Index j = 0; j < outer_weights.size(); ++j)
    if (outer_weights(j) != 0.0) sizes += std::abs(outer_weights(j)) * program.activations.col(j).cwiseAbs();
  const double rounding = tuning.acceptance.rounding_units * std::numeric_limits<double>::epsilon() *
                          outer_weights.lpNorm<Eigen::Infinity>();
  const Vector largest_entries = row_maxima(program.activations);
  double largest = 0.0;
  for (Index i = 0; i < sizes.size(); ++i)
    if (std::abs(residual(i)) > rounding * largest_entries(i))
      largest = std::max(largest, std::abs(residual(i)) / sizes(i));
  return largest;
}

Status classify(const Certificate& certificate, double floor) {
  const bool interpolates = certificate.residual <= std::max(tuning.acceptance.residual, floor);
  const bool in_every_row = !(certificate.row_residual > tuning.acceptance.residual);
  const bool optimal = std::isnan(certificate.gap) || std::abs(certificate.gap) <= tuning.acceptance.gap;
  return interpolates && in_every_row && optimal ? Status::solved : Status::inaccurate;
}

void scale_to_feasible(const Program& program, Eigen::Ref<Vector> dual) {
  const Vector t = extended_transposed_product(program.activations, dual);
  dual /= std::max(1.0, infeasibility_ratio(program, t));
}

double objective(const Program& program, const VectorView& outer_weights) {
  if (program.q == 1.0) return program.kappa.dot(outer_weights.cwiseAbs());
  double sum = 0.0;
  for (Index j = 0; j < outer_weights.size(); ++j)
    sum += program.kappa(j) * std::pow(std::abs(outer_weights(j)), program.q);
  return sum;
}

}  // namespace flatsweep::solve

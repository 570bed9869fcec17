#include "solve/scaling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

template <typename Dense>
int exponent_of_largest(const Dense& values) {
  const double largest = values.cwiseAbs().maxCoeff();
  return largest > 0.0 ? std::ilogb(largest) : 0;
}

/// values times 2^exponent; unlike the factor, no entry overflows on the way to order 1.
template <typename Dense>
auto scaled(const Dense& values, int exponent) {
  return values.unaryExpr([exponent](double value) { return std::ldexp(value, exponent); });
}

/// Return v_i 2^exponent_i: exact for a whole exponent as far as doubles reach.
Vector power_scaled(const VectorView& v, const Vector& exponents) {
  Vector result(v.size());
  for (Index i = 0; i < v.size(); ++i) {
    const double whole = std::floor(exponents(i));
    result(i) = std::ldexp(v(i) * std::exp2(exponents(i) - whole), static_cast<int>(whole));
  }
  return result;
}

/// Return penalty 2^exponent; 0 stays 0.
/// @throws std::range_error if it overflows
double scaled_penalty(double penalty, double exponent) {
  const double result = penalty == 0.0 ? 0.0 : penalty * std::exp2(exponent);
  if (!std::isfinite(result)) throw std::range_error("the penalty overflows");
  return result;
}

}  // namespace

ScaledProgram::ScaledProgram(const Program& program)
    : original_(program),
      activations_exponent_(exponent_of_largest(program.activations)),
      labels_exponent_(exponent_of_largest(program.labels)),
      kappa_exponent_(exponent_of_largest(program.kappa)),
      labels_(scaled(program.labels, -labels_exponent_)),
      kappa_(scaled(program.kappa, -kappa_exponent_)) {
  if (std::abs(activations_exponent_) <= tuning.ladder.harmless_exponent)
    activations_exponent_ = 0;
  else
    activations_ = scaled(program.activations, -activations_exponent_);
  const int weights_exponent = labels_exponent_ - activations_exponent_;
  penalty_ = scaled_penalty(program.penalty, kappa_exponent_ + program.q * weights_exponent - 2.0 * labels_exponent_);
}

Program ScaledProgram::program() const {
  return {activations_.size() == 0 ? original_.activations : MatrixView(activations_), labels_, kappa_, original_.q,
          penalty_};
}

/// With S = s S', y = l y', kappa = k kappa': a = (l/s) a', P = k (l/s)^q P', nu = (P/P') nu' / l and
/// penalty' = penalty (P/P') / l^2.
Solution ScaledProgram::restored(Solution solution) const {
  const int exponent = labels_exponent_ - activations_exponent_;
  const double objective_exponent = kappa_exponent_ + original_.q * exponent;
  solution.outer_weights = scaled(solution.outer_weights, exponent).eval();
  solution.dual *= std::exp2(objective_exponent - labels_exponent_);
  solution.certificate.objective *= std::exp2(objective_exponent);
  return solution;
}

EquilibratedProgram::EquilibratedProgram(const Program& program, Equilibration equilibration)
    : original_(program), rows_(Vector::Zero(program.labels.size())), columns_(Vector::Zero(program.kappa.size())) {
  if (equilibration != Equilibration::none) equilibrate(equilibration);
  const Vector sizes = program.labels.array().abs().log2().floor().matrix() + rows_;  // -inf for zeros
  const auto is_zero_row = [&](Index i) { return (program.activations.row(i).array() == 0.0).all(); };
  labels_ = -std::numeric_limits<double>::infinity();
  for (Index i = 0; i < rows_.size(); ++i)
    if (!is_zero_row(i)) labels_ = std::max(labels_, sizes(i));
  if (std::isinf(labels_)) labels_ = sizes.maxCoeff();
  if (equilibration != Equilibration::none)  // an equation 0 = y_i is as wrong as any, however small y_i is
    for (Index i = 0; i < rows_.size(); ++i)
      if (std::isfinite(sizes(i)) && is_zero_row(i)) rows_(i) += labels_ - sizes(i);
  scaled_labels_ = power_scaled(program.labels, (rows_.array() - labels_).matrix());
  const Vector costs = program.q * columns_;
  kappa_exponent_ = (program.kappa.array().log2().matrix() + costs).maxCoeff();
  kappa_exponent_ = std::isfinite(kappa_exponent_) ? std::floor(kappa_exponent_) : 0.0;
  kappa_ = power_scaled(program.kappa, (costs.array() - kappa_exponent_).matrix());
  if (equilibration == Equilibration::none) return;
  activations_ = program.activations;
  for (Index j = 0; j < columns_.size(); ++j)
    activations_.col(j) = power_scaled(activations_.col(j), (rows_.array() + columns_(j)).matrix());
}

void EquilibratedProgram::equilibrate(Equilibration equilibration) {
  constexpr int sweeps = 4;
  const Eigen::ArrayXXd sizes = original_.activations.array().abs().log2();
  const auto finite_or_zero = [](double exponent) { return std::isfinite(exponent) ? -std::floor(exponent) : 0.0; };
  if (equilibration == Equilibration::by_costs)
    columns_ = (original_.kappa.array().log2() / original_.q).unaryExpr(finite_or_zero).matrix();
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    rows_ = (sizes.rowwise() + columns_.transpose().array()).rowwise().maxCoeff().unaryExpr(finite_or_zero).matrix();
    if (equilibration == Equilibration::by_costs) return;
    const Eigen::ArrayXd heights = (sizes.colwise() + rows_.array()).colwise().maxCoeff().transpose();
    columns_ = heights.unaryExpr(finite_or_zero).matrix();
  }
}

bool EquilibratedProgram::changes_scales_by(double spread) const {
  const auto range = [](const Vector& exponents) { return exponents.maxCoeff() - exponents.minCoeff(); };
  return std::max(range(rows_), range(columns_)) > spread || rows_.cwiseAbs().maxCoeff() > spread ||
         columns_.cwiseAbs().maxCoeff() > spread;
}

bool EquilibratedProgram::keeps_columns() const {
  const Program equilibrated = program();
  for (Index j = 0; j < kappa_.size(); ++j) {
    if (original_.activations.col(j).isZero(0.0)) continue;
    if (kappa_(j) == 0.0 || equilibrated.activations.col(j).isZero(0.0)) return false;
  }
  return true;
}

Program EquilibratedProgram::program() const {
  return {activations_.size() == 0 ? original_.activations : MatrixView(activations_), scaled_labels_, kappa_,
          original_.q, scaled_penalty(original_.penalty, kappa_exponent_ + (original_.q - 2.0) * labels_)};
}

/// With S' = R S C, y' = R y / l, kappa' = kappa C^q / k: a = l C a', P = k l^q P', nu = (P/P') R nu' / l.
Solution EquilibratedProgram::restored(Solution solution) const {
  if (solution.status == Status::infeasible) return solution;
  constexpr double negligible = 1e-100;  // share of the largest: what becomes of less changes no sum
  const auto lost = [](const Vector& before, const Vector& after) {
    const double least = negligible * before.lpNorm<Eigen::Infinity>();
    for (Index i = 0; i < before.size(); ++i)
      if (!std::isfinite(after(i)) || (std::abs(before(i)) > least && !std::isnormal(after(i)))) return true;
    return false;
  };
  const double objective_exponent = kappa_exponent_ + original_.q * labels_;
  const Vector a = power_scaled(solution.outer_weights, (columns_.array() + labels_).matrix());
  const Vector nu = power_scaled(solution.dual, (rows_.array() + (objective_exponent - labels_)).matrix());
  const Vector objective = Vector::Constant(1, solution.certificate.objective);
  const Vector restored_objective = power_scaled(objective, Vector::Constant(1, objective_exponent));
  if (lost(solution.outer_weights, a) || lost(solution.dual, nu) || lost(objective, restored_objective))
    solution.status = Status::inaccurate;
  solution.outer_weights = a;
  solution.dual = nu;
  solution.certificate.objective = restored_objective(0);
  return solution;
}

}  // namespace flatsweep::solve

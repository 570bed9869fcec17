#include "solve/scaling.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "solve/numerics.hpp"
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

/// What exponent_of() gives for 0.
constexpr int no_exponent = -1'000'000;

/// Return the binary exponent of a value.
int exponent_of(double value) {
  const int biased = static_cast<int>((std::bit_cast<std::uint64_t>(value) >> 52U) & 0x7ffU);
  if (biased > 0) return biased - 1023;
  return value == 0.0 ? no_exponent : std::ilogb(value);
}

/// Return penalty 2^exponent; 0 stays 0.
/// @throws std::range_error if it overflows
double scaled_penalty(double penalty, double exponent) {
  const double result = penalty == 0.0 ? 0.0 : penalty * std::exp2(exponent);
  if (!std::isfinite(result)) throw std::range_error("the penalty overflows");
  return result;
}

/// Set the exponents by which the largest entries of rows and columns, or the costs of columns, come near to 1.
void equilibrate(const Program& program, Equilibration equilibration, Vector& row_exponents, Vector& column_exponents) {
  constexpr int sweeps = 4;
  const auto inverse = [](int exponent) { return exponent > no_exponent / 2 ? -exponent : 0; };
  const Eigen::ArrayXXi sizes = program.activations.array().unaryExpr(&exponent_of);
  Eigen::ArrayXi rows(sizes.rows());
  Eigen::ArrayXi columns = Eigen::ArrayXi::Zero(sizes.cols());
  if (equilibration == Equilibration::by_costs)
    columns = (program.kappa.array().log2() / program.q).unaryExpr([](double exponent) {
      return std::isfinite(exponent) ? -static_cast<int>(std::floor(exponent)) : 0;
    });
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    rows.setConstant(no_exponent);
    for (Index j = 0; j < sizes.cols(); ++j) rows = rows.max(sizes.col(j) + columns(j));
    rows = rows.unaryExpr(inverse).eval();
    if (equilibration == Equilibration::by_costs) break;
    for (Index j = 0; j < sizes.cols(); ++j) columns(j) = inverse((sizes.col(j) + rows).maxCoeff());
  }
  row_exponents = rows.cast<double>().matrix();
  column_exponents = columns.cast<double>().matrix();
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

Scales::Scales(const Program& program, Equilibration equilibration)
    : rows(Vector::Zero(program.labels.size())), columns(Vector::Zero(program.kappa.size())) {
  if (equilibration != Equilibration::none) equilibrate(program, equilibration, rows, columns);
  const Vector sizes = program.labels.array().abs().log2().floor().matrix() + rows;  // -inf for zeros
  const Vector largest = row_maxima(program.activations);
  labels = -std::numeric_limits<double>::infinity();
  for (Index i = 0; i < rows.size(); ++i)
    if (largest(i) > 0.0) labels = std::max(labels, sizes(i));
  if (std::isinf(labels)) labels = sizes.maxCoeff();
  if (equilibration == Equilibration::none) return;
  for (Index i = 0; i < rows.size(); ++i)  // an equation 0 = y_i is as wrong as any, however small y_i is
    if (std::isfinite(sizes(i)) && largest(i) == 0.0) rows(i) += labels - sizes(i);
}

bool Scales::differ_by(double spread) const {
  const auto range = [](const Vector& exponents) { return exponents.maxCoeff() - exponents.minCoeff(); };
  return std::max(range(rows), range(columns)) > spread || rows.cwiseAbs().maxCoeff() > spread ||
         columns.cwiseAbs().maxCoeff() > spread;
}

EquilibratedProgram::EquilibratedProgram(const Program& program, Equilibration equilibration)
    : original_(program), scales_(program, equilibration) {
  const auto& [rows, columns, labels] = scales_;
  scaled_labels_ = power_scaled(program.labels, (rows.array() - labels).matrix());
  const Vector costs = program.q * columns;
  kappa_exponent_ = (program.kappa.array().log2().matrix() + costs).maxCoeff();
  kappa_exponent_ = std::isfinite(kappa_exponent_) ? std::floor(kappa_exponent_) : 0.0;
  kappa_ = power_scaled(program.kappa, (costs.array() - kappa_exponent_).matrix());
  if (equilibration == Equilibration::none) return;
  activations_ = program.activations;
  for (Index j = 0; j < columns.size(); ++j)
    activations_.col(j) = power_scaled(activations_.col(j), (rows.array() + columns(j)).matrix());
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
          original_.q, scaled_penalty(original_.penalty, kappa_exponent_ + (original_.q - 2.0) * scales_.labels)};
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
  const double objective_exponent = kappa_exponent_ + original_.q * scales_.labels;
  const Vector a = power_scaled(solution.outer_weights, (scales_.columns.array() + scales_.labels).matrix());
  const Vector nu =
      power_scaled(solution.dual, (scales_.rows.array() + (objective_exponent - scales_.labels)).matrix());
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

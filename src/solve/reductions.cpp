#include "solve/reductions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "solve/numerics.hpp"

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

std::vector<Index> nonzero_columns(const Program& program) {
  std::vector<Index> columns;
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const bool zero = (program.activations.col(j).array() == 0.0).all();
    expects(zero || program.kappa(j) > 0.0);
    if (!zero) columns.push_back(j);
  }
  return columns;
}

}  // namespace

Solution no_interpolator(const Program& program, double residual, Index rank) {
  return {.status = Status::infeasible,
          .outer_weights = Vector::Constant(program.kappa.size(), not_a_number),
          .dual = Vector::Constant(program.labels.size(), not_a_number),
          .certificate = {not_a_number, residual, not_a_number},
          .rank = rank,
          .path = {}};
}

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
}

Program ScaledProgram::program() const {
  return {activations_.size() == 0 ? original_.activations : MatrixView(activations_), labels_, kappa_, original_.q};
}

/// With S = s S', y = l y', kappa = k kappa': a = (l/s) a', P = k (l/s)^q P', nu = (P/P') nu' / l.
Solution ScaledProgram::restored(Solution solution) const {
  const int exponent = labels_exponent_ - activations_exponent_;
  const double objective_exponent = kappa_exponent_ + original_.q * exponent;
  solution.outer_weights = scaled(solution.outer_weights, exponent).eval();
  solution.dual *= std::exp2(objective_exponent - labels_exponent_);
  solution.certificate.objective *= std::exp2(objective_exponent);
  return solution;
}

NonzeroProgram::NonzeroProgram(const Program& program) : original_(program), columns_(nonzero_columns(program)) {
  if (complete()) return;
  activations_ = program.activations(Eigen::all, columns_);
  kappa_ = program.kappa(columns_);
}

Program NonzeroProgram::program() const {
  return complete() ? original_ : Program{activations_, original_.labels, kappa_, original_.q};
}

Solution NonzeroProgram::restored(Solution solution) const {
  if (complete()) return solution;
  const double other = solution.status == Status::infeasible ? not_a_number : 0.0;
  Vector outer_weights = Vector::Constant(original_.kappa.size(), other);
  outer_weights(columns_) = solution.outer_weights;
  solution.outer_weights = std::move(outer_weights);
  return solution;
}

RowSpaceProgram::RowSpaceProgram(const Program& program, const StopRequest& stop, double tolerance)
    : original_(program),
      decomposition_(program.activations, stop, tolerance),
      labels_(decomposition_.reduced_labels(program.labels)),
      residual_(decomposition_.range_residual(program.labels)) {
  labels_ += missing_labels(least_norm_weights());
}

bool RowSpaceProgram::is_feasible() const {
  return residual_ <= std::max(tuning.acceptance.distance_of_range, residual_floor(original_, least_norm_weights()));
}

/// Return L^-1 Z'(y - S a), k.
Vector RowSpaceProgram::missing_labels(const Vector& outer_weights) const {
  return decomposition_.reduced_labels(extended_residual(original_.activations, outer_weights, original_.labels));
}

void RowSpaceProgram::refine(Vector& outer_weights, const std::vector<Index>& basis) const {
  Matrix factors = row_space()(Eigen::all, basis);
  Eigen::VectorXi order(factors.rows());
  if (!dense::factor_lu(factors, order)) return;
  for (int step = 0; step < tuning.ladder.vertex_refinements; ++step) {
    Vector correction = missing_labels(outer_weights)(order);
    dense::solve_lu(factors, correction);
    outer_weights(basis) += correction;
  }
}

}  // namespace flatsweep::solve

#include "solve/reductions.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "solve/basis.hpp"

namespace flatsweep::solve {
namespace {

std::vector<Index> nonzero_columns(const Program& program) {
  std::vector<Index> columns;
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const bool zero = (program.activations.col(j).array() == 0.0).all();
    expects(zero || program.kappa(j) > 0.0);
    if (!zero) columns.push_back(j);
  }
  return columns;
}

/// Return the Cholesky factor of S S' + ridge I, with a larger ridge if rounding makes that indefinite.
Matrix regular_cholesky(const MatrixView& activations, double ridge) {
  constexpr double growth = 100.0;
  const double least = 10.0 * std::numeric_limits<double>::epsilon() * activations.squaredNorm();
  for (double shift = std::max(ridge, least);; shift *= growth) {
    Matrix gram(activations.rows(), activations.rows());
    dense::symmetric_product(1.0, activations, 0.0, gram);
    gram.diagonal().array() += shift;
    if (!dense::cholesky(gram)) continue;
    gram.triangularView<Eigen::StrictlyUpper>().setZero();
    return gram;
  }
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

NonzeroProgram::NonzeroProgram(const Program& program) : original_(program), columns_(nonzero_columns(program)) {
  if (complete()) return;
  activations_ = program.activations(Eigen::indexing::all, columns_);
  kappa_ = program.kappa(columns_);
}

Program NonzeroProgram::program() const {
  return complete() ? original_ : Program{activations_, original_.labels, kappa_, original_.q, original_.penalty};
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

void RowSpaceProgram::refine(Vector& outer_weights, const std::vector<Index>& basis) const {
  Matrix factors = row_space()(Eigen::indexing::all, basis);
  Eigen::VectorXi order(factors.rows());
  if (!dense::factor_lu(factors, order)) return;
  for (int step = 0; step < tuning.ladder.vertex_refinements; ++step) {
    Vector correction = missing_labels(outer_weights)(order);
    dense::solve_lu(factors, correction);
    outer_weights(basis) += correction;
  }
}

RangeProgram::RangeProgram(const Program& program, const StopRequest& stop)
    : original_(program),
      decomposition_(program.activations, stop),
      activations_(decomposition_.rotated_activations()),
      labels_(decomposition_.rotated(program.labels)),
      outside_((program.labels - decomposition_.lifted(labels_)) / program.ridge()),
      lower_(regular_cholesky(activations_, program.ridge())) {}

Vector RangeProgram::rounded_dual(const VectorView& dual, const std::vector<Index>& basis,
                                  const VectorView& signed_costs) const {
  Vector rounded = lifted_dual(dual);
  round_dual(original_.activations, basis, signed_costs, rounded);
  return rounded;
}

}  // namespace flatsweep::solve

#include "flatsweep/solve/row_space_program.hpp"

#include <algorithm>

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/solve/certificate.hpp"
#include "flatsweep/solve/extended_product.hpp"

namespace flatsweep::solve {

RowSpaceProgram::RowSpaceProgram(const Program& program, const StopRequest& stop, double tolerance)
    : original_(program),
      decomposition_(program.activations, stop, tolerance),
      labels_(decomposition_.reduced_labels(program.labels)),
      residual_(decomposition_.range_residual(program.labels)) {
  labels_ += missing_labels(least_norm_weights());
}

bool RowSpaceProgram::is_feasible() const {
  return residual_ <= std::max(range_tolerance, residual_floor(original_, least_norm_weights()));
}

/// L^-1 Z'(y - S a), k.
Vector RowSpaceProgram::missing_labels(const Vector& outer_weights) const {
  Vector residual(original_.labels.size());
  Vector carry(original_.labels.size());
  extended_residual(original_.activations, outer_weights, original_.labels, residual, carry);
  return decomposition_.reduced_labels(residual);
}

void RowSpaceProgram::refine(Vector& outer_weights, const std::vector<Index>& basis) const {
  Matrix factors = row_space()(Eigen::all, basis);
  Eigen::VectorXi order(factors.rows());
  if (!dense::factor_lu(factors, order)) return;
  for (int step = 0; step < 2; ++step) {
    Vector correction = missing_labels(outer_weights)(order);
    dense::solve_lu(factors, correction);
    outer_weights(basis) += correction;
  }
}

void RowSpaceProgram::refine(Vector& outer_weights) const {
  outer_weights += row_space().transpose() * missing_labels(outer_weights);
}

}  // namespace flatsweep::solve

#include "flatsweep/measure/objective_bound.hpp"

#include <Eigen/QR>
#include <cmath>
#include <limits>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::measure {

double objective_bound(MatrixView activations, VectorView labels, VectorView kappa, double q,
                       VectorView direction) {
  expects(q >= 1.0 && direction.size() == labels.size() && activations.rows() == labels.size());
  if (!direction.allFinite()) return std::numeric_limits<double>::quiet_NaN();
  const double slope = labels.dot(direction);
  if (slope <= 0.0) return 0.0;
  Vector ratio = (activations.transpose() * direction).cwiseAbs();
  ratio = (kappa.array() > 0.0).select(ratio.array() / kappa.array(), 0.0);
  if (q == 1.0) return slope / ratio.maxCoeff();
  const double conjugate = q / (q - 1.0);
  const double curvature =
      (q - 1.0) * kappa.dot((ratio / q).unaryExpr([&](double x) { return std::pow(x, conjugate); }));
  const double step = std::pow(slope / (conjugate * curvature), 1.0 / (conjugate - 1.0));
  return step * slope / q;
}

Vector minimum_norm_direction(MatrixView activations, VectorView labels) {
  Eigen::CompleteOrthogonalDecomposition<Matrix> decomposition;
  decomposition.setThreshold(1e-12);
  decomposition.compute(activations);
  const Vector weights = decomposition.solve(labels);  // a = S^+ y
  Eigen::CompleteOrthogonalDecomposition<Matrix> transposed;
  transposed.setThreshold(1e-12);
  transposed.compute(activations.transpose());
  return transposed.solve(weights);  // (S')^+ S^+ y = (S S')^+ y
}

}  // namespace flatsweep::measure

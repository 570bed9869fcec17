#include "flatsweep/measure/spectrum.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "measure/linear_algebra.hpp"
#include "measure/neurons.hpp"

namespace flatsweep::measure {
namespace {

/// Return the largest eigenvalue of A (n x n, lower triangle).
double largest_eigenvalue_of(const MatrixView& symmetric, const StopRequest& stop) {
  const auto apply = [&](const Vector& x, Eigen::Ref<Vector> y) {
    y.noalias() = symmetric.selfadjointView<Eigen::Lower>() * x;
  };
  return largest_eigenvalue(symmetric.rows(), apply, stop);
}

/// Return the soft rank from all eigenvalues of G, for ridges so small that rounding makes G + lambda I
/// indefinite.
double soft_rank_by_eigenvalues(const MatrixView& gram, double lambda) {
  const Eigen::ArrayXd eigenvalues = hessian_eigenvalues(gram).cwiseMax(0.0);
  return (eigenvalues / (eigenvalues + lambda)).sum();
}

/// Return the smallest singular value of the triangular L (n x n), from the largest eigenvalue of (L L')^-1.
double smallest_singular_value(const MatrixView& lower, const StopRequest& stop) {
  if ((lower.diagonal().array() == 0.0).any()) return 0.0;
  const auto apply = [&](const Vector& x, Eigen::Ref<Vector> y) {
    y = x;
    lower.triangularView<Eigen::Lower>().solveInPlace(y);
    lower.transpose().triangularView<Eigen::Upper>().solveInPlace(y);
  };
  return 1.0 / std::sqrt(largest_eigenvalue(lower.rows(), apply, stop));
}

/// Return L (n x n) of A = L Q (n x m, n <= m).
Matrix lower_factor(const MatrixView& wide) {
  Matrix factored = wide.transpose();
  const Index n = wide.rows();
  Vector reflector_scales(n);
  dense::factor_qr(factored, reflector_scales);
  Matrix lower = Matrix::Zero(n, n);
  lower.triangularView<Eigen::Lower>() = factored.topRows(n).transpose();
  return lower;
}

SingularRange singular_range_of_wide(const MatrixView& wide, const StopRequest& stop) {
  constexpr double largest_condition = 3e3;
  Matrix gram(wide.rows(), wide.rows());
  dense::symmetric_product(1.0, wide, 0.0, gram);
  stop.check();
  if (gram.trace() == 0.0) return {0.0, 0.0};
  const double max = std::sqrt(largest_eigenvalue_of(gram, stop));
  if (dense::cholesky(gram)) {
    const double min = smallest_singular_value(gram, stop);
    if (max <= largest_condition * min) return {max, min};
  }
  stop.check();
  return {max, smallest_singular_value(lower_factor(wide), stop)};
}

}  // namespace

Matrix hessian_gram(const model::Activation& activation, const MatrixView& activations, const MatrixView& features,
                    const MatrixView& inner_weights, const VectorView& outer_weights, const VectorView& rescaling,
                    const StopRequest& stop) {
  const Index n = features.rows();
  expects(activations.rows() == n && activations.cols() == rescaling.size());
  const std::vector<Index> neurons = nonzero_entries(rescaling);
  const Vector t = rescaling(neurons);
  const double scale = 2.0 / static_cast<double>(n);

  Matrix inner = Matrix::Zero(n, n);  // (X X') o (T diag(a~^2) T')
  Matrix gram = Matrix::Zero(n, n);
  dense::symmetric_product(1.0, features, 0.0, gram);
  stop.check();
  Matrix factor = features * inner_weights(neurons, Eigen::indexing::all).transpose();  // n x m'
  activation.power().differentiate(factor);
  factor.array().rowwise() *= (outer_weights(neurons).array() / t.array()).transpose();
  dense::symmetric_product(scale, factor, 0.0, inner);
  gram.array() *= inner.array();
  stop.check();
  for (std::size_t k = 0; k < neurons.size(); ++k) {
    const auto column = static_cast<Index>(k);
    factor.col(column) = activations.col(neurons[k]) * std::pow(t(column), activation.degree());
  }
  stop.check();
  dense::symmetric_product(scale, factor, 1.0, gram);
  return gram;
}

double hessian_max(const MatrixView& gram, const StopRequest& stop) {
  expects(gram.rows() == gram.cols() && gram.rows() > 0);
  if (gram.trace() == 0.0) return 0.0;
  return largest_eigenvalue_of(gram, stop);
}

Vector hessian_eigenvalues(const MatrixView& gram) {
  expects(gram.rows() == gram.cols() && gram.rows() > 0);
  return Eigen::SelfAdjointEigenSolver<Matrix>(gram, Eigen::EigenvaluesOnly).eigenvalues();
}

std::vector<double> soft_ranks(const MatrixView& gram, std::span<const double> ridges, const StopRequest& stop) {
  expects(gram.rows() == gram.cols() && gram.rows() > 0);
  const double mean_eigenvalue = gram.diagonal().mean();
  if (mean_eigenvalue == 0.0) return std::vector<double>(ridges.size(), not_a_number);
  const BlockTridiagonal reduced(gram, stop);
  std::vector<double> ranks;
  ranks.reserve(ridges.size());
  for (const double ridge : ridges) {
    expects(ridge > 0.0);
    stop.check();
    const double lambda = ridge * mean_eigenvalue;
    const auto inverse_trace = reduced.inverse_trace(lambda);
    ranks.push_back(inverse_trace ? static_cast<double>(gram.rows()) - lambda * *inverse_trace
                                  : soft_rank_by_eigenvalues(gram, lambda));
  }
  return ranks;
}

SingularRange singular_range(const MatrixView& activations, const StopRequest& stop) {
  expects(activations.size() > 0);
  if (activations.rows() <= activations.cols()) return singular_range_of_wide(activations, stop);
  return singular_range_of_wide(activations.transpose().eval(), stop);
}

}  // namespace flatsweep::measure

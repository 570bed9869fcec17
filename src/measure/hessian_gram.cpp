#include "flatsweep/measure/hessian_gram.hpp"

#include <cmath>
#include <vector>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/dense_kernels.hpp"

namespace flatsweep::measure {
namespace {

std::vector<Index> neurons_that_move(VectorView rescaling) {
  std::vector<Index> neurons;
  for (Index j = 0; j < rescaling.size(); ++j)
    if (rescaling(j) != 0.0) neurons.push_back(j);
  return neurons;
}

/// z := sigma'(z), entry by entry.
void differentiate(const model::PiecewisePower& sigma, Matrix& z) {
  const double positive = sigma.degree * sigma.alpha_pos;
  const double negative = -sigma.degree * sigma.alpha_neg;
  double* entries = z.data();
  for (Index i = 0; i < z.size(); ++i) {
    const double value = entries[i];
    const double magnitude = std::abs(value);
    const double square = magnitude * magnitude;
    const double power = sigma.degree == 1   ? (value != 0.0 ? 1.0 : 0.0)
                         : sigma.degree == 2 ? magnitude
                         : sigma.degree == 3 ? square
                                             : square * magnitude;
    entries[i] = (value > 0.0 ? positive : negative) * power;
  }
}

}  // namespace

Matrix hessian_gram(const model::Activation& activation, MatrixView activations, MatrixView features,
                    MatrixView inner_weights, VectorView outer_weights, VectorView rescaling,
                    const StopRequest& stop) {
  const Index n = features.rows();
  expects(activations.rows() == n && activations.cols() == rescaling.size());
  const std::vector<Index> neurons = neurons_that_move(rescaling);
  const Vector t = rescaling(neurons);
  const double scale = 2.0 / static_cast<double>(n);

  Matrix inner = Matrix::Zero(n, n);  // (X X') o (T diag(a~^2) T')
  Matrix gram = Matrix::Zero(n, n);
  dense::symmetric_product(1.0, features, 0.0, gram);
  stop.check();
  Matrix factor = features * inner_weights(neurons, Eigen::all).transpose();  // n x m'
  differentiate(activation.power(), factor);
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

}  // namespace flatsweep::measure

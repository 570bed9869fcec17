#include "solve/numerics.hpp"

#include <array>
#include <cmath>

// Compiled with -ffp-contract=off: the error-free transformations below must stay as written.
namespace flatsweep::solve {
namespace {

/// a b = product + error, exactly.
inline double product_error(double a, double b, double product) {
#ifdef FP_FAST_FMA
  return std::fma(a, b, -product);
#else
  constexpr double splitter = 134217729.0;  // 2^27 + 1 (Veltkamp)
  const double a_scaled = splitter * a, b_scaled = splitter * b;
  const double a_high = a_scaled - (a_scaled - a), b_high = b_scaled - (b_scaled - b);
  const double a_low = a - a_high, b_low = b - b_high;
  return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
#endif
}

/// (sum, carry) += a b, in double-double arithmetic.
inline void accumulate(double a, double b, double& sum, double& carry) {
  const double product = a * b;
  const double total = sum + product;
  const double addend = total - sum;
  const double rounding = (sum - (total - addend)) + (product - addend);
  sum = total;
  carry += rounding + product_error(a, b, product);
}

constexpr Index lanes = 16;

double dot(const double* x, const double* y, Index n) {
  std::array<double, lanes> sum{};
  std::array<double, lanes> carry{};
  Index i = 0;
  for (; i + lanes <= n; i += lanes)
    for (Index lane = 0; lane < lanes; ++lane)
      accumulate(x[i + lane], y[i + lane], sum[static_cast<std::size_t>(lane)], carry[static_cast<std::size_t>(lane)]);
  double total = 0.0;
  double total_carry = 0.0;
  for (; i < n; ++i) accumulate(x[i], y[i], total, total_carry);
  for (std::size_t lane = 0; lane < sum.size(); ++lane) {
    accumulate(sum[lane], 1.0, total, total_carry);
    total_carry += carry[lane];
  }
  return total + total_carry;
}

}  // namespace

void extended_residual(const MatrixView& activations, const VectorView& outer_weights, const VectorView& labels,
                       Eigen::Ref<Vector> result, Eigen::Ref<Vector> carry) {
  const Index n = activations.rows();
  result = labels;
  carry.setZero();
  double* sums = result.data();
  double* carries = carry.data();
  for (Index j = 0; j < activations.cols(); ++j) {
    const double weight = -outer_weights(j);
    if (weight == 0.0) continue;
    const double* column = activations.data() + j * activations.outerStride();
    for (Index i = 0; i < n; ++i) accumulate(column[i], weight, sums[i], carries[i]);
  }
  result += carry;
}

Vector extended_residual(const MatrixView& activations, const VectorView& outer_weights, const VectorView& labels) {
  Vector result(labels.size());
  Vector carry(labels.size());
  extended_residual(activations, outer_weights, labels, result, carry);
  return result;
}

Vector row_maxima(const MatrixView& activations) {
  Vector largest = Vector::Zero(activations.rows());
  for (Index j = 0; j < activations.cols(); ++j) largest = largest.cwiseMax(activations.col(j).cwiseAbs());
  return largest;
}

Vector extended_transposed_product(const MatrixView& activations, const VectorView& dual) {
  Vector result(activations.cols());
  for (Index j = 0; j < activations.cols(); ++j)
    result(j) = dot(activations.data() + j * activations.outerStride(), dual.data(), dual.size());
  return result;
}

double extended_dot(const VectorView& x, const VectorView& y) { return dot(x.data(), y.data(), x.size()); }

}  // namespace flatsweep::solve

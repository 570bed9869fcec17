#include "flatsweep/model/piecewise_power.hpp"

#include <cmath>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::model {
namespace {

template <int degree>
double power(double z) {
  if constexpr (degree == 0) {
    return 1.0;
  } else if constexpr (degree % 2 == 0) {
    const double root = power<degree / 2>(z);
    return root * root;
  } else {
    return z * power<degree - 1>(z);
  }
}

/// Calls `function.operator()<degree>()`, so that the power is a compile-time constant in its loop.
template <typename Function>
auto with_degree(int degree, Function function) {
  expects(degree >= 1 && degree <= 4);
  switch (degree) {
    case 1:
      return function.template operator()<1>();
    case 2:
      return function.template operator()<2>();
    case 3:
      return function.template operator()<3>();
    default:
      return function.template operator()<4>();
  }
}

template <int degree>
double value(const PiecewisePower& sigma, double z) {
  return (z > 0.0 ? sigma.alpha_pos : sigma.alpha_neg) * power<degree>(std::abs(z));
}

}  // namespace

double PiecewisePower::operator()(double z) const {
  return with_degree(
      degree, [&]<int p>() { return value<p>(*this, z); });
}

double PiecewisePower::derivative(double z) const {
  if (z == 0.0) return 0.0;
  const double slope = z > 0.0 ? alpha_pos : -alpha_neg;
  return with_degree(degree, [&]<int p>() { return p * slope * power<p - 1>(std::abs(z)); });
}

void PiecewisePower::apply(Eigen::Ref<Matrix> z) const {
  with_degree(
      degree,
      [&]<int p>() {
        const PiecewisePower sigma = *this;  // a local copy cannot alias the entries: the loop vectorises
        for (Index j = 0; j < z.cols(); ++j) {
          double* column = z.col(j).data();
          for (Index i = 0; i < z.rows(); ++i) column[i] = value<p>(sigma, column[i]);
        }
      });
}

}  // namespace flatsweep::model

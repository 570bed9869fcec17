#include "train/descent.hpp"

#include <algorithm>
#include <cmath>

#include "train/activation_pass.hpp"
#include "train/tuning.hpp"

namespace flatsweep::train {

template <typename T>
Descent<T>::Descent(const Problem& problem, const Weights& weights, const StopRequest& stop)
    : stop_(stop),
      activation_(problem.activation),
      features_(problem.features.cast<T>()),
      labels_(problem.labels.cast<T>()),
      squared_norms_(problem.features.rowwise().squaredNorm().cast<T>()),
      inner_(weights.inner.cast<T>()),
      inner_gradient_(inner_.rows(), inner_.cols()),
      outer_(weights.outer.cast<T>()) {
  const Index m = inner_.rows();
  for (MatrixT* block : {&block_, &leading_block_}) block->resize(m, std::min(features_.rows(), tuning.descent.block));
  for (VectorT* vector : {&outer_gradient_, &values_, &derivatives_, &shifted_}) vector->resize(m);
  set_leading({weights.inner, Vector::Ones(m)});
}

/// Call visit(i, z, u) for every sample i, with z = W x_i, and u = leading_inner_ x_i if asked for. What it makes of z
/// is multiplied with x_i and added to the inner gradient.
template <typename T>
template <typename Visit>
void Descent<T>::pass(bool with_leading, const Visit& visit) {
  outer_gradient_.setZero();
  inner_gradient_.setZero();
  for (Index first = 0; first < features_.rows(); first += block_.cols()) {
    stop_.check();
    const Index count = std::min(block_.cols(), features_.rows() - first);
    const auto features = features_.middleRows(first, count);
    auto block = block_.leftCols(count);
    block.noalias() = inner_ * features.transpose();
    if (with_leading) leading_block_.leftCols(count).noalias() = leading_inner_ * features.transpose();
    for (Index k = 0; k < count; ++k) visit(first + k, block.col(k), leading_block_.col(k));
    inner_gradient_.noalias() += block * features;
  }
}

template <typename T>
void Descent<T>::visit(const Step& step, Index i, Eigen::Ref<VectorT> z) {
  values_ = z;
  differentiate(activation_, z.size(), values_.data(), derivatives_.data());
  derivatives_.array() *= outer_.array();
  const T residual = values_.dot(outer_) - labels_(i);
  const T squared_norm = values_.squaredNorm() + squared_norms_(i) * derivatives_.squaredNorm();  // |J_i|^2
  loss_ += static_cast<double>(residual * residual);
  trace_ += static_cast<double>(squared_norm);

  T seen = residual;
  if (step.noise != nullptr) seen -= static_cast<T>((*step.noise)(i));
  if (step.radius != T(0) && squared_norm > T(0)) {
    const T sign = static_cast<T>((residual > T(0)) - (residual < T(0)));
    const T e = step.radius * sign / std::sqrt(squared_norm);
    shifted_ = outer_ + e * values_;
    values_ = z + (e * squared_norms_(i)) * derivatives_;
    differentiate(activation_, z.size(), values_.data(), derivatives_.data());
    derivatives_.array() *= shifted_.array();
    seen = values_.dot(shifted_) - labels_(i);
  }
  outer_gradient_ += seen * values_;
  z = seen * derivatives_;
}

template <typename T>
void Descent<T>::step(const Step& step) {
  const auto n = static_cast<double>(features_.rows());
  loss_ = trace_ = 0.0;
  pass(false, [&](Index i, auto z, auto) { visit(step, i, z); });
  loss_ /= n;
  trace_ *= 2.0 / n;
  const T kept = T(1) - T(2) * step.rate * step.decay;
  const T rate = T(2) * step.rate / static_cast<T>(n);
  inner_ = kept * inner_ - rate * inner_gradient_;
  outer_ = kept * outer_ - rate * outer_gradient_;
}

template <typename T>
void Descent<T>::set_leading(const Weights& direction) {
  const double norm = std::sqrt(direction.squared_norm());
  leading_inner_ = (direction.inner / norm).template cast<T>();
  leading_outer_ = (direction.outer / norm).template cast<T>();
}

template <typename T>
double Descent<T>::curvature(int iterations) {
  double eigenvalue = 0.0;
  for (int k = 0; k < iterations; ++k) {
    pass(true, [&](Index, auto z, auto u) {
      values_ = z;
      differentiate(activation_, z.size(), values_.data(), derivatives_.data());
      derivatives_.array() *= outer_.array();
      const T image = values_.dot(leading_outer_) + derivatives_.dot(u);  // J_i . leading
      outer_gradient_ += image * values_;
      z = image * derivatives_;
    });
    const T norm = std::sqrt(inner_gradient_.squaredNorm() + outer_gradient_.squaredNorm());
    eigenvalue = 2.0 / static_cast<double>(features_.rows()) * static_cast<double>(norm);
    if (!(norm > T(0))) break;
    leading_inner_ = inner_gradient_ / norm;
    leading_outer_ = outer_gradient_ / norm;
  }
  return eigenvalue;
}

template class Descent<float>;
template class Descent<double>;

}  // namespace flatsweep::train

#include "train/linearisation.hpp"

#include <algorithm>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "train/activation_pass.hpp"
#include "train/tuning.hpp"

namespace flatsweep::train {

Linearisation::Linearisation(const Problem& problem, const StopRequest& stop)
    : problem_(problem), stop_(stop), squared_norms_(problem.features.rowwise().squaredNorm()) {
  const Index n = problem.features.rows(), d = problem.features.cols(), m = problem.inner_weights.rows();
  expects(n > 0 && problem.labels.size() == n && problem.inner_weights.cols() == d);
  for (Matrix* square : {&features_gram_, &gram_, &factor_}) square->setZero(n, n);
  for (Matrix* tall : {&values_, &derivatives_}) tall->resize(n, m);
  for (Vector* vector : {&residual_, &product_, &refined_}) vector->resize(n);
  for (Vector* vector : {&outer_, &squared_outer_, &outer_curvature_, &inner_curvature_, &slope_sums_})
    vector->resize(m);
  leading_.setConstant(n, 1.0 / std::sqrt(static_cast<double>(n)));
  ones_.setOnes(m);
  panel_.resize(n, std::min(m, tuning.panel));
  weighted_features_.resize(n, d);
  dense::symmetric_product(1.0, problem.features, 0.0, features_gram_);
}

void Linearisation::evaluate(const Weights& weights) {
  stop_.check();
  const double scale = 2.0 / static_cast<double>(values_.rows());
  outer_ = weights.outer;
  squared_outer_ = outer_.cwiseAbs2();
  values_.noalias() = problem_.features * weights.inner.transpose();
  for (Index j = 0; j < values_.cols(); ++j) {
    differentiate(problem_.activation, values_.rows(), values_.col(j).data(), derivatives_.col(j).data());
    slope_sums_(j) = derivatives_.col(j).dot(squared_norms_);
    outer_curvature_(j) = scale * values_.col(j).squaredNorm();
    inner_curvature_(j) = scale * (derivatives_.col(j).array().square() * squared_norms_.array()).sum();
  }
  residual_ = -problem_.labels;
  residual_.noalias() += values_ * outer_;
}

double Linearisation::trace() const { return outer_curvature_.sum() + squared_outer_.dot(inner_curvature_); }

double Linearisation::flatness() const {
  const double p = problem_.activation.degree;
  const double constant = std::pow(p, -p / (p + 1.0)) + std::pow(p, 1.0 / (p + 1.0));
  const Eigen::ArrayXd inner = squared_outer_.array() * inner_curvature_.array();
  return constant * (outer_curvature_.array().pow(1.0 / (p + 1.0)) * inner.pow(p / (p + 1.0))).sum();
}

void Linearisation::rescale(Weights& weights) {
  const int p = problem_.activation.degree;
  for (Index j = 0; j < outer_.size(); ++j) {
    const double inner = outer_(j) * outer_(j) * inner_curvature_(j);
    const bool contributes = inner > 0.0 && outer_curvature_(j) > 0.0;
    const double t = contributes ? std::pow(inner / (p * outer_curvature_(j)), 1.0 / (2 * p + 2)) : 0.0;
    weights.inner.row(j) *= t;
    weights.outer(j) = contributes ? weights.outer(j) * std::pow(t, -p) : 0.0;
  }
  evaluate(weights);
}

/// With z = p S/T, sigma'' = (p-1) T/z: d tr/dw_j = (4/n) sum_i (S T + a_j^2 |x_i|^2 (p-1)/p T^3/S)_ij x_i.
void Linearisation::trace_gradient(const Weights& weights, Weights& gradient) {
  const double p = problem_.activation.degree;
  const double scale = 4.0 / static_cast<double>(values_.rows());
  for (Index first = 0; first < values_.cols(); first += panel_.cols()) {
    stop_.check();
    const Index count = std::min(panel_.cols(), values_.cols() - first);
    for (Index k = 0; k < count; ++k) {
      const auto s = values_.col(first + k).array();
      const auto t = derivatives_.col(first + k).array();
      panel_.col(k) = s * t;
      if (p == 1.0) continue;
      const double weight = weights.outer(first + k) * weights.outer(first + k) * (p - 1.0) / p;
      panel_.col(k).array() += (s != 0.0).select(weight * squared_norms_.array() * t.cube() / s, 0.0);
    }
    gradient.inner.middleRows(first, count).noalias() = scale * panel_.leftCols(count).transpose() * problem_.features;
  }
  gradient.outer = 2.0 * weights.outer.cwiseProduct(inner_curvature_);
}

/// lower(gram) := C diag(weights) C' for the columns C.
void Linearisation::accumulate(const Matrix& columns, const Vector& weights, Matrix& gram) {
  for (Index first = 0; first < columns.cols(); first += panel_.cols()) {
    stop_.check();
    const Index count = std::min(panel_.cols(), columns.cols() - first);
    auto panel = panel_.leftCols(count);
    panel = columns.middleCols(first, count) * weights.segment(first, count).cwiseSqrt().asDiagonal();
    dense::symmetric_product(1.0, panel, first == 0 ? 0.0 : 1.0, gram);
  }
}

void Linearisation::form_gram(const Vector& outer, const Vector& inner) {
  accumulate(values_, outer, gram_);
  accumulate(derivatives_, inner, factor_);
  gram_.triangularView<Eigen::Lower>() += features_gram_.cwiseProduct(factor_);
}

double Linearisation::largest_eigenvalue() {
  double previous = 0.0;
  for (int k = 0; k < tuning.power_iterations; ++k) {
    product_.noalias() = gram_.selfadjointView<Eigen::Lower>() * leading_;
    const double norm = product_.norm();
    if (!(norm > 0.0)) return norm;
    leading_ = product_ / norm;
    if (std::abs(norm - previous) <= tuning.power_change * norm) return norm;
    previous = norm;
  }
  return previous;
}

bool Linearisation::factor(double scale, double shift) {
  stop_.check();
  factor_.triangularView<Eigen::Lower>() = scale * gram_;
  factor_.diagonal().array() += shift;
  return dense::cholesky(factor_);
}

void Linearisation::solve(Vector& x) const {
  const auto lower = factor_.triangularView<Eigen::Lower>();
  lower.solveInPlace(x);
  lower.transpose().solveInPlace(x);
}

void Linearisation::solve_refined(Vector& x) {
  const Vector& rhs = refined_ = x;
  solve(x);
  for (int k = 0; k < tuning.flatten.max_refinements; ++k) {
    product_ = rhs;
    product_.noalias() -= gram_.selfadjointView<Eigen::Lower>() * x;
    solve(product_);
    x += product_;
    if (product_.norm() <= tuning.flatten.solve_accuracy * x.norm()) return;
  }
}

void Linearisation::apply_transposed(const Vector& v, Weights& direction) {
  stop_.check();
  weighted_features_ = v.asDiagonal() * problem_.features;
  direction.outer.noalias() = values_.transpose() * v;
  direction.inner.noalias() = derivatives_.transpose() * weighted_features_;
  direction.inner.array().colwise() *= outer_.array();
}

void Linearisation::apply(const Weights& direction, Vector& result) {
  result.noalias() = values_ * direction.outer;
  for (Index first = 0; first < values_.cols(); first += panel_.cols()) {
    stop_.check();
    const Index count = std::min(panel_.cols(), values_.cols() - first);
    auto panel = panel_.leftCols(count);
    panel.noalias() = problem_.features * direction.inner.middleRows(first, count).transpose();
    panel.array() *= derivatives_.middleCols(first, count).array();
    result.noalias() += panel * outer_.segment(first, count);
  }
}

}  // namespace flatsweep::train

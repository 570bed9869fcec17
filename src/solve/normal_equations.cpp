#include "solve/normal_equations.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "flatsweep/core/matrix.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {

NormalEquations::NormalEquations(const MatrixView& activations, const VectorView& scale)
    : activations_(activations.rows(), activations.cols()),
      panel_(activations.rows(), std::min(tuning.normal_equations.panel_columns, activations.cols())),
      factor_(activations.rows(), activations.rows()),
      weights_(Eigen::VectorXf::Ones(activations.cols())),
      sorted_weights_(activations.cols()),
      wide_(activations.cols()) {
  const double largest = (activations.cwiseAbs().colwise().maxCoeff().transpose().array() / scale.array()).maxCoeff();
  magnitude_ = std::ldexp(1.0, std::ilogb(largest));
  for (Index j = 0; j < activations.cols(); ++j)
    activations_.col(j) = (activations.col(j) * (1.0 / (scale(j) * magnitude_))).cast<float>();
  for (Eigen::VectorXf* vector : {&residual_, &direction_, &image_, &preconditioned_, &solution_})
    vector->resize(activations.rows());
}

void NormalEquations::set_weights(const VectorView& weights) {
  largest_weight_ = std::max(weights.maxCoeff(), ridge_ / (magnitude_ * magnitude_));
  if (!(largest_weight_ > 0.0 && std::isfinite(largest_weight_)))
    throw std::range_error("the weights of the normal equations under- or overflow");
  weights_ = (weights / largest_weight_).cast<float>();
}

void NormalEquations::form_product() {
  sorted_weights_ = weights_;
  const auto nth = sorted_weights_.begin() + std::min(samples(), width()) - 1;
  std::nth_element(sorted_weights_.begin(), nth, sorted_weights_.end(), std::greater<>());
  const float lightest = std::max(tuning.normal_equations.negligible_share, tuning.normal_equations.light_share * *nth);
  float beta = 0.0F;
  Index filled = 0;
  const auto add_panel = [&] {
    dense::symmetric_product(1.0F, panel_.leftCols(filled), beta, factor_);
    beta = 1.0F;
    filled = 0;
  };
  for (Index j = 0; j < width(); ++j) {
    if (weights_(j) < lightest) continue;
    panel_.col(filled++) = std::sqrt(weights_(j)) * activations_.col(j);
    if (filled == panel_.cols()) add_panel();
  }
  if (filled > 0) add_panel();
}

void NormalEquations::factor() {
  const float rounding = std::sqrt(static_cast<float>(samples())) * std::numeric_limits<float>::epsilon();
  for (float shift = tuning.normal_equations.share_of_rounding * rounding;;
       shift *= tuning.normal_equations.shift_growth) {
    form_product();
    if (has_ridge()) {
      if (ridge_shape_.size() == 0)
        factor_.diagonal().array() += relative_ridge();
      else
        factor_.triangularView<Eigen::Lower>() += relative_ridge() * ridge_shape_;
    }
    factor_.diagonal().array() += shift * factor_.diagonal().maxCoeff();
    if (dense::cholesky(factor_)) break;
    // A shift by the largest diagonal entry suffices unless that is 0 or no number.
    if (!(shift < 1.0F)) throw std::range_error("the normal equations under- or overflow");
  }
}

void NormalEquations::set_ridge(double ridge) {
  ridge_ = ridge;
  set_weights(Vector::Ones(width()));
}

/// Return mu over the unit of M / (magnitude^2 largest weight).
float NormalEquations::relative_ridge() const {
  return static_cast<float>(ridge_ / (magnitude_ * magnitude_) / largest_weight_);
}

Vector NormalEquations::ridge_times(const VectorView& v) const {
  if (ridge_shape_.size() == 0) return ridge_ * v;
  return ridge_ * (ridge_shape_ * v.cast<float>()).cast<double>();
}

void NormalEquations::whiten(const MatrixView& lower) {
  const Eigen::MatrixXf single = lower.cast<float>();
  dense::solve_lower(single, activations_);
  if (!has_ridge()) return;
  Matrix inverse = Matrix::Identity(samples(), samples());
  dense::solve_lower(lower, inverse);
  ridge_shape_ = (inverse * inverse.transpose()).cast<float>();
}

double NormalEquations::rounding() const {
  Eigen::VectorXf image(samples());
  const auto solve_factored = [&](Vector& x) {
    image = x.cast<float>();
    precondition(image);
    x = image.cast<double>();
  };
  Eigen::VectorXf diagonal = Eigen::VectorXf::Zero(samples());
  for (Index k = 0; k < samples(); ++k) diagonal.tail(samples() - k) += factor_.col(k).tail(samples() - k).cwiseAbs2();
  return (tuning.normal_equations.rounding_units + std::sqrt(static_cast<double>(samples()))) *
         std::numeric_limits<float>::epsilon() * diagonal.maxCoeff() *
         estimate_inverse_norm(samples(), solve_factored, solve_factored);
}

void NormalEquations::precondition(Eigen::VectorXf& v) const {
  factor_.triangularView<Eigen::Lower>().solveInPlace(v);
  factor_.triangularView<Eigen::Lower>().transpose().solveInPlace(v);
}

int NormalEquations::solve(const VectorView& rhs, Eigen::Ref<Vector> solution, double tolerance, int max_steps) {
  const double size = rhs.norm();
  reached_ = 0.0;
  solution.setZero();
  if (size == 0.0) return 0;
  residual_ = (rhs / size).cast<float>();
  solution_.setZero();
  reached_ = 1.0;
  float previous = 0.0F;
  int step = 0;
  while (step < max_steps && reached_ > tolerance) {
    preconditioned_ = residual_;
    precondition(preconditioned_);
    const float product = residual_.dot(preconditioned_);
    if (step == 0)
      direction_ = preconditioned_;
    else
      direction_ = preconditioned_ + (product / previous) * direction_;
    previous = product;
    wide_.noalias() = activations_.transpose() * direction_;
    wide_.array() *= weights_.array();
    image_.noalias() = activations_ * wide_;
    if (has_ridge()) {
      if (ridge_shape_.size() == 0)
        image_ += relative_ridge() * direction_;
      else
        image_.noalias() += relative_ridge() * (ridge_shape_ * direction_);
    }
    const float curvature = direction_.dot(image_);
    if (!(curvature > 0.0F)) break;
    const float length = product / curvature;
    solution_ += length * direction_;
    residual_ -= length * image_;
    reached_ = residual_.norm();
    ++step;
  }
  solution = solution_.cast<double>() * (size / largest_weight_ / (magnitude_ * magnitude_));
  return step;
}

void NormalEquations::multiply(const VectorView& v, Eigen::Ref<Vector> result) {
  wide_ = v.cast<float>();
  image_.noalias() = activations_ * wide_;
  result = magnitude_ * image_.cast<double>();
}

void NormalEquations::multiply_transposed(const VectorView& v, Eigen::Ref<Vector> result) {
  direction_ = v.cast<float>();
  wide_.noalias() = activations_.transpose() * direction_;
  result = magnitude_ * wide_.cast<double>();
}

}  // namespace flatsweep::solve

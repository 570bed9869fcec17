#include "flatsweep/solve/normal_equations.hpp"

#include <algorithm>
#include <cmath>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/solve/inverse_norm.hpp"

namespace flatsweep::solve {

namespace {

constexpr Index panel_columns = 512;

/// Columns lighter than this share of the heaviest are left to the corrections: their product would vanish in
/// single precision.
constexpr float negligible_weight = 1e-9F;

/// First regularisation of a singular M, relative to its largest diagonal entry.
constexpr float first_shift = 1e-7F;

}  // namespace

NormalEquations::NormalEquations(const MatrixView& activations, const VectorView& scale)
    : activations_(activations.rows(), activations.cols()),
      panel_(activations.rows(), std::min(panel_columns, activations.cols())),
      factor_(activations.rows(), activations.rows()),
      weights_(activations.cols()),
      wide_(activations.cols()) {
  for (Index j = 0; j < activations.cols(); ++j)
    activations_.col(j) = (activations.col(j) / scale(j)).cast<float>();
  for (Eigen::VectorXf* vector : {&residual_, &direction_, &image_, &preconditioned_, &solution_})
    vector->resize(activations.rows());
}

void NormalEquations::set_weights(const VectorView& weights) {
  largest_weight_ = weights.maxCoeff();
  expects(largest_weight_ > 0.0);
  weights_ = (weights / largest_weight_).cast<float>();
}

void NormalEquations::form_product() {
  float beta = 0.0F;
  Index filled = 0;
  const auto add_panel = [&] {
    dense::symmetric_product(1.0F, panel_.leftCols(filled), beta, factor_);
    beta = 1.0F;
    filled = 0;
  };
  for (Index j = 0; j < width(); ++j) {
    if (weights_(j) < negligible_weight) continue;
    panel_.col(filled++) = std::sqrt(weights_(j)) * activations_.col(j);
    if (filled == panel_.cols()) add_panel();
  }
  if (filled > 0) add_panel();
}

void NormalEquations::factor() {
  for (float shift = 0.0F;; shift = std::max(first_shift, 100.0F * shift)) {
    form_product();
    factor_.diagonal().array() += shift * factor_.diagonal().maxCoeff();
    if (dense::cholesky(factor_)) break;
  }
}

double NormalEquations::condition() const {
  Eigen::VectorXf image(samples());
  const auto solve_factored = [&](Vector& x) {
    image = x.cast<float>();
    precondition(image);
    x = image.cast<double>();
  };
  // (|L| |L|' 1)_i bounds the row sums of |M|.
  Eigen::VectorXf row_sums = Eigen::VectorXf::Zero(samples());
  for (Index k = 0; k < samples(); ++k)
    row_sums.tail(samples() - k) +=
        factor_.col(k).tail(samples() - k).cwiseAbs() * factor_.col(k).tail(samples() - k).cwiseAbs().sum();
  const double norm = row_sums.maxCoeff();
  return norm * estimate_inverse_norm(samples(), solve_factored, solve_factored);
}

void NormalEquations::apply(const Eigen::VectorXf& v, Eigen::VectorXf& result) {
  wide_.noalias() = activations_.transpose() * v;
  wide_.array() *= weights_.array();
  result.noalias() = activations_ * wide_;
}

void NormalEquations::precondition(Eigen::VectorXf& v) const {
  factor_.triangularView<Eigen::Lower>().solveInPlace(v);
  factor_.triangularView<Eigen::Lower>().transpose().solveInPlace(v);
}

int NormalEquations::solve(const VectorView& rhs, Eigen::Ref<Vector> solution, double tolerance,
                           int max_steps) {
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
    apply(direction_, image_);
    const float curvature = direction_.dot(image_);
    if (!(curvature > 0.0F)) break;
    const float length = product / curvature;
    solution_ += length * direction_;
    residual_ -= length * image_;
    reached_ = residual_.norm();
    ++step;
  }
  solution = solution_.cast<double>() * (size / largest_weight_);
  return step;
}

void NormalEquations::multiply(const VectorView& v, Eigen::Ref<Vector> result) {
  wide_ = v.cast<float>();
  image_.noalias() = activations_ * wide_;
  result = image_.cast<double>();
}

void NormalEquations::multiply_transposed(const VectorView& v, Eigen::Ref<Vector> result) {
  direction_ = v.cast<float>();
  wide_.noalias() = activations_.transpose() * direction_;
  result = wide_.cast<double>();
}

}  // namespace flatsweep::solve

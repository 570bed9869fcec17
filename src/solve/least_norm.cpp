#include "flatsweep/solve/least_norm.hpp"

#include <limits>

#include "flatsweep/solve/extended_product.hpp"

namespace flatsweep::solve {
namespace {

constexpr int max_refinements = 20;

}  // namespace

LeastNorm::LeastNorm(const MatrixView& activations, const StopRequest& stop) : activations_(activations) {
  stop.check();
  if (activations.rows() <= activations.cols() && !activations.isZero(0.0)) {
    equations_.emplace(activations, Vector::Ones(activations.cols()));
    equations_->set_weights(Vector::Ones(activations.cols()));
    equations_->factor();
    stop.check();
    if (equations_->rounding() < safe_rounding) return;
    equations_.reset();
  }
  decomposition_.emplace(activations, stop);
}

Index LeastNorm::rank() const { return equations_ ? activations_.rows() : decomposition_->rank(); }

double LeastNorm::range_residual(const VectorView& labels) const {
  return equations_ ? 0.0 : decomposition_->range_residual(labels);
}

Vector LeastNorm::dual(const VectorView& labels) {
  if (decomposition_) return decomposition_->lifted_dual(decomposition_->reduced_labels(labels));
  Vector dual = Vector::Zero(labels.size());
  Vector residual = labels;
  Vector correction(labels.size());
  Vector image(activations_.cols());
  double previous = std::numeric_limits<double>::infinity();
  for (int i = 0; i < max_refinements && residual.norm() < 0.5 * previous; ++i) {
    previous = residual.norm();
    equations_->solve(residual, correction, 1e-5, 10);
    dual += correction;
    image.noalias() = activations_.transpose() * dual;
    residual = labels;
    residual.noalias() -= activations_ * image;
  }
  return dual;
}

Vector LeastNorm::weights(const VectorView& labels) {
  Vector weights =
      decomposition_
          ? Vector(decomposition_->row_space().transpose() * decomposition_->reduced_labels(labels))
          : Vector(activations_.transpose() * dual(labels));
  refine(weights, labels);
  return weights;
}

void LeastNorm::refine(Vector& weights, const VectorView& labels) {
  Vector residual(labels.size());
  Vector carry(labels.size());
  extended_residual(activations_, weights, labels, residual, carry);
  if (decomposition_)
    weights += decomposition_->row_space().transpose() * decomposition_->reduced_labels(residual);
  else
    weights += activations_.transpose() * dual(residual);
}

}  // namespace flatsweep::solve

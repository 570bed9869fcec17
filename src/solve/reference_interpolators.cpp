#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "solve/normal_equations.hpp"
#include "solve/numerics.hpp"
#include "solve/reductions.hpp"
#include "solve/scaling.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

/// S^+ for repeated use: by refined normal equations if they prove S well conditioned, else by a complete
/// orthogonal decomposition.
class LeastNorm {
 public:
  /// @param activations S, n x m; outlives this
  explicit LeastNorm(const MatrixView& activations, const StopRequest& stop) : activations_(activations) {
    stop.check();
    if (activations.rows() <= activations.cols() && !activations.isZero(0.0)) {
      equations_.emplace(activations, Vector::Ones(activations.cols()));
      equations_->factor();
      stop.check();
      if (equations_->rounding() < tuning.ladder.safe_rounding) return;
      equations_.reset();
    }
    decomposition_.emplace(activations, stop);
  }

  /// Return the numerical rank of S.
  [[nodiscard]] Index rank() const { return equations_ ? activations_.rows() : decomposition_->rank(); }

  /// Return the rung on which S^+ is applied.
  [[nodiscard]] Rung rung() const { return equations_ ? Rung::direct : Rung::row_space; }

  /// Return ||y - projection of y on the range of S|| / ||y||.
  [[nodiscard]] double range_residual(const VectorView& labels) const {
    return equations_ ? 0.0 : decomposition_->range_residual(labels);
  }

  /// Return the nu (n) with S'nu = S^+ y.
  [[nodiscard]] Vector dual(const VectorView& labels) {
    if (decomposition_) return decomposition_->lifted_dual(decomposition_->reduced_labels(labels));
    constexpr Tuning::LeastNorm limits = tuning.least_norm;
    Vector dual = Vector::Zero(labels.size());
    Vector residual = labels;
    Vector correction(labels.size());
    Vector weights(activations_.cols());
    double previous = std::numeric_limits<double>::infinity();
    for (int i = 0; i < limits.max_refinements && residual.norm() < limits.sufficient_decrease * previous; ++i) {
      previous = residual.norm();
      equations_->solve(residual, correction, limits.solve_tolerance, limits.max_solve_steps);
      dual += correction;
      weights.noalias() = activations_.transpose() * dual;
      residual = labels;
      residual.noalias() -= activations_ * weights;
    }
    return dual;
  }

  /// Return S^+ y, m.
  [[nodiscard]] Vector weights(const VectorView& labels) {
    Vector weights = decomposition_
                         ? Vector(decomposition_->row_space().transpose() * decomposition_->reduced_labels(labels))
                         : Vector(activations_.transpose() * dual(labels));
    refine(weights, labels);
    return weights;
  }

  /// Change `weights` (m) by as little as makes S a = y, from its residual in extended precision.
  void refine(Vector& weights, const VectorView& labels) {
    const Vector residual = extended_residual(activations_, weights, labels);
    if (decomposition_)
      weights += decomposition_->row_space().transpose() * decomposition_->reduced_labels(residual);
    else
      weights += activations_.transpose() * dual(residual);
  }

 private:
  MatrixView activations_;
  std::optional<NormalEquations> equations_;
  std::optional<OrthogonalDecomposition> decomposition_;
};

/// Return S^+ y plus the null-space part of `draw` (m), scaled to the norm of S^+ y.
/// @param draw empty for S^+ y itself
Solution least_norm_interpolator(const Program& original, const VectorView& draw, const StopRequest& stop) {
  expect_valid(original);
  if (original.labels.isZero(0.0))
    return {.status = Status::solved,
            .outer_weights = Vector::Zero(original.kappa.size()),
            .dual = Vector::Zero(original.labels.size()),
            .rank = LeastNorm(original.activations, stop).rank(),
            .path = {}};
  const ScaledProgram scaled(original);
  const Program program = scaled.program();
  LeastNorm least_norm(program.activations, stop);
  Vector outer_weights = least_norm.weights(program.labels);
  const double residual = least_norm.range_residual(program.labels);
  Solution solution;
  if (residual > std::max(tuning.acceptance.distance_of_range, residual_floor(program, outer_weights))) {
    solution = no_interpolator(original, residual, least_norm.rank());
  } else {
    if (draw.size() > least_norm.rank()) {
      Vector direction = draw;
      for (int pass = 0; pass < tuning.least_norm.projections; ++pass)
        direction -= least_norm.weights(program.activations * direction);
      outer_weights += direction * (outer_weights.norm() / direction.norm());
      least_norm.refine(outer_weights, program.labels);
    }
    solution.certificate = certify(program, outer_weights);
    solution.status = classify(solution.certificate, residual_floor(program, outer_weights));
    solution.outer_weights = std::move(outer_weights);
    solution.dual = Vector::Constant(program.labels.size(), not_a_number);
    solution.rank = least_norm.rank();
    solution = scaled.restored(std::move(solution));
  }
  solution.path.add(least_norm.rung());
  return solution;
}

/// Return the optimum of the program with q = 2 and kappa = 1, in which (S S'/2 + mu I) nu = y.
Solution ridge_regression(const Program& program, const StopRequest& stop) {
  const Vector ones = Vector::Ones(program.kappa.size());
  Solution solution = flattest_interpolator({program.activations, program.labels, ones, 2.0, program.penalty}, stop);
  solution.certificate.objective = objective(program, solution.outer_weights);
  solution.certificate.gap = not_a_number;
  return solution;
}

}  // namespace

Solution minimum_l2_interpolator(const Program& program, const StopRequest& stop) {
  if (program.penalty > 0.0 && !program.labels.isZero(0.0)) return ridge_regression(program, stop);
  return least_norm_interpolator(program, Vector(), stop);
}

Solution random_interpolator(const Program& program, const VectorView& draw, const StopRequest& stop) {
  expects(program.penalty == 0.0);
  return least_norm_interpolator(program, draw, stop);
}

Vector least_norm_dual(const MatrixView& activations, const VectorView& labels, const StopRequest& stop) {
  return LeastNorm(activations, stop).dual(labels);
}

}  // namespace flatsweep::solve

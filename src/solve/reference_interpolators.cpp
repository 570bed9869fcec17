#include "flatsweep/solve/reference_interpolators.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "flatsweep/solve/certificate.hpp"
#include "flatsweep/solve/least_norm.hpp"
#include "flatsweep/solve/scaled_program.hpp"

namespace flatsweep::solve {
namespace {

/// An interpolator that `complete(least_norm, program, weights)` makes of S^+ y.
template <typename Complete>
Solution least_norm_based(const Program& original, const StopRequest& stop, Complete complete) {
  expect_valid(original);
  if (original.labels.isZero(0.0))
    return zero_interpolator(original, LeastNorm(original.activations, stop).rank());
  const ScaledProgram scaled(original);
  const Program program = scaled.program();
  LeastNorm least_norm(program.activations, stop);
  SolverPath path;
  path.add(least_norm.rung());
  Vector outer_weights = least_norm.weights(program.labels);
  const double residual = least_norm.range_residual(program.labels);
  if (residual > std::max(range_tolerance, residual_floor(program, outer_weights)))
    return no_interpolator(original, residual, least_norm.rank(), path);
  complete(least_norm, program, outer_weights);
  Solution solution;
  solution.path = path;
  solution.certificate = certify(program, outer_weights);
  solution.status = judge(solution.certificate, residual_floor(program, outer_weights));
  solution.outer_weights = std::move(outer_weights);
  solution.dual = Vector::Constant(program.labels.size(), std::numeric_limits<double>::quiet_NaN());
  solution.rank = least_norm.rank();
  return scaled.restored(std::move(solution));
}

}  // namespace

Solution minimum_l2_interpolator(const Program& program, const StopRequest& stop) {
  return least_norm_based(
      program, stop, [](LeastNorm&, const Program&, Vector&) {});
}

Solution random_interpolator(const Program& program, const VectorView& draw, const StopRequest& stop) {
  return least_norm_based(
      program, stop,
      [&](LeastNorm& least_norm, const Program& scaled, Vector& outer_weights) {
        if (least_norm.rank() == draw.size()) return;
        Vector direction = draw;
        for (int pass = 0; pass < 2; ++pass) direction -= least_norm.weights(scaled.activations * direction);
        outer_weights += direction * (outer_weights.norm() / direction.norm());
        least_norm.refine(outer_weights, scaled.labels);
      });
}

}  // namespace flatsweep::solve

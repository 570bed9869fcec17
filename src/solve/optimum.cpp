#include "flatsweep/solve/optimum.hpp"

#include <utility>

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/solve/interior_point.hpp"
#include "flatsweep/solve/newton.hpp"
#include "flatsweep/solve/simplex.hpp"

namespace flatsweep::solve {
namespace {

/// One more step costs about as much as the pivots that it saves.
constexpr double crossover_gap = 1e-3;

Optimum smooth_optimum(const Program& program, NormalEquations& equations, const StopRequest& stop) {
  const Stopwatch stopwatch;
  DualOptimum found = maximise_dual(program, equations, stop);
  Optimum optimum{std::move(found.outer_weights), std::move(found.dual), {}, {}, {}};
  optimum.effort.steps = found.iterations;
  optimum.effort.approach_seconds = stopwatch.seconds();
  return optimum;
}

/// A square S has one interpolator: its columns are the basis, whatever the costs.
/// @param equations freed at the end: the simplex needs the memory
InteriorPoint starting_point(const VectorView& labels, NormalEquations equations, const StopRequest& stop) {
  if (equations.samples() < equations.width()) return approach_vertex(labels, equations, crossover_gap, stop);
  return {Vector::Ones(equations.width()), 0, 0.0};
}

/// An importance by which the n most independent columns come first, whatever their weights.
Vector independence(const MatrixView& activations) {
  Matrix factors = activations;
  Vector scales(activations.rows());
  Eigen::VectorXi order(activations.cols());
  dense::factor_pivoted_qr(factors, scales, order);
  Vector importance = Vector::Zero(activations.cols());
  for (Index k = 0; k < activations.rows(); ++k)
    importance(order(k)) = static_cast<double>(activations.rows() - k);
  return importance;
}

}  // namespace

std::optional<Optimum> vertex_optimum(const Program& program, const VectorView& labels,
                                      NormalEquations equations, const StopRequest& stop) {
  const Stopwatch approach;
  const InteriorPoint start = starting_point(labels, std::move(equations), stop);
  const double approach_seconds = approach.seconds();
  const Stopwatch crossover;
  std::optional<Vertex> vertex = cross_over(program, start.importance, stop);
  if (!vertex) vertex = cross_over(program, independence(program.activations), stop);
  if (!vertex) return std::nullopt;
  Optimum optimum{std::move(vertex->outer_weights),
                  std::move(vertex->dual),
                  {},
                  std::move(vertex->basis),
                  std::move(vertex->signed_costs)};
  optimum.effort.steps = start.iterations;
  optimum.effort.pivots = vertex->pivots;
  optimum.effort.approach_seconds = approach_seconds;
  optimum.effort.crossover_seconds = crossover.seconds();
  return optimum;
}

NormalEquations normal_equations(const Program& program) {
  NormalEquations equations(program.activations, program.kappa.array().pow(1.0 / program.q).matrix());
  equations.set_weights(Vector::Ones(program.kappa.size()));
  return equations;
}

std::optional<Optimum> optimise(const Program& program, NormalEquations equations, const StopRequest& stop) {
  if (program.q > 1.0) return smooth_optimum(program, equations, stop);
  return vertex_optimum(program, program.labels, std::move(equations), stop);
}

}  // namespace flatsweep::solve

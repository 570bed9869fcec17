#include "flatsweep/solve/interpolate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/solve/certificate.hpp"
#include "flatsweep/solve/dual_rounding.hpp"
#include "flatsweep/solve/extended_product.hpp"
#include "flatsweep/solve/interior_point.hpp"
#include "flatsweep/solve/inverse_norm.hpp"
#include "flatsweep/solve/newton.hpp"
#include "flatsweep/solve/orthogonal_decomposition.hpp"
#include "flatsweep/solve/simplex.hpp"

namespace flatsweep::solve {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double range_tolerance = 1e-9;
constexpr double crossover_gap = 1e-3;

/// Condition numbers of the Gram matrix that prove full rank in single and in double precision.
constexpr double safe_single_condition = 1e5;
constexpr double safe_double_condition = 1e11;

Solution without_interpolator(const Program& program, double range_residual, Index rank) {
  Solution solution;
  solution.status = Status::infeasible;
  solution.outer_weights = Vector::Constant(program.kappa.size(), not_a_number);
  solution.dual = Vector::Constant(program.labels.size(), not_a_number);
  solution.certificate = {not_a_number, range_residual, not_a_number};
  solution.rank = rank;
  return solution;
}

Solution zero_solution(const Program& program, Index rank) {
  Solution solution;
  solution.status = Status::solved;
  solution.outer_weights = Vector::Zero(program.kappa.size());
  solution.dual = Vector::Zero(program.labels.size());
  solution.rank = rank;
  return solution;
}

struct Optimum {
  Vector outer_weights;
  Vector dual;
  int iterations = 0;
  std::vector<Index> basis;  // q = 1: columns with S_B'nu = signed_costs
  Vector signed_costs;
};

/// Attaches the certificate, and the status that it earns, to an optimum.
Solution certified(const Program& program, Optimum optimum, Index rank) {
  Solution solution;
  const double floor = residual_floor(program, optimum.outer_weights);
  const auto attach = [&](Vector dual) {
    if (program.q == 1.0) scale_to_feasible(program, dual);
    solution.certificate = certify(program, optimum.outer_weights, dual);
    solution.status = judge(solution.certificate, floor);
    solution.dual = std::move(dual);
  };
  attach(optimum.dual);
  const bool square_basis = static_cast<Index>(optimum.basis.size()) == program.labels.size();
  if (solution.status != Status::solved && square_basis) {
    round_dual(program.activations, optimum.basis, optimum.signed_costs, optimum.dual);
    attach(std::move(optimum.dual));
  }
  solution.outer_weights = std::move(optimum.outer_weights);
  solution.iterations = optimum.iterations;
  solution.rank = rank;
  return solution;
}

/// The optimum of a program whose S has full row rank; nothing where no regular basis is found.
std::optional<Optimum> optimise(const Program& program, NormalEquations& equations, const StopRequest& stop) {
  if (program.q > 1.0) {
    DualOptimum optimum = maximise_dual(program, equations, stop);
    return Optimum{std::move(optimum.outer_weights), std::move(optimum.dual), optimum.iterations, {}, {}};
  }
  InteriorPoint start;
  if (program.labels.size() < program.kappa.size())
    start = approach_vertex(program, equations, crossover_gap, stop);
  else
    start.importance = Vector::Ones(program.kappa.size());
  Vertex vertex = cross_over(program, start.importance, stop);
  if (!vertex.regular) return std::nullopt;
  return Optimum{std::move(vertex.outer_weights), std::move(vertex.dual), start.iterations + vertex.pivots,
                 std::move(vertex.basis), std::move(vertex.signed_costs)};
}

/// The weighted columns that `optimise` works on, factored for weights 1.
NormalEquations gram_equations(const Program& program) {
  NormalEquations equations(program.activations, program.kappa.array().pow(1.0 / program.q).matrix());
  equations.set_weights(Vector::Ones(program.kappa.size()));
  equations.factor();
  return equations;
}

bool gram_is_regular(const MatrixView& activations) {
  Matrix gram(activations.rows(), activations.rows());
  dense::symmetric_product(1.0, activations, 0.0, gram);
  const double norm = gram.diagonal().sum();
  if (!dense::cholesky(gram)) return false;
  const auto solve = [&](Vector& x) {
    gram.triangularView<Eigen::Lower>().solveInPlace(x);
    gram.transpose().triangularView<Eigen::Upper>().solveInPlace(x);
  };
  return norm * estimate_inverse_norm(gram.rows(), solve, solve) < safe_double_condition;
}

/// True where full row rank is beyond doubt and the method for this q can work on S as it is.
bool is_well_conditioned(const Program& program, const NormalEquations& equations) {
  if (equations.condition() < safe_single_condition) return true;
  return program.q == 1.0 && gram_is_regular(program.activations);
}

/// The least-norm change of `outer_weights` that makes S a = y, in the coordinates of the row space (k): one
/// step of iterative refinement with its residual in extended precision.
Vector refinement(const Program& program, const OrthogonalDecomposition& decomposition,
                  const Vector& outer_weights) {
  Vector residual(program.labels.size());
  Vector carry(program.labels.size());
  extended_residual(program.activations, outer_weights, program.labels, residual, carry);
  return decomposition.reduced_labels(residual);
}

/// y in the coordinates of the row space: S^+ y = Q times this.
Vector row_space_labels(const Program& program, const OrthogonalDecomposition& decomposition) {
  Vector labels = decomposition.reduced_labels(program.labels);
  labels += refinement(program, decomposition, decomposition.row_space().transpose() * labels);
  return labels;
}

/// The program in an orthonormal basis of the row space of S: same a, well conditioned.
Solution solve_reduced(const Program& program, const StopRequest& stop) {
  const OrthogonalDecomposition decomposition(program.activations, stop);
  const Index rank = decomposition.rank();
  const Vector labels = row_space_labels(program, decomposition);
  const double residual = decomposition.range_residual(program.labels);
  const double floor = residual_floor(program, decomposition.row_space().transpose() * labels);
  if (residual > std::max(range_tolerance, floor)) return without_interpolator(program, residual, rank);
  const Program reduced{decomposition.row_space(), labels, program.kappa, program.q};
  NormalEquations equations = gram_equations(reduced);
  std::optional<Optimum> optimum = optimise(reduced, equations, stop);
  ensures(optimum.has_value());
  if (program.q > 1.0)
    optimum->outer_weights +=
        decomposition.row_space().transpose() * refinement(program, decomposition, optimum->outer_weights);
  optimum->dual = decomposition.lifted_dual(optimum->dual);
  return certified(program, std::move(*optimum), rank);
}

/// @pre no zero columns, labels are not all zero
Solution solve_live(const Program& program, const StopRequest& stop) {
  if (program.labels.size() <= program.kappa.size()) {
    NormalEquations equations = gram_equations(program);
    if (is_well_conditioned(program, equations)) {
      std::optional<Optimum> optimum = optimise(program, equations, stop);
      if (optimum) {
        Solution solution = certified(program, std::move(*optimum), program.labels.size());
        if (solution.status == Status::solved) return solution;
      }
    }
  }
  return solve_reduced(program, stop);
}

std::vector<Index> live_columns(const Program& program) {
  std::vector<Index> live;
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const bool zero = (program.activations.col(j).array() == 0.0).all();
    expects(zero || program.kappa(j) > 0.0);
    if (!zero) live.push_back(j);
  }
  return live;
}

void check_contract(const Program& program) {
  expects(program.activations.rows() == program.labels.size());
  expects(program.activations.cols() == program.kappa.size());
  expects(program.q >= 1.0 && program.q <= 2.0);
  expects(program.activations.allFinite() && program.labels.allFinite() && program.kappa.allFinite());
}

/// Solution of the program in its live columns, with zeros for the dead ones.
Solution with_dead_columns(Solution solution, const std::vector<Index>& live, Index width) {
  Vector outer_weights = Vector::Zero(width);
  for (std::size_t k = 0; k < live.size(); ++k)
    outer_weights(live[k]) = solution.outer_weights(static_cast<Index>(k));
  if (solution.status == Status::infeasible) outer_weights.setConstant(not_a_number);
  solution.outer_weights = std::move(outer_weights);
  return solution;
}

/// Common to the interpolators without a dual: S^+ y, or the finding that y is out of range.
template <typename Complete>
Solution least_norm_based(const Program& program, const StopRequest& stop, Complete complete) {
  check_contract(program);
  const OrthogonalDecomposition decomposition(program.activations, stop);
  if (program.labels.isZero(0.0)) return zero_solution(program, decomposition.rank());
  Vector outer_weights = decomposition.row_space().transpose() * row_space_labels(program, decomposition);
  const double residual = decomposition.range_residual(program.labels);
  if (residual > std::max(range_tolerance, residual_floor(program, outer_weights)))
    return without_interpolator(program, residual, decomposition.rank());
  complete(decomposition, outer_weights);
  Solution solution;
  solution.certificate = certify(program, outer_weights);
  solution.status = judge(solution.certificate, residual_floor(program, outer_weights));
  solution.outer_weights = std::move(outer_weights);
  solution.dual = Vector::Constant(program.labels.size(), not_a_number);
  solution.rank = decomposition.rank();
  return solution;
}

}  // namespace

Solution flattest_interpolator(const Program& program, const StopRequest& stop) {
  check_contract(program);
  if (program.labels.isZero(0.0))
    return zero_solution(program, OrthogonalDecomposition(program.activations, stop).rank());
  const std::vector<Index> live = live_columns(program);
  const Index width = program.kappa.size();
  if (live.empty()) return without_interpolator(program, 1.0, 0);
  if (static_cast<Index>(live.size()) == width) return solve_live(program, stop);
  const Matrix activations = program.activations(Eigen::all, live);
  const Vector kappa = program.kappa(live);
  return with_dead_columns(solve_live({activations, program.labels, kappa, program.q}, stop), live, width);
}

Solution minimum_l2_interpolator(const Program& program, const StopRequest& stop) {
  return least_norm_based(program, stop, [](const OrthogonalDecomposition&, Vector&) {});
}

Solution random_interpolator(const Program& program, const VectorView& draw, const StopRequest& stop) {
  return least_norm_based(
      program, stop, [&](const OrthogonalDecomposition& decomposition, Vector& outer_weights) {
        const Matrix& basis = decomposition.row_space();
        if (basis.rows() == basis.cols()) return;
        Vector direction = draw;
        for (int pass = 0; pass < 2; ++pass) direction -= basis.transpose() * (basis * direction).eval();
        outer_weights += direction * (outer_weights.norm() / direction.norm());
        outer_weights += basis.transpose() * refinement(program, decomposition, outer_weights);
      });
}

}  // namespace flatsweep::solve

#pragma once

#include <algorithm>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "solve/decomposition.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

/// Programs that have the solutions of another one and are easier to solve.
namespace flatsweep::solve {

/// Return the finding that S a = y has no solution.
/// @param residual least relative residual
Solution no_interpolator(const Program& program, double residual, Index rank);

/// A program without the columns of S that are zero: their weights cost something or nothing, and are zero.
class NonzeroProgram {
 public:
  /// @pre kappa_j > 0 if column j is not zero
  explicit NonzeroProgram(const Program& program);

  /// Whether S is zero.
  [[nodiscard]] bool empty() const { return columns_.empty(); }

  /// The smaller program: a view of this, or of the caller's arrays if no column is zero.
  [[nodiscard]] Program program() const;

  /// Return a solution of the smaller program with zero weights, or NaN if infeasible, for the other columns.
  [[nodiscard]] Solution restored(Solution solution) const;

 private:
  [[nodiscard]] bool complete() const { return static_cast<Index>(columns_.size()) == original_.kappa.size(); }

  Program original_;
  std::vector<Index> columns_;
  Matrix activations_;  // n x columns; empty if complete
  Vector kappa_;
};

/// A program in an orthonormal basis of the row space of S: the same interpolators, S of full rank and
/// condition 1, and the decision whether there are any.
class RowSpaceProgram {
 public:
  /// @param tolerance directions of S below this share of its largest singular value are left out
  /// @pre labels are not all zero
  /// @throws Stopped if the request comes first
  RowSpaceProgram(const Program& program, const StopRequest& stop, double tolerance = tuning.ladder.rank_tolerance);

  /// Return the numerical rank k of S.
  [[nodiscard]] Index rank() const { return decomposition_.rank(); }

  /// Return ||y - projection of y on the range of S|| / ||y||.
  [[nodiscard]] double residual() const { return residual_; }

  /// Return whether S a = y has a solution: the residual is at most 1e-9, or rounding.
  [[nodiscard]] bool is_feasible() const {
    return residual_ <= std::max(tuning.acceptance.distance_of_range, residual_floor(original_, least_norm_weights()));
  }

  /// minimise sum_j kappa_j |a_j|^q subject to Q'a = L^-1 Z'y, in k = rank() rows; Q' has orthonormal ones.
  [[nodiscard]] Program program() const { return {row_space(), labels_, original_.kappa, original_.q}; }

  /// Change a (m) by as little as makes S a = y: a step of iterative refinement with its residual in extended
  /// precision.
  void refine(Vector& outer_weights) const { outer_weights += row_space().transpose() * missing_labels(outer_weights); }

  /// The same by changing the weights of `basis` only, rank() independent columns of S.
  void refine(Vector& outer_weights, const std::vector<Index>& basis) const;

  /// Return the dual (n) of the original program that belongs to one of this (k).
  [[nodiscard]] Vector lifted_dual(const VectorView& dual) const { return decomposition_.lifted_dual(dual); }

 private:
  [[nodiscard]] const Matrix& row_space() const { return decomposition_.row_space(); }
  [[nodiscard]] Vector least_norm_weights() const { return row_space().transpose() * labels_; }
  /// Return L^-1 Z'(y - S a), k.
  [[nodiscard]] Vector missing_labels(const Vector& a) const {
    return decomposition_.reduced_labels(extended_residual(original_.activations, a, original_.labels));
  }

  Program original_;
  OrthogonalDecomposition decomposition_;
  Vector labels_;  // k
  double residual_;
};

/// A program with a penalty in an orthonormal basis Z of the range of S: Z'S a + mu nu' = Z'y. The loss is not
/// invariant to the whitening of RowSpaceProgram; only directions are found in coordinates in which S S' + mu I is the
/// identity.
class RangeProgram {
 public:
  /// @pre program.penalty > 0, labels are not all zero
  /// @throws Stopped if the request comes first
  RangeProgram(const Program& program, const StopRequest& stop);

  /// Return the numerical rank k of S.
  [[nodiscard]] Index rank() const { return decomposition_.rank(); }

  /// Return the program of Z'S and Z'y, in k rows and with the same mu.
  [[nodiscard]] Program program() const {
    return {activations_, labels_, original_.kappa, original_.q,
            2.0 * original_.ridge() / static_cast<double>(labels_.size())};
  }

  /// Return the Cholesky factor L (k x k, lower) of Z'S S'Z + mu I, or of that with a larger mu if rounding makes it
  /// indefinite.
  [[nodiscard]] const Matrix& lower() const { return lower_; }

  /// Return the dual (n) of the original program that belongs to one of this (k), i.e. with its part off the range,
  /// (y - Z Z'y)/mu.
  [[nodiscard]] Vector lifted_dual(const VectorView& dual) const { return outside_ + decomposition_.lifted(dual); }

  /// Return the same for q = 1, rounded to the nearest plane.
  /// @param basis columns B of the optimum
  /// @param signed_costs s with B'nu = s
  [[nodiscard]] Vector rounded_dual(const VectorView& dual, const std::vector<Index>& basis,
                                    const VectorView& signed_costs) const;

 private:
  Program original_;
  OrthogonalDecomposition decomposition_;
  Matrix activations_;  // Z'S, k x m
  Vector labels_;       // Z'y, k
  Vector outside_;      // n
  Matrix lower_;        // k x k
};

}  // namespace flatsweep::solve

#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "solve/orthogonal_decomposition.hpp"
#include "solve/tuning.hpp"

/// Programs that have the solutions of another one and are easier to solve.
namespace flatsweep::solve {

/// Return the finding that S a = y has no solution.
/// @param residual least relative residual
Solution no_interpolator(const Program& program, double residual, Index rank);

/// A program in units in which its labels and costs are of order 1, and its S if it is far from that, so that
/// no product over- or underflows whatever units the caller works in. All factors are powers of two.
class ScaledProgram {
 public:
  /// @pre S, y, kappa are finite; y and kappa are not all zero
  explicit ScaledProgram(const Program& program);

  /// The scaled one: a view of this and of the caller's S.
  [[nodiscard]] Program program() const;

  /// Return a solution of the scaled program in the caller's units.
  [[nodiscard]] Solution restored(Solution solution) const;

 private:
  Program original_;
  int activations_exponent_;
  int labels_exponent_;
  int kappa_exponent_;
  Matrix activations_;  // n x m if S is scaled, else empty
  Vector labels_;       // n
  Vector kappa_;        // m
};

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
  [[nodiscard]] bool is_feasible() const;

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
  [[nodiscard]] Vector missing_labels(const Vector& outer_weights) const;

  Program original_;
  OrthogonalDecomposition decomposition_;
  Vector labels_;  // k
  double residual_;
};

}  // namespace flatsweep::solve

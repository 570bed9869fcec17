#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/orthogonal_decomposition.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::solve {

/// A program in an orthonormal basis of the row space of S: the same interpolators, S of full rank and
/// condition 1, and the decision whether there are any.
class RowSpaceProgram {
 public:
  /// @param tolerance directions of S below this share of its largest singular value are left out
  /// @pre labels are not all zero
  /// @throws Stopped where the request comes first
  RowSpaceProgram(const Program& program, const StopRequest& stop,
                  double tolerance = OrthogonalDecomposition::rank_tolerance);

  /// k, of S.
  [[nodiscard]] Index rank() const { return decomposition_.rank(); }

  /// ||y - projection of y on the range of S|| / ||y||.
  [[nodiscard]] double residual() const { return residual_; }

  /// Whether S a = y has a solution: the residual is at most 1e-9, or rounding.
  [[nodiscard]] bool is_feasible() const;

  /// minimise sum_j kappa_j |a_j|^q subject to Q'a = L^-1 Z'y, in k = rank() rows.
  [[nodiscard]] Program program() const { return {row_space(), labels_, original_.kappa, original_.q}; }

  /// Q', k x m with orthonormal rows.
  [[nodiscard]] const Matrix& row_space() const { return decomposition_.row_space(); }

  /// S^+ y, m.
  [[nodiscard]] Vector least_norm_weights() const { return row_space().transpose() * labels_; }

  /// Changes `outer_weights` (m) by as little as makes S a = y: a step of iterative refinement with its
  /// residual in extended precision.
  void refine(Vector& outer_weights) const;

  /// The same by changing the weights of `basis` only, rank() independent columns of S.
  void refine(Vector& outer_weights, const std::vector<Index>& basis) const;

  /// The dual (n) of the original program that belongs to one of this (k).
  [[nodiscard]] Vector lifted_dual(const VectorView& dual) const { return decomposition_.lifted_dual(dual); }

 private:
  [[nodiscard]] Vector missing_labels(const Vector& outer_weights) const;

  Program original_;
  OrthogonalDecomposition decomposition_;
  Vector labels_;  // k
  double residual_;
};

}  // namespace flatsweep::solve

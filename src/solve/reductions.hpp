#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

/// Programs that have the solutions of another one and are easier to solve, and the factors of S that make them.
namespace flatsweep::solve {

/// A QR factorisation without the zero rows of R.
struct ThinQr {
  Matrix orthonormal;  ///< Q, p x k
  Matrix upper;        ///< R, k x k
};

/// Factor a p x k matrix with p >= k.
ThinQr thin_qr(Matrix a);

/// Return the Cholesky factor L (n x n, lower, zeros above) of S S' if S S' has full rank beyond doubt: a
/// condition of at most 1e11, so that L^-1 S is orthonormal to about five digits.
std::optional<Matrix> gram_cholesky(const MatrixView& activations);

/// Complete orthogonal decomposition S = Z L Q' of an n x m matrix of rank k: Z (n x k) and Q (m x k) with
/// orthonormal columns, L (k x k) lower triangular. It decides the rank (sigma_k > tolerance sigma_1), spans
/// the range by Z and the row space by Q, and S^+ = Q L^-1 Z' (Golub & Van Loan, Matrix Computations, 5.4.7).
/// gram_cholesky() gives L, and Q' = L^-1 S, if S S' is regular beyond doubt. Else blocked Householder QR of
/// S' carries the cost; columns are pivoted only if the triangle that it leaves is nearly singular.
class OrthogonalDecomposition {
 public:
  /// @param tolerance singular values above this share of the largest count as nonzero
  /// @throws Stopped if the request comes first
  explicit OrthogonalDecomposition(const MatrixView& activations, const StopRequest& stop = {},
                                   double tolerance = tuning.ladder.rank_tolerance);

  /// Return the rank k.
  [[nodiscard]] Index rank() const { return lower_.rows(); }

  /// Return Q': k x m with orthonormal rows.
  [[nodiscard]] const Matrix& row_space() const { return row_space_; }

  /// Return Z'v (k) for a v of n entries.
  [[nodiscard]] Vector rotated(const VectorView& v) const {
    return has_full_row_rank() ? Vector(v) : range_.transpose() * v;
  }
  /// Return Z'S (k x m).
  [[nodiscard]] Matrix rotated_activations() const { return lower_.triangularView<Eigen::Lower>() * row_space_; }
  /// Return Z u (n).
  [[nodiscard]] Vector lifted(const VectorView& u) const { return has_full_row_rank() ? Vector(u) : range_ * u; }

  /// Return L^-1 Z'y (k): S a = y for y in the range of S is Q'a = this.
  [[nodiscard]] Vector reduced_labels(const VectorView& labels) const;

  /// Return Z L'^-1 u (n), the nu with S'nu = Q u.
  [[nodiscard]] Vector lifted_dual(const VectorView& reduced_dual) const;

  /// Return ||y - Z Z'y|| / ||y||.
  [[nodiscard]] double range_residual(const VectorView& labels) const;

 private:
  bool decompose_gram(const MatrixView& activations);
  Matrix decompose_core(Matrix core, double tolerance);
  [[nodiscard]] bool has_full_row_rank() const { return range_.size() == 0 && rank() > 0; }

  Matrix range_;      // Z, n x k; empty if it is the identity
  Matrix lower_;      // L, k x k
  Matrix row_space_;  // Q', k x m
};

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
  double penalty_;
  Matrix activations_;  // n x m if S is scaled, else empty
  Vector labels_;       // n
  Vector kappa_;        // m
};

/// What an EquilibratedProgram makes alike in scale.
enum class Equilibration : std::uint8_t {
  none,      ///< nothing: the labels are of order 1
  by_size,   ///< the largest entries of rows and of columns
  by_costs,  ///< the costs of the columns, then the largest entries of rows
};

/// A program whose rows, and whose columns with their costs, are multiplied by powers of two: the same equations and
/// the same optimum in other units, in which rank, residual and pivots can be decided for all rows alike.
class EquilibratedProgram {
 public:
  /// @pre labels are not all zero
  EquilibratedProgram(const Program& program, Equilibration equilibration);

  /// Whether rows or columns differed in scale, or were far from 1, by more than `spread` binary orders.
  [[nodiscard]] bool changes_scales_by(double spread) const;

  /// The equilibrated one: a view of this, or of the caller's S if nothing is equilibrated.
  [[nodiscard]] Program program() const;

  /// Return a solution of the equilibrated program in the caller's units; `inaccurate` if doubles do not hold it there.
  [[nodiscard]] Solution restored(Solution solution) const;

 private:
  void equilibrate(Equilibration equilibration);

  Program original_;
  Vector rows_, columns_;           // binary exponents, n and m
  double labels_, kappa_exponent_;  // of the largest label, and of the largest cost
  Matrix activations_;              // n x m, empty if nothing is equilibrated
  Vector scaled_labels_, kappa_;    // n, m
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

}  // namespace flatsweep::solve

#pragma once

#include <span>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::solve {

/// n columns of S that form a regular matrix B, as LU factors and an eta vector for each update since they
/// were computed (product form of the inverse).
class Basis {
 public:
  /// Choose the n columns of highest priority that together are regular: columns are taken in the order of
  /// `priority` (m), and one that depends on those before it is skipped.
  /// @return false if S has no n columns that are independent to working precision
  /// @throws Stopped if the request comes first
  [[nodiscard]] bool choose(const MatrixView& activations, const VectorView& priority, const StopRequest& stop = {});

  /// Return n.
  [[nodiscard]] Index size() const { return lu_.rows(); }
  /// Return the indices in S of the columns of B, in their order.
  [[nodiscard]] const std::vector<Index>& columns() const { return columns_; }

  /// x := B^-1 x, for the columns of x (n x k).
  void solve(Eigen::Ref<Matrix> x) const;
  /// x := B'^-1 x (n).
  void solve_transposed(Eigen::Ref<Vector> x) const;

  /// Replace the basis column at `position` by column `entering` of S.
  /// @param eta B^-1 times the entering column, n
  void update(Index position, Index entering, const VectorView& eta);

  /// Return the number of updates since the factors were computed: each makes solves slower and less exact.
  [[nodiscard]] Index updates() const { return update_count_; }

  /// Factor the present columns anew.
  /// @return false if they are singular to working precision
  [[nodiscard]] bool refactor(const MatrixView& activations);

 private:
  std::vector<Index> columns_;
  Matrix lu_;                     // n x n
  Eigen::VectorXi order_;         // row order of the LU factors
  mutable Vector permuted_;       // scratch
  Matrix etas_;                   // n x updates
  std::vector<Index> positions_;  // of the updates
  Index update_count_ = 0;
};

/// Return priorities (m) by which the n columns that pivoted QR takes first come first, whatever their weights.
Vector independence(const MatrixView& activations);

/// Replace nu by a solution of B'nu = s in doubles that keeps |B'nu - s| small; plain rounding would
/// not if the system is ill-conditioned. With B' = Q R, entries are rounded from the last to the first, and each
/// absorbs the rounding errors of those after it (Babai's nearest plane on the lattice of doubles). If B has
/// fewer columns than rows, as many entries as it has columns move, and the others stay.
/// @param columns of S that form B, k <= n of them
/// @param costs s, k
/// @param dual nu to start from, n; replaced
/// @pre B has rank k
void round_dual(const MatrixView& activations, std::span<const Index> columns, const VectorView& costs,
                Eigen::Ref<Vector> dual);

/// Return `costs` (k) made smaller by what rounding nu to doubles may add to S_j'nu: with these, columns of tiny costs
/// do not make all of nu be scaled down for their feasibility, and the dual value loses by their own weights only.
/// @param columns of S, k
/// @param dual nu, n
Vector inward_costs(const MatrixView& activations, std::span<const Index> columns, Vector costs,
                    const VectorView& dual);

}  // namespace flatsweep::solve

#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::solve {

/// n columns of S that form a regular matrix B, as LU factors and the exchanges made since they were computed
/// (product form of the inverse).
class Basis {
 public:
  /// The n heaviest columns that together are regular: columns are taken in the order of `importance` (m),
  /// and one that depends on those before it is passed over.
  /// @return false where S has no n columns that are independent to working precision
  /// @throws Stopped where the request comes first
  [[nodiscard]] bool choose(const MatrixView& activations, const VectorView& importance,
                            const StopRequest& stop = {});

  /// n.
  [[nodiscard]] Index size() const { return lu_.rows(); }
  /// Indices in S of the columns of B, in their order.
  [[nodiscard]] const std::vector<Index>& columns() const { return columns_; }

  /// x := B^-1 x, for the columns of x (n x k), and x := B'^-1 x (n).
  void solve(Eigen::Ref<Matrix> x) const;
  /// x := B'^-1 x (n).
  void solve_transposed(Eigen::Ref<Vector> x) const;

  /// Column `entering` of S takes the place of the basis column at `position`.
  /// @param image B^-1 times the entering column, n
  void exchange(Index position, Index entering, const VectorView& image);

  /// How many since the factors were computed: each makes solves dearer and less exact.
  [[nodiscard]] Index exchanges() const { return exchange_count_; }

  /// Fresh factors of the present columns.
  /// @return false where they are singular to working precision
  [[nodiscard]] bool refactor(const MatrixView& activations);

 private:
  std::vector<Index> columns_;
  Matrix lu_;                // n x n
  Eigen::VectorXi order_;    // row order of the LU factors
  mutable Vector permuted_;  // scratch
  Matrix images_;            // n x exchanges
  std::vector<Index> positions_;
  Index exchange_count_ = 0;
};

}  // namespace flatsweep::solve

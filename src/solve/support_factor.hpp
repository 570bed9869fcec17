#pragma once

#include <span>
#include <vector>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// S_B = Q R of the k columns B of S: Q (n x k) with orthonormal columns, R (k x k) upper triangular. Columns enter and
/// leave at a cost of n k (Daniel, Gragg, Kaufman & Stewart 1976).
class SupportFactor {
 public:
  /// @param activations S, n x m; outlives this
  explicit SupportFactor(const MatrixView& activations);

  /// Factor these columns anew; one that depends on those before it is left out.
  void assign(std::span<const Index> columns);

  /// Add a column at the end.
  /// @return false, and nothing changes, if it depends on the others to rounding, or if there are n
  [[nodiscard]] bool append(Index column);

  /// Remove the column at `position`.
  void remove(Index position);

  /// Return k.
  [[nodiscard]] Index size() const { return static_cast<Index>(columns_.size()); }
  /// Return B.
  [[nodiscard]] const std::vector<Index>& columns() const { return columns_; }

  /// Return R^-1 Q'f (k): the least-squares solution of S_B x = f.
  [[nodiscard]] Vector coefficients(const VectorView& f) const;
  /// Return Q R'^-1 g (n): the nu of least norm with S_B'nu = g.
  [[nodiscard]] Vector preimage(const VectorView& g) const;
  /// Return |S_B x|^2 for x of k entries.
  [[nodiscard]] double squared_image(const VectorView& x) const {
    return (upper_.topLeftCorner(size(), size()).triangularView<Eigen::Upper>() * x).squaredNorm();
  }
  /// Return f - Q Q'f (n).
  [[nodiscard]] Vector outside(const VectorView& f) const;

 private:
  MatrixView activations_;
  std::vector<Index> columns_;
  Matrix orthonormal_;  // n x min(n, m), the first k columns are Q
  Matrix upper_;        // min(n, m) square, the leading k x k is R
};

}  // namespace flatsweep::solve

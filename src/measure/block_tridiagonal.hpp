#pragma once

#include <optional>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// A symmetric matrix brought to block tridiagonal form by orthogonal similarity (blocks of 64): (4/3) n^3
/// flops, nearly all in matrix products, after which each shifted problem costs O(n) blocks. First stage of
/// the two-stage reduction of Bischof, Lang & Sun (2000); no more than that is needed where no single
/// eigenvalue is.
class BlockTridiagonal {
 public:
  /// @param symmetric n x n, lower triangle
  /// @throws Stopped where the request comes first
  explicit BlockTridiagonal(MatrixView symmetric, const StopRequest& stop = {});

  /// tr((A + shift I)^-1); nothing where A + shift I is not numerically positive definite.
  [[nodiscard]] std::optional<double> inverse_trace(double shift) const;

 private:
  [[nodiscard]] Index block_count() const;
  [[nodiscard]] Index block_size(Index block) const;

  Matrix blocks_;  // n x n; only the blocks on the diagonal (lower triangles) and just below it count
};

}  // namespace flatsweep::measure

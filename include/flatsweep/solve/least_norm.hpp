#pragma once

#include <optional>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/normal_equations.hpp"
#include "flatsweep/solve/orthogonal_decomposition.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::solve {

/// S^+ for repeated use: by refined normal equations where they prove S well conditioned, else by a complete
/// orthogonal decomposition.
class LeastNorm {
 public:
  /// @param activations S, n x m; outlives this
  /// @throws Stopped where the request comes first
  explicit LeastNorm(const MatrixView& activations, const StopRequest& stop = {});

  /// Of S.
  [[nodiscard]] Index rank() const;

  /// The rung on which S^+ is applied: direct or row_space.
  [[nodiscard]] Rung rung() const { return equations_ ? Rung::direct : Rung::row_space; }

  /// ||y - projection of y on the range of S|| / ||y||.
  [[nodiscard]] double range_residual(const VectorView& labels) const;

  /// nu (n) with S'nu = S^+ y.
  [[nodiscard]] Vector dual(const VectorView& labels);

  /// S^+ y, m.
  [[nodiscard]] Vector weights(const VectorView& labels);

  /// Changes `weights` (m) by as little as makes S a = y, from its residual in extended precision.
  void refine(Vector& weights, const VectorView& labels);

 private:
  MatrixView activations_;
  std::optional<NormalEquations> equations_;
  std::optional<OrthogonalDecomposition> decomposition_;
};

}  // namespace flatsweep::solve

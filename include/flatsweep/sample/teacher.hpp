#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/link.hpp"
#include "flatsweep/model/target.hpp"

namespace flatsweep::sample {

/// The target f(x) = b + sum_i c_i g(u_i . x), or b + max(x'Ax, 0).
struct Teacher {
  model::Link link;              ///< g
  model::Activation activation;  ///< of the network: what `matched` and `mirrored` refer to
  Matrix index_directions;       ///< r x d, orthonormal rows; for quadratic_form: leading eigenvectors of A
  Vector coefficients;           ///< r
  double offset = 0.0;           ///< b
  Matrix form;                   ///< d x d, the A of quadratic_form; 0 x 0 for the other links

  /// f at the rows of `features` (k x d): k values.
  [[nodiscard]] Vector evaluate(MatrixView features) const;
};

/// @pre indices < d; for quadratic_form indices <= floor(d/2)
Teacher sample_teacher(std::uint64_t seed, Index d, Index indices, const model::Link& link,
                       const model::Activation& activation, model::Coefficients coefficients,
                       const model::Offset& offset);

}  // namespace flatsweep::sample

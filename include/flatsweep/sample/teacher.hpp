#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/link.hpp"
#include "flatsweep/model/target.hpp"
#include "flatsweep/sample/stream.hpp"

namespace flatsweep::sample {

/// The target f(x) = b + sum_i c_i g(u_i . x), or b + max(x'Ax, 0).
struct Teacher {
  model::Link link;              ///< g
  model::Activation activation;  ///< of the network, which `matched` and `mirrored` refer to
  Matrix index_directions;       ///< r x d, orthonormal rows; for quadratic_form: leading eigenvectors of A
  Vector coefficients;           ///< r
  double offset = 0.0;           ///< b
  Matrix form;                   ///< d x d, the A of quadratic_form; 0 x 0 for the other links

  /// Return f at the rows of `features` (k x d): k values.
  [[nodiscard]] Vector evaluate(const MatrixView& features) const;
};

/// Sample the target of a configuration. Directions, coefficients and offset have streams of their own, so
/// that configurations share what does not differ between them.
/// @param indices r, the number of index directions
/// @pre indices < d; for quadratic_form indices <= floor(d/2)
Teacher sample_teacher(std::uint64_t seed, Index d, Index indices, const model::Link& link,
                       const model::Activation& activation, model::Coefficients coefficients,
                       const model::Offset& offset);

/// Return `count` orthonormal rows of length d, Haar-distributed (Mezzadri 2007), from the Gaussian numbers
/// of one row of the stream.
/// @pre count <= d
Matrix haar_rows(const Stream& stream, std::uint64_t row, Index count, Index d);

}  // namespace flatsweep::sample

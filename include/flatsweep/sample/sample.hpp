#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/target.hpp"
#include "flatsweep/sample/stream.hpp"

namespace flatsweep::sample {

/// The target f(x) = b + sum_i c_i g(u_i . x), or b + max(x'Ax, 0).
struct Teacher {
  model::Link link;              ///< g
  model::Activation activation;  ///< of the network, which `matched` and `mirrored` refer to
  Matrix index_directions{};     ///< r x d, orthonormal rows; for quadratic_form: leading eigenvectors of A
  Vector coefficients{};         ///< r
  double offset = 0.0;           ///< b
  Matrix form{};                 ///< d x d, the A of quadratic_form; 0 x 0 for the other links

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

/// Sample the features X: samples x d, iid N(0, 1). Row i depends on (seed, d, i) only.
Matrix sample_features(std::uint64_t seed, Index d, Index samples);

/// Fill `points` (count x d) with the rows first, ..., first + count - 1 of the test points of the Monte
/// Carlo loss, iid N(0, 1). Row i depends on (seed, d, i) only.
void sample_test_points(std::uint64_t seed, Index first, Eigen::Ref<Matrix> points);

/// Sample the label noise epsilon: iid N(0, 1); entry i depends on (seed, i) only.
Vector sample_noise(std::uint64_t seed, Index samples);

/// Sample the inner weights W: width x d with unit rows w_j = gamma U's_j + sqrt(1 - gamma^2) v_j, so that
/// ||U w_j|| = gamma exactly (arXiv 2606.04429, section 6.1). s_j depends on (seed, r, j), v_j's Gaussian on
/// (seed, d, j).
/// @param index_directions U, r x d with orthonormal rows, r < d
/// @param gamma correlation of neurons and index subspace, in [0, 1]
Matrix sample_inner_weights(std::uint64_t seed, const MatrixView& index_directions, Index width, double gamma);

/// Sample the Gaussian vector whose projection is the null-space direction of the interpolator `random`; it
/// depends on (seed, width) only.
Vector sample_null_space_draw(std::uint64_t seed, Index width);

/// Return `count` orthonormal rows of length d, Haar-distributed (Mezzadri 2007), from the Gaussian numbers
/// of one row of the stream.
/// @pre count <= d
Matrix haar_rows(const Stream& stream, std::uint64_t row, Index count, Index d);

}  // namespace flatsweep::sample

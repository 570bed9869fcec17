#include "flatsweep/sample/weights.hpp"

#include <algorithm>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/sample/stream.hpp"

namespace flatsweep::sample {
namespace {

/// Neurons drawn together, always in full, so that the rounding of a product never depends on the width.
constexpr Index neuron_block = 64;

/// Return size x neuron_block numbers; column j holds those of row first + j.
Matrix gaussian_columns(const Stream& stream, Index first, Index size) {
  Matrix columns(size, neuron_block);
  for (Index j = 0; j < neuron_block; ++j) stream.normal(static_cast<std::uint64_t>(first + j), columns.col(j));
  return columns;
}

void normalise_columns(Matrix& columns) {
  for (auto column : columns.colwise()) column /= column.norm();
}

/// columns := (I - U'U) columns, twice: once more removes what cancellation left.
void project_out(const Matrix& index_directions, Matrix& columns) {
  for (int pass = 0; pass < 2; ++pass) {
    const Matrix coordinates = index_directions * columns;
    columns.noalias() -= index_directions.transpose() * coordinates;
  }
}

}  // namespace

Matrix sample_inner_weights(std::uint64_t seed, const MatrixView& index_directions, Index width, double gamma) {
  const Index r = index_directions.rows();
  const Index d = index_directions.cols();
  expects(1 <= r && r < d && gamma >= 0.0 && gamma <= 1.0);
  const Matrix directions = index_directions;
  const Stream sphere(seed, Purpose::index_sphere, static_cast<std::uint32_t>(r));
  const Stream complement(seed, Purpose::complement, static_cast<std::uint32_t>(d));
  const double complement_length = std::sqrt((1.0 - gamma) * (1.0 + gamma));

  Matrix weights(width, d);
  for (Index first = 0; first < width; first += neuron_block) {
    Matrix s = gaussian_columns(sphere, first, r);
    normalise_columns(s);
    Matrix v = gaussian_columns(complement, first, d);
    project_out(directions, v);
    normalise_columns(v);
    const Matrix block = gamma * (directions.transpose() * s) + complement_length * v;
    const Index count = std::min(neuron_block, width - first);
    weights.middleRows(first, count) = block.leftCols(count).transpose();
  }
  return weights;
}

}  // namespace flatsweep::sample

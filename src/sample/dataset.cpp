#include "flatsweep/sample/dataset.hpp"

#include "flatsweep/sample/stream.hpp"

namespace flatsweep::sample {
namespace {

/// Set row i of `points` to the numbers of row first + i of the stream.
void fill_rows(const Stream& stream, Index first, Eigen::Ref<Matrix> points) {
  Vector numbers(points.cols());
  for (Index i = 0; i < points.rows(); ++i) {
    stream.normal(static_cast<std::uint64_t>(first + i), numbers);
    points.row(i) = numbers.transpose();
  }
}

Vector sample_vector(const Stream& stream, Index size) {
  Vector numbers(size);
  stream.normal(0, numbers);
  return numbers;
}

}  // namespace

Matrix sample_features(std::uint64_t seed, Index d, Index samples) {
  Matrix features(samples, d);
  fill_rows(Stream(seed, Purpose::features, static_cast<std::uint32_t>(d)), 0, features);
  return features;
}

void sample_test_points(std::uint64_t seed, Index first, Eigen::Ref<Matrix> points) {
  fill_rows(Stream(seed, Purpose::test_points, static_cast<std::uint32_t>(points.cols())), first, points);
}

Vector sample_noise(std::uint64_t seed, Index samples) { return sample_vector(Stream(seed, Purpose::noise), samples); }

Vector sample_null_space_draw(std::uint64_t seed, Index width) {
  return sample_vector(Stream(seed, Purpose::null_space, static_cast<std::uint32_t>(width)), width);
}

}  // namespace flatsweep::sample

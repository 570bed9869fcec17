#include "flatsweep/sample/sample.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "flatsweep/core/error.hpp"

namespace flatsweep::sample {
namespace {

/// Points or neurons computed together, always in full, so that the rounding of a product never depends on
/// their number.
constexpr Index block_size = 64;

Vector sample_vector(const Stream& stream, Index size) {
  Vector numbers(size);
  stream.normal(0, numbers);
  return numbers;
}

/// Set row i of `points` to the numbers of row first + i of the stream.
void fill_rows(const Stream& stream, Index first, Eigen::Ref<Matrix> points) {
  Vector numbers(points.cols());
  for (Index i = 0; i < points.rows(); ++i) {
    stream.normal(static_cast<std::uint64_t>(first + i), numbers);
    points.row(i) = numbers.transpose();
  }
}

/// Return size x block_size numbers; column j holds those of row first + j.
Matrix gaussian_columns(const Stream& stream, Index first, Index size) {
  Matrix columns(size, block_size);
  for (Index j = 0; j < block_size; ++j) stream.normal(static_cast<std::uint64_t>(first + j), columns.col(j));
  return columns;
}

void normalise_columns(Matrix& columns) {
  for (auto column : columns.colwise()) column /= column.norm();
}

/// columns := (I - U'U) columns, twice: the second pass removes what cancellation left.
void project_out(const Matrix& index_directions, Matrix& columns) {
  for (int pass = 0; pass < 2; ++pass) {
    const Matrix coordinates = index_directions * columns;
    columns.noalias() -= index_directions.transpose() * coordinates;
  }
}

/// Set the A of a quadratic form and its leading directions: A = sqrt(2/e)/2 sum_{i<=e/2} (Q_i Q_{i+e/2}' +
/// Q_{i+e/2} Q_i') has the eigenvalues +-sqrt(2/e)/2 and the eigenvectors (Q_i +- Q_{i+e/2})/sqrt 2.
void sample_quadratic_form(std::uint64_t seed, Index d, Index indices, Teacher& teacher) {
  const Index half = d / 2;
  expects(indices <= half);
  const Matrix q = haar_rows(Stream(seed, Purpose::rotation, d), 0, d, d);
  const Matrix product = q.topRows(half).transpose() * q.middleRows(half, half);
  teacher.form = 0.5 / std::sqrt(static_cast<double>(half)) * (product + product.transpose());
  teacher.index_directions = (q.topRows(indices) + q.middleRows(half, indices)) / std::numbers::sqrt2;
}

Vector sample_coefficients(std::uint64_t seed, Index indices, model::Coefficients coefficients) {
  if (coefficients == model::Coefficients::equal)
    return Vector::Constant(indices, 1.0 / std::sqrt(static_cast<double>(indices)));
  return sample_vector(Stream(seed, Purpose::coefficients, indices), indices).cwiseAbs().normalized();
}

/// Return f - b at the columns of `points` (d x k).
Vector evaluate_columns(const Teacher& teacher, const Matrix& points) {
  if (teacher.link.is_quadratic_form()) {
    const Matrix products = teacher.form * points;
    return points.cwiseProduct(products).colwise().sum().transpose().cwiseMax(0.0);
  }
  Matrix values = teacher.index_directions * points;
  values = values.unaryExpr([&](double z) { return teacher.link.evaluate(z, teacher.activation); }).eval();
  Vector sums = Vector::Zero(points.cols());
  for (Index i = 0; i < values.rows(); ++i) sums += teacher.coefficients(i) * values.row(i).transpose();
  return sums;
}

}  // namespace

Vector Teacher::evaluate(const MatrixView& features) const {
  Vector values(features.rows());
  Matrix points = Matrix::Zero(features.cols(), block_size);
  for (Index first = 0; first < features.rows(); first += block_size) {
    const Index count = std::min(block_size, features.rows() - first);
    points.leftCols(count) = features.middleRows(first, count).transpose();
    values.segment(first, count) = evaluate_columns(*this, points).head(count).array() + offset;
  }
  return values;
}

Teacher sample_teacher(std::uint64_t seed, Index d, Index indices, const model::Link& link,
                       const model::Activation& activation, model::Coefficients coefficients,
                       const model::Offset& offset) {
  expects(1 <= indices && indices < d);
  const Vector gaussian = sample_vector(Stream(seed, Purpose::offset), 1);
  Teacher teacher{.link = link,
                  .activation = activation,
                  .coefficients = sample_coefficients(seed, indices, coefficients),
                  .offset = offset.value + offset.spread * gaussian(0)};
  if (link.is_quadratic_form())
    sample_quadratic_form(seed, d, indices, teacher);
  else
    teacher.index_directions =
        haar_rows(Stream(seed, Purpose::index_directions, d), static_cast<std::uint64_t>(indices), indices, d);
  return teacher;
}

Matrix sample_features(std::uint64_t seed, Index d, Index samples) {
  Matrix features(samples, d);
  fill_rows(Stream(seed, Purpose::features, d), 0, features);
  return features;
}

void sample_test_points(std::uint64_t seed, Index first, Eigen::Ref<Matrix> points) {
  fill_rows(Stream(seed, Purpose::test_points, points.cols()), first, points);
}

Vector sample_noise(std::uint64_t seed, Index samples) { return sample_vector(Stream(seed, Purpose::noise), samples); }

Matrix sample_inner_weights(std::uint64_t seed, const MatrixView& index_directions, Index width, double gamma) {
  const Index r = index_directions.rows();
  const Index d = index_directions.cols();
  expects(1 <= r && r < d && gamma >= 0.0 && gamma <= 1.0);
  const Matrix directions = index_directions;
  const Stream sphere(seed, Purpose::index_sphere, r);
  const Stream complement(seed, Purpose::complement, d);
  const double complement_length = std::sqrt((1.0 - gamma) * (1.0 + gamma));

  Matrix weights(width, d);
  for (Index first = 0; first < width; first += block_size) {
    Matrix s = gaussian_columns(sphere, first, r);
    normalise_columns(s);
    Matrix v = gaussian_columns(complement, first, d);
    project_out(directions, v);
    normalise_columns(v);
    const Matrix block = gamma * (directions.transpose() * s) + complement_length * v;
    const Index count = std::min(block_size, width - first);
    weights.middleRows(first, count) = block.leftCols(count).transpose();
  }
  return weights;
}

Vector sample_null_space_draw(std::uint64_t seed, Index width) {
  return sample_vector(Stream(seed, Purpose::null_space, width), width);
}

Matrix haar_rows(const Stream& stream, std::uint64_t row, Index count, Index d) {
  expects(1 <= count && count <= d);
  Matrix gaussian(d, count);
  stream.normal(row, gaussian.reshaped());
  const Eigen::HouseholderQR<Matrix> qr(gaussian);  // Q is Haar-distributed if the diagonal of R is positive
  Matrix q = qr.householderQ() * Matrix::Identity(d, count);
  for (Index i = 0; i < count; ++i)
    if (qr.matrixQR()(i, i) < 0.0) q.col(i) = -q.col(i);
  return q.transpose();
}

}  // namespace flatsweep::sample

#include "flatsweep/sample/teacher.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::sample {
namespace {

/// Points evaluated together, always in full, so that the rounding of a product never depends on the number
/// of points.
constexpr Index point_block = 64;

struct QuadraticForm {
  Matrix matrix;              ///< A, d x d
  Matrix leading_directions;  ///< r x d, eigenvectors of A to its positive eigenvalue
};

/// A = sqrt(2/e)/2 sum_{i<=e/2} (Q_i Q_{i+e/2}' + Q_{i+e/2} Q_i'), with eigenvalues +-sqrt(2/e)/2 and
/// eigenvectors (Q_i +- Q_{i+e/2})/sqrt 2.
QuadraticForm sample_quadratic_form(std::uint64_t seed, Index d, Index indices) {
  const Index half = d / 2;
  expects(indices <= half);
  const Matrix q = haar_rows(Stream(seed, Purpose::rotation, static_cast<std::uint32_t>(d)), 0, d, d);
  const Matrix product = q.topRows(half).transpose() * q.middleRows(half, half);
  const double scale = 0.5 / std::sqrt(static_cast<double>(half));
  return {scale * (product + product.transpose()),
          (q.topRows(indices) + q.middleRows(half, indices)) / std::numbers::sqrt2};
}

Vector sample_coefficients(std::uint64_t seed, Index indices, model::Coefficients coefficients) {
  if (coefficients == model::Coefficients::equal)
    return Vector::Constant(indices, 1.0 / std::sqrt(static_cast<double>(indices)));
  Vector gaussian(indices);
  Stream(seed, Purpose::coefficients, static_cast<std::uint32_t>(indices)).normal(0, gaussian);
  return gaussian.cwiseAbs().normalized();
}

double sample_offset(std::uint64_t seed, const model::Offset& offset) {
  Vector gaussian(1);
  Stream(seed, Purpose::offset).normal(0, gaussian);
  return offset.value + offset.spread * gaussian(0);
}

/// Return f - b at the columns of `points` (d x k).
Vector evaluate_columns(const Teacher& teacher, const Matrix& points) {
  if (teacher.link.kind() == model::Link::Kind::quadratic_form) {
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
  Matrix points = Matrix::Zero(features.cols(), point_block);
  for (Index first = 0; first < features.rows(); first += point_block) {
    const Index count = std::min(point_block, features.rows() - first);
    points.leftCols(count) = features.middleRows(first, count).transpose();
    values.segment(first, count) = evaluate_columns(*this, points).head(count).array() + offset;
  }
  return values;
}

Teacher sample_teacher(std::uint64_t seed, Index d, Index indices, const model::Link& link,
                       const model::Activation& activation, model::Coefficients coefficients,
                       const model::Offset& offset) {
  expects(1 <= indices && indices < d);
  Teacher teacher{
      link,    activation, Matrix(), sample_coefficients(seed, indices, coefficients), sample_offset(seed, offset),
      Matrix()};
  if (link.kind() == model::Link::Kind::quadratic_form) {
    QuadraticForm form = sample_quadratic_form(seed, d, indices);
    teacher.form = std::move(form.matrix);
    teacher.index_directions = std::move(form.leading_directions);
  } else {
    const Stream stream(seed, Purpose::index_directions, static_cast<std::uint32_t>(d));
    teacher.index_directions = haar_rows(stream, static_cast<std::uint64_t>(indices), indices, d);
  }
  return teacher;
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

#include <catch2/catch.hpp>

#include "random_program.hpp"
#include "solve/decomposition.hpp"

using namespace flatsweep;
using solve::OrthogonalDecomposition;

namespace {

struct Shape {
  Index rows, cols, rank;
};

const Shape shapes[] = {{1, 1, 1},    {6, 6, 6},    {12, 30, 12}, {30, 12, 12}, {25, 25, 10}, {12, 30, 11},
                        {30, 12, 11}, {40, 90, 17}, {90, 40, 17}, {12, 30, 1},  {1, 20, 1},   {20, 1, 1}};

double distance_to_identity(const Matrix& matrix) {
  return (matrix - Matrix::Identity(matrix.rows(), matrix.cols())).norm();
}

/// L^-1 Z' (k x n) and Z L'^-1 (n x k), column by column.
Matrix reducing_matrix(const OrthogonalDecomposition& decomposition, Index n) {
  Matrix matrix(decomposition.rank(), n);
  for (Index i = 0; i < n; ++i) matrix.col(i) = decomposition.reduced_labels(Vector::Unit(n, i));
  return matrix;
}

Matrix lifting_matrix(const OrthogonalDecomposition& decomposition, Index n) {
  const Index rank = decomposition.rank();
  Matrix matrix(n, rank);
  for (Index i = 0; i < rank; ++i) matrix.col(i) = decomposition.lifted_dual(Vector::Unit(rank, i));
  return matrix;
}

Index rank_of(std::mt19937_64& random, const Vector& values, Index n, Index m) {
  return OrthogonalDecomposition(test::with_singular_values(random, values, n, m)).rank();
}

}  // namespace

TEST_CASE("Z, L and Q' multiply back to S, with orthonormal Z and Q, tall and wide, of any rank", "[solve]") {
  auto random = test::random_generator();
  for (const Shape& shape : shapes) {
    CAPTURE(shape.rows, shape.cols, shape.rank);
    const Matrix s = test::matrix_of_rank(random, shape.rank, shape.rows, shape.cols);
    const OrthogonalDecomposition decomposition(s);
    REQUIRE(decomposition.rank() == shape.rank);
    const Matrix& row_space = decomposition.row_space();
    REQUIRE(row_space.rows() == shape.rank);
    REQUIRE(row_space.cols() == shape.cols);
    CHECK(distance_to_identity(row_space * row_space.transpose()) <= 1e-13);
    const Matrix range_part = s * row_space.transpose();  // Z L
    CHECK((range_part * row_space - s).norm() <= 1e-13 * s.norm());
    // L^-1 Z' is the pseudo-inverse of Z L, by the conditions of Moore and Penrose.
    const Matrix reducing = reducing_matrix(decomposition, shape.rows);
    const Matrix projection = range_part * reducing;
    CHECK(distance_to_identity(reducing * range_part) <= 1e-12);
    CHECK((projection - projection.transpose()).norm() <= 1e-12);
    CHECK((lifting_matrix(decomposition, shape.rows) - reducing.transpose()).norm() <= 1e-12);
  }
}

TEST_CASE("Q L^-1 Z' is the pseudo-inverse", "[solve]") {
  auto random = test::random_generator();
  for (const Shape& shape : shapes) {
    CAPTURE(shape.rows, shape.cols, shape.rank);
    const Matrix s = test::matrix_of_rank(random, shape.rank, shape.rows, shape.cols);
    const Vector y = test::gaussian_vector(random, shape.rows);
    const OrthogonalDecomposition decomposition(s);
    const Vector a = decomposition.row_space().transpose() * decomposition.reduced_labels(y);
    const Vector truth = test::pseudo_inverse_times(s, y);
    CHECK((a - truth).norm() <= 1e-12 * y.norm());
    CHECK(decomposition.range_residual(y) == Approx((y - s * truth).norm() / y.norm()).margin(1e-14));
    CHECK(decomposition.range_residual(s * truth) <= 1e-14);
  }
}

TEST_CASE("a lifted dual has the reduced one as its image", "[solve]") {
  auto random = test::random_generator();
  for (const Shape& shape : shapes) {
    CAPTURE(shape.rows, shape.cols, shape.rank);
    const Matrix s = test::matrix_of_rank(random, shape.rank, shape.rows, shape.cols);
    const OrthogonalDecomposition decomposition(s);
    const Vector reduced = test::gaussian_vector(random, shape.rank);
    const Vector dual = decomposition.lifted_dual(reduced);
    CHECK((s.transpose() * dual - decomposition.row_space().transpose() * reduced).norm() <= 1e-12);
    CHECK(decomposition.range_residual(dual) <= 1e-13);
  }
}

TEST_CASE("singular values above 1e-12 of the largest count, those below do not", "[solve]") {
  auto random = test::random_generator();
  for (const auto& [n, m] : {std::pair<Index, Index>{20, 50}, {50, 20}, {20, 20}}) {
    for (int draw = 0; draw < 5; ++draw) {
      CAPTURE(n, m, draw);
      Vector values = Vector::Constant(20, 3.0);
      values(19) = 3e-11;
      CHECK(rank_of(random, values, n, m) == 20);
      values(19) = 3e-13;
      CHECK(rank_of(random, values, n, m) == 19);
      values.tail(4) = 3e-11 * Vector::Ones(4);
      CHECK(rank_of(random, values, n, m) == 20);
      values.tail(4) = 1e-13 * Vector::Ones(4);
      CHECK(rank_of(random, values, n, m) == 16);
      for (Index i = 0; i < 20; ++i) values(i) = std::pow(10.0, -0.5 * static_cast<double>(i));  // to 3e-10
      CHECK(rank_of(random, values, n, m) == 20);
      values.tail(6) *= 1e-9;  // 3e-7, then from 1e-16 down
      CHECK(rank_of(random, values, n, m) == 14);
    }
  }
}

TEST_CASE("the rank does not depend on the scale of S", "[solve]") {
  auto random = test::random_generator();
  for (const double scale : {1e-150, 1e-8, 1e8, 1e150})
    CHECK(OrthogonalDecomposition(scale * test::matrix_of_rank(random, 7, 12, 30)).rank() == 7);
}

TEST_CASE("zero rows, zero columns and duplicates lower the rank by one each", "[solve]") {
  auto random = test::random_generator();
  for (const Index m : {10, 25}) {
    Matrix s = test::gaussian_matrix(random, 10, m);
    s.row(3).setZero();
    s.row(8) = s.row(2);
    CHECK(OrthogonalDecomposition(s).rank() == 8);
    const Matrix transposed = s.transpose();
    CHECK(OrthogonalDecomposition(transposed).rank() == 8);
  }
}

TEST_CASE("a zero matrix has rank 0 and everything is out of its range", "[solve]") {
  for (const auto& [n, m] : {std::pair<Index, Index>{3, 5}, {5, 3}, {1, 1}}) {
    const OrthogonalDecomposition decomposition(Matrix::Zero(n, m));
    CHECK(decomposition.rank() == 0);
    CHECK(decomposition.row_space().cols() == m);
    CHECK(decomposition.reduced_labels(Vector::Ones(n)).size() == 0);
    CHECK(decomposition.range_residual(Vector::Ones(n)) == 1.0);
  }
}

TEST_CASE("a decomposition stops when asked to", "[solve]") {
  const std::atomic<bool> flag = true;
  CHECK_THROWS_AS(OrthogonalDecomposition(Matrix::Identity(4, 4), StopRequest(flag)), Stopped);
}

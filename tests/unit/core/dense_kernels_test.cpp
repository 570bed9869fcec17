#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "flatsweep/core/matrix.hpp"
#include "random_matrix.hpp"

using namespace flatsweep;
using test::gaussian_matrix;

namespace {

constexpr Index sizes[] = {1, 7, 130};

/// A matrix inside a larger one, so that its outer stride is not its height; NaN all around.
template <typename Dense>
struct Strided {
  using Scalar = typename Dense::Scalar;

  explicit Strided(const Dense& content)
      : storage(Dense::Constant(content.rows() + 5, content.cols() + 3, std::numeric_limits<Scalar>::quiet_NaN())),
        rows(content.rows()),
        cols(content.cols()) {
    view() = content;
  }

  auto view() { return storage.block(2, 1, rows, cols); }

  /// Nothing outside the view was written, and nothing of the upper triangle where that is not the kernel's.
  bool surroundings_intact() {
    const auto outside = storage.size() - rows * cols;
    return storage.array().isNaN().count() - view().array().isNaN().count() == outside;
  }

  Dense storage;
  Index rows, cols;
};

/// The lower triangle of `matrix`, with NaN above it.
template <typename Dense>
Dense lower_half(const Dense& matrix) {
  Dense half = matrix;
  half.template triangularView<Eigen::StrictlyUpper>().setConstant(
      std::numeric_limits<typename Dense::Scalar>::quiet_NaN());
  return half;
}

template <typename Dense>
Dense lower_triangle(const Dense& matrix) {
  return matrix.template triangularView<Eigen::Lower>();
}

template <typename Dense>
auto tolerance(Index n) {
  using Scalar = typename Dense::Scalar;
  return Scalar(50) * std::sqrt(static_cast<Scalar>(n)) * std::numeric_limits<Scalar>::epsilon();
}

template <typename Dense>
bool upper_half_untouched(const Dense& matrix) {
  return matrix.array().isNaN().count() == matrix.rows() * (matrix.rows() - 1) / 2;
}

}  // namespace

TEMPLATE_TEST_CASE("a symmetric product is that of plain loops in the lower triangle and leaves the rest alone",
                   "[core]", Eigen::MatrixXd, Eigen::MatrixXf) {
  using Scalar = typename TestType::Scalar;
  auto random = test::random_generator();
  for (const Index n : sizes) {
    for (const Index k : sizes) {
      for (const Scalar beta : {Scalar(0), Scalar(1), Scalar(-0.75)}) {
        CAPTURE(n, k, beta);
        Strided<TestType> a(gaussian_matrix<TestType>(random, n, k));
        const TestType before = gaussian_matrix<TestType>(random, n, n);
        Strided<TestType> c(lower_half(before));
        const Scalar alpha = Scalar(1.5);
        const TestType truth = beta * before + alpha * a.view().lazyProduct(a.view().transpose());
        dense::symmetric_product(alpha, a.view(), beta, c.view());
        const TestType result = c.view();
        CHECK(upper_half_untouched(result));
        CHECK(c.surroundings_intact());
        CHECK((lower_triangle(result) - lower_triangle(truth)).norm() <= tolerance<TestType>(k) * truth.norm());
      }
    }
  }
}

TEMPLATE_TEST_CASE("beta = 0 overwrites what was there, NaN included", "[core]", Eigen::MatrixXd, Eigen::MatrixXf) {
  using Scalar = typename TestType::Scalar;
  auto random = test::random_generator();
  const TestType a = gaussian_matrix<TestType>(random, 7, 3);
  TestType c = TestType::Constant(7, 7, std::numeric_limits<Scalar>::quiet_NaN());
  dense::symmetric_product(Scalar(1), a, Scalar(0), c);
  CHECK(lower_triangle(c).isApprox(lower_triangle<TestType>(a * a.transpose())));
}

TEMPLATE_TEST_CASE("a Cholesky factor multiplies back to its matrix", "[core]", Eigen::MatrixXd, Eigen::MatrixXf) {
  auto random = test::random_generator();
  for (const Index n : sizes) {
    CAPTURE(n);
    const TestType a = gaussian_matrix<TestType>(random, n, 2 * n + 3);
    const TestType gram = a * a.transpose();
    Strided<TestType> c(lower_half(gram));
    REQUIRE(dense::cholesky(c.view()));
    const TestType result = c.view();
    CHECK(upper_half_untouched(result));
    CHECK(c.surroundings_intact());
    const TestType factor = lower_triangle(result);
    CHECK((factor.diagonal().array() > 0).all());
    CHECK((factor * factor.transpose() - gram).norm() <= tolerance<TestType>(n) * gram.norm());
  }
}

TEMPLATE_TEST_CASE("a matrix that is not positive definite has no Cholesky factor", "[core]", Eigen::MatrixXd,
                   Eigen::MatrixXf) {
  using Scalar = typename TestType::Scalar;
  auto random = test::random_generator();
  for (const Index n : sizes) {
    CAPTURE(n);
    const TestType a = gaussian_matrix<TestType>(random, n, 2 * n + 3);
    TestType indefinite = a * a.transpose();
    indefinite(n - 1, n - 1) = Scalar(-1);
    CHECK_FALSE(dense::cholesky(indefinite));
    TestType zero = TestType::Zero(n, n);
    CHECK_FALSE(dense::cholesky(zero));
  }
}

TEST_CASE("LU factors multiply back to the rows in their order", "[core]") {
  auto random = test::random_generator();
  for (const Index n : sizes) {
    CAPTURE(n);
    const Matrix a = gaussian_matrix(random, n, n);
    Strided<Matrix> factors(a);
    Eigen::VectorXi order(n);
    REQUIRE(dense::factor_lu(factors.view(), order));
    CHECK(factors.surroundings_intact());
    const Matrix lower = Matrix(factors.view()).triangularView<Eigen::UnitLower>();
    const Matrix upper = Matrix(factors.view()).triangularView<Eigen::Upper>();
    CHECK(lower.cwiseAbs().maxCoeff() <= 1.0);  // partial pivoting
    const Matrix ordered = a(order, Eigen::indexing::all);
    CHECK((lower * upper - ordered).norm() <= 1e-13 * a.norm());
  }
}

TEST_CASE("a cyclic permutation is told apart from its inverse by the row order", "[core]") {
  Matrix cycle = Matrix::Zero(3, 3);
  cycle(0, 2) = cycle(1, 0) = cycle(2, 1) = 1.0;
  Eigen::VectorXi order(3);
  REQUIRE(dense::factor_lu(cycle, order));
  CHECK(order == Eigen::Vector3i(1, 2, 0));
}

TEST_CASE("a zero pivot is reported", "[core]") {
  for (const Index n : sizes) {
    Matrix singular = Matrix::Identity(n, n);
    singular(n - 1, n - 1) = 0.0;
    Eigen::VectorXi order(n);
    CHECK_FALSE(dense::factor_lu(singular, order));
  }
}

TEST_CASE("QR factors multiply back, with orthonormal columns", "[core]") {
  auto random = test::random_generator();
  for (const Index k : sizes) {
    for (const Index n : {k, k + 1, 2 * k + 9}) {
      CAPTURE(n, k);
      const Matrix a = gaussian_matrix(random, n, k);
      Strided<Matrix> factors(a);
      Vector scales(k);
      dense::factor_qr(factors.view(), scales);
      const Matrix upper = Matrix(factors.view().topRows(k)).triangularView<Eigen::Upper>();
      dense::form_orthogonal_factor(factors.view(), scales);
      CHECK(factors.surroundings_intact());
      const Matrix q = factors.view();
      CHECK((q.transpose() * q - Matrix::Identity(k, k)).norm() <= 1e-14 * static_cast<double>(k + 9));
      CHECK((q * upper - a).norm() <= 1e-14 * static_cast<double>(k + 9) * a.norm());
    }
  }
}

TEST_CASE("pivoted QR factors multiply back to the columns in their order, with a falling diagonal", "[core]") {
  auto random = test::random_generator();
  for (const Index k : sizes) {
    for (const Index n : {k, k + 1, 2 * k + 9}) {
      CAPTURE(n, k);
      const Matrix a = gaussian_matrix(random, n, k) * Vector::LinSpaced(k, 1.0, 30.0).asDiagonal();
      Strided<Matrix> factors(a);
      Vector scales(k);
      Eigen::VectorXi order(k);
      dense::factor_pivoted_qr(factors.view(), scales, order);
      const Matrix upper = Matrix(factors.view().topRows(k)).triangularView<Eigen::Upper>();
      dense::form_orthogonal_factor(factors.view(), scales);
      CHECK(factors.surroundings_intact());
      const Matrix q = factors.view();
      const Matrix ordered = a(Eigen::indexing::all, order);
      CHECK((q.transpose() * q - Matrix::Identity(k, k)).norm() <= 1e-14 * static_cast<double>(k + 9));
      CHECK((q * upper - ordered).norm() <= 1e-14 * static_cast<double>(k + 9) * a.norm());
      const Vector diagonal = upper.diagonal().cwiseAbs();
      for (Index i = 0; i + 1 < k; ++i) CHECK(diagonal(i + 1) <= diagonal(i) * (1.0 + 1e-12));
    }
  }
}

TEST_CASE("pivoted QR shows the rank on its diagonal", "[core]") {
  auto random = test::random_generator();
  Matrix a = gaussian_matrix(random, 130, 4) * gaussian_matrix(random, 4, 20);
  Vector scales(20);
  Eigen::VectorXi order(20);
  dense::factor_pivoted_qr(a, scales, order);
  const Vector diagonal = a.diagonal().cwiseAbs();
  CHECK(diagonal(3) > 1e-3 * diagonal(0));
  CHECK(diagonal.tail(16).maxCoeff() < 1e-13 * diagonal(0));
}

TEST_CASE("the first columns of an orthogonal factor are formed from the factors in them alone", "[core]") {
  auto random = test::random_generator();
  const Matrix a = gaussian_matrix(random, 130, 20);
  Matrix factors = a;
  Vector scales(20);
  dense::factor_qr(factors, scales);
  Matrix all = factors;
  dense::form_orthogonal_factor(all, scales);
  Matrix some = factors.leftCols(6);
  dense::form_orthogonal_factor(some, scales.head(6));
  CHECK((some - all.leftCols(6)).norm() <= 1e-13);
}

TEST_CASE("triangular solves undo the product with a Cholesky factor", "[core]") {
  auto random = test::random_generator();
  for (const Index n : sizes) {
    for (const Index k : sizes) {
      CAPTURE(n, k);
      const Matrix a = gaussian_matrix(random, n, 2 * n + 3);
      const Matrix lower = Eigen::LLT<Matrix>(a * a.transpose()).matrixL();
      Strided<Matrix> factor(lower_half(lower));
      const Matrix truth = gaussian_matrix(random, n, k);
      Strided<Matrix> x(lower * truth);
      dense::solve_lower(factor.view(), x.view());
      CHECK((x.view() - truth).norm() <= 1e-11 * truth.norm());
      CHECK(x.surroundings_intact());
    }
  }
}

TEST_CASE("threads change no bit of a product in single precision", "[core]") {
  auto random = test::random_generator();
  std::uniform_int_distribution<Index> size(1, 700);
  for (int draw = 0; draw < 20; ++draw) {
    const Index n = size(random), m = size(random);
    const Eigen::MatrixXf a = gaussian_matrix(random, n, m).cast<float>();
    const auto product = [&](int threads) {
      dense::use_threads(threads);
      Eigen::MatrixXf c = Eigen::MatrixXf::Zero(n, n);
      dense::symmetric_product(1.0F, a, 0.0F, c);
      dense::use_threads(1);
      return c;
    };
    CAPTURE(n, m);
    const Eigen::MatrixXf expected = product(1);
    CHECK(product(2) == expected);
    CHECK(product(3) == expected);
  }
}

TEST_CASE("the library names itself", "[core]") { CHECK_FALSE(dense::library().empty()); }

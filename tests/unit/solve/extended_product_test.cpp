#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "random_matrix.hpp"
#include "solve/numerics.hpp"

using namespace flatsweep;

namespace {

__extension__ using Wide = __int128;

constexpr double eps = std::numeric_limits<double>::epsilon();

/// Integers below 2^45: their products and sums are exact in 128 bits.
Matrix large_integers(std::mt19937_64& random, Index rows, Index cols) {
  std::uniform_int_distribution<std::int64_t> integer(-(std::int64_t{1} << 45), std::int64_t{1} << 45);
  Matrix matrix(rows, cols);
  for (double& entry : matrix.reshaped()) entry = static_cast<double>(integer(random));
  return matrix;
}

Wide exact(double x) { return static_cast<Wide>(static_cast<std::int64_t>(x)); }

Wide exact_dot(const Vector& x, const Vector& y) {
  Wide sum = 0;
  for (Index i = 0; i < x.size(); ++i) sum += exact(x(i)) * exact(y(i));
  return sum;
}

/// The second half of y takes back the first up to a small rest: x'y is some 2^-45 of |x|'|y|.
void make_ill_conditioned(std::mt19937_64& random, Vector& x, Vector& y) {
  const Index half = x.size() / 2;
  x.segment(half, half) = x.head(half).reverse();
  y.segment(half, half) = -y.head(half).reverse();
  for (Index i = 0; i < half; ++i)
    if (test::uniform_index(random, 3) == 0) y(i) += 1.0;
  y(0) += 1.0;
}

}  // namespace

TEST_CASE("a sum that double loses altogether is exact", "[solve]") {
  const Vector x{{1e16, 1.0, -1e16}};
  const Vector y = Vector::Ones(3);
  CHECK(solve::extended_dot(x, y) == 1.0);
  const Vector fine{{1.0 + eps, 1.0}};
  const Vector other{{1.0 - eps, -1.0}};
  CHECK(solve::extended_dot(fine, other) == -eps * eps);
}

TEST_CASE("ill-conditioned dot products of integers are right to the last bit", "[solve]") {
  auto random = test::random_generator();
  for (const Index n : {2, 3, 15, 16, 17, 64, 301}) {
    Vector x = large_integers(random, n, 1);
    Vector y = large_integers(random, n, 1);
    make_ill_conditioned(random, x, y);
    const double truth = static_cast<double>(exact_dot(x, y));
    CAPTURE(n, truth, x.cwiseAbs().dot(y.cwiseAbs()));
    CHECK(std::abs(solve::extended_dot(x, y) - truth) <= eps * std::abs(truth));
  }
}

TEST_CASE("ill-conditioned dot products agree with long double", "[solve]") {
  auto random = test::random_generator();
  for (int draw = 0; draw < 20; ++draw) {
    Vector x = test::gaussian_vector(random, 100);
    Vector y = test::gaussian_vector(random, 100);
    y(99) -= (x.dot(y) - 1e-9) / x(99);  // x'y is about 1e-9
    long double truth = 0.0L;
    for (Index i = 0; i < x.size(); ++i) truth += static_cast<long double>(x(i)) * y(i);
    const double size = x.cwiseAbs().dot(y.cwiseAbs());
    CHECK(std::abs(static_cast<double>(solve::extended_dot(x, y) - truth)) <=
          100.0 * static_cast<double>(std::numeric_limits<long double>::epsilon()) * size);
  }
}

TEST_CASE("a residual and a transposed product are right to the last bit, whatever the stride", "[solve]") {
  auto random = test::random_generator();
  const Index n = 37, m = 53;
  const Matrix storage = large_integers(random, n + 4, m + 2);
  const auto s = storage.block(3, 1, n, m);
  Vector a = large_integers(random, m, 1);
  a(5) = 0.0;
  const Vector nu = large_integers(random, n, 1);
  Vector y(n);  // S a in double: the residual is what that lost
  for (Index i = 0; i < n; ++i) y(i) = std::rint(s.row(i).dot(a) * 0x1p-40) * 0x1p40;

  Vector residual(n), carry(n);
  solve::extended_residual(s, a, y, residual, carry);
  for (Index i = 0; i < n; ++i) {
    const Wide label = exact(y(i) * 0x1p-40) * (Wide{1} << 40);
    const double truth = static_cast<double>(label - exact_dot(s.row(i).transpose(), a));
    CHECK(std::abs(residual(i) - truth) <= eps * std::abs(truth));
  }
  CHECK(solve::extended_residual(s, a, y) == residual);
  const Vector t = solve::extended_transposed_product(s, nu);
  for (Index j = 0; j < m; ++j) {
    const double truth = static_cast<double>(exact_dot(s.col(j), nu));
    CHECK(std::abs(t(j) - truth) <= eps * std::abs(truth));
  }
}

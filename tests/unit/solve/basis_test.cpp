#include "solve/basis.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "random_program.hpp"

using namespace flatsweep;
using solve::Basis;

namespace {

Matrix basis_matrix(const Matrix& activations, const Basis& basis) {
  return activations(Eigen::indexing::all, basis.columns());
}

std::set<Index> chosen(const Basis& basis) { return {basis.columns().begin(), basis.columns().end()}; }

}  // namespace

TEST_CASE("a basis is of the columns of highest priority if those are independent", "[solve]") {
  auto random = test::random_generator();
  const Matrix s = test::gaussian_matrix(random, 8, 20);
  Vector priority = test::gaussian_vector(random, 20).cwiseAbs();
  Basis basis;
  REQUIRE(basis.choose(s, priority));
  CHECK(basis.size() == 8);
  REQUIRE(chosen(basis).size() == 8);
  double lightest = 1e300;
  for (const Index j : basis.columns()) lightest = std::min(lightest, priority(j));
  CHECK((priority.array() >= lightest).count() == 8);
}

TEST_CASE("zero, duplicate and dependent columns are passed over whatever their priority", "[solve]") {
  auto random = test::random_generator();
  Matrix s = test::gaussian_matrix(random, 4, 9);
  s.col(0).setZero();
  s.col(2) = s.col(1);
  s.col(4) = -3.0 * s.col(1);
  s.col(5) = s.col(1) + 2.0 * s.col(3);
  const Vector priority = Vector::LinSpaced(9, 9.0, 1.0);  // in this order
  Basis basis;
  REQUIRE(basis.choose(s, priority));
  CHECK(chosen(basis) == std::set<Index>{1, 3, 6, 7});
  CHECK(Eigen::FullPivLU<Matrix>(basis_matrix(s, basis)).isInvertible());
}

TEST_CASE("a rank-deficient matrix has no basis", "[solve]") {
  auto random = test::random_generator();
  Basis basis;
  int refused = 0;  // not all: a near-dependence among the first columns magnifies rounding
  for (int draw = 0; draw < 20; ++draw)
    refused += !basis.choose(test::matrix_of_rank(random, 5, 6, 15), Vector::Ones(15));
  CHECK(refused >= 18);
  Matrix zero_row = test::gaussian_matrix(random, 6, 15);
  zero_row.row(2).setZero();
  CHECK_FALSE(basis.choose(zero_row, Vector::Ones(15)));
  CHECK_FALSE(basis.choose(Matrix::Zero(3, 5), Vector::Ones(5)));
}

TEST_CASE("solves after updates are those of fresh factors", "[solve]") {
  auto random = test::random_generator();
  const Index n = 25, m = 80;
  const Matrix s = test::gaussian_matrix(random, n, m);
  Basis basis;
  REQUIRE(basis.choose(s, Vector::LinSpaced(m, 2.0, 1.0)));
  for (int update = 0; update < 90; ++update) {
    Index entering = test::uniform_index(random, m);
    while (std::ranges::count(basis.columns(), entering)) entering = test::uniform_index(random, m);
    Matrix eta = s.col(entering);
    basis.solve(eta);
    Index position = 0;
    eta.col(0).cwiseAbs().maxCoeff(&position);
    basis.update(position, entering, eta.col(0));
    CHECK(basis.columns()[static_cast<std::size_t>(position)] == entering);
  }
  CHECK(basis.updates() == 90);

  const auto check_solves = [&](double tolerance) {
    const Matrix matrix = basis_matrix(s, basis);
    const Matrix right = test::gaussian_matrix(random, n, 3);
    Matrix x = right;
    basis.solve(x);
    CHECK((matrix * x - right).norm() <= tolerance * matrix.norm() * x.norm());
    Vector z = right.col(0);
    basis.solve_transposed(z);
    CHECK((matrix.transpose() * z - right.col(0)).norm() <= tolerance * matrix.norm() * z.norm());
  };
  check_solves(1e-9);
  REQUIRE(basis.refactor(s));
  CHECK(basis.updates() == 0);
  check_solves(1e-13);
}

TEST_CASE("a basis of one column", "[solve]") {
  const Matrix s{{0.0, -4.0, 2.0}};
  Basis basis;
  REQUIRE(basis.choose(s, Vector{{3.0, 2.0, 1.0}}));
  CHECK(basis.columns() == std::vector<Index>{1});
  Matrix x = Matrix::Constant(1, 1, 8.0);
  basis.solve(x);
  CHECK(x(0, 0) == -2.0);
}

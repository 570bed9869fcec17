#include <catch2/catch.hpp>
#include <optional>

#include "best_basis.hpp"
#include "random_program.hpp"
#include "solve/methods.hpp"
#include "solved_program.hpp"

using namespace flatsweep;
using test::RandomProgram;

namespace {

/// A vertex with a dual that proves it the optimum.
void check_vertex(const RandomProgram& program, const std::optional<solve::Optimum>& found) {
  REQUIRE(found);
  const solve::Optimum& vertex = *found;
  const Vector& a = vertex.outer_weights;
  const double objective = program.kappa.dot(a.cwiseAbs());
  const Vector t = program.activations.transpose() * vertex.dual;
  CHECK((program.activations * a - program.labels).norm() <= 1e-10 * program.labels.norm());
  CHECK((a.array() != 0.0).count() <= program.labels.size());
  CHECK((t.array().abs() / program.kappa.array()).maxCoeff() <= 1.0 + 1e-9);
  CHECK(program.labels.dot(vertex.dual) == Approx(objective).epsilon(1e-9));
  REQUIRE(vertex.basis.size() == static_cast<std::size_t>(program.labels.size()));
  CHECK((t(vertex.basis) - vertex.signed_costs).norm() <= 1e-9 * vertex.signed_costs.norm());
  CHECK(vertex.signed_costs.cwiseAbs() == program.kappa(vertex.basis));
}

void check_against_all_bases(const RandomProgram& program, const Vector& priority) {
  const auto vertex = solve::cross_over(program.view(), priority, {});
  check_vertex(program, vertex);
  CHECK(program.kappa.dot(vertex->outer_weights.cwiseAbs()) == Approx(test::best_basis(program.view())).epsilon(1e-10));
}

}  // namespace

TEST_CASE("the simplex finds the best of all bases of random programs, from any start", "[solve]") {
  auto random = test::random_generator();
  for (int draw = 0; draw < 200; ++draw) {
    CAPTURE(draw);
    RandomProgram program(random, 3, 7, 1.0);
    if (draw % 2)
      for (double& kappa : program.kappa) kappa = std::exp(test::uniform(random, -3.0, 3.0));
    check_against_all_bases(program, test::gaussian_vector(random, 7));
  }
}

TEST_CASE("ties and degenerate vertices do not confuse the simplex: entries -1, 0 and 1", "[solve]") {
  auto random = test::random_generator();
  const auto sign = [&] { return static_cast<double>(test::uniform_index(random, 3) - 1); };
  int solved = 0;
  for (int draw = 0; draw < 400; ++draw) {
    CAPTURE(draw);
    RandomProgram program(random, 3, 7, 1.0);
    program.activations = Matrix::NullaryExpr(3, 7, sign);
    program.labels = Vector::NullaryExpr(3, sign);
    if (program.labels.isZero(0.0)) continue;
    if (std::isinf(test::best_basis(program.view()))) {
      CHECK_FALSE(solve::cross_over(program.view(), Vector::Ones(7), {}));
      continue;
    }
    check_against_all_bases(program, test::gaussian_vector(random, 7));
    ++solved;
  }
  CHECK(solved > 300);
}

TEST_CASE("labels that are a column, a multiple or a sum of two: degenerate vertices", "[solve]") {
  auto random = test::random_generator();
  for (int draw = 0; draw < 50; ++draw) {
    CAPTURE(draw);
    RandomProgram program(random, 3, 7, 1.0);
    const Vector priority = test::gaussian_vector(random, 7);
    program.labels = program.activations.col(4);
    check_against_all_bases(program, priority);
    program.labels *= -2.5;
    check_against_all_bases(program, priority);
    program.labels = program.activations.col(4) + program.activations.col(1);
    check_against_all_bases(program, priority);
  }
}

TEST_CASE("duplicate and opposite columns share the optimum of one", "[solve]") {
  auto random = test::random_generator();
  for (int draw = 0; draw < 50; ++draw) {
    CAPTURE(draw);
    RandomProgram program(random, 3, 7, 1.0);
    program.activations.col(6) = program.activations.col(0);
    program.activations.col(5) = program.activations.col(0);
    program.activations.col(4) = -program.activations.col(1);
    check_against_all_bases(program, Vector::Ones(7));
    check_against_all_bases(program, test::gaussian_vector(random, 7));
  }
}

TEST_CASE("programs beyond one round of refactoring end in a proven vertex", "[solve]") {
  auto random = test::random_generator();
  RandomProgram program(random, 60, 240, 1.0);
  const auto vertex = solve::cross_over(program.view(), Vector::Ones(240), {});
  check_vertex(program, vertex);
  CHECK(vertex->effort.pivots > 100);
}

TEST_CASE("the costs of a vertex have the signs of its weights, even if most are zero but for rounding", "[solve]") {
  auto random = test::random_generator();
  for (int draw = 0; draw < 20; ++draw) {
    RandomProgram program = test::ill_conditioned_program(random, 10.0, 1.0);
    program.labels = program.activations.leftCols(6) * test::gaussian_vector(random, 6);
    const auto vertex = solve::cross_over(program.view(), test::gaussian_vector(random, 50), {});
    CAPTURE(draw);
    REQUIRE(vertex);
    const Vector products = vertex->signed_costs.cwiseProduct(vertex->outer_weights(vertex->basis));
    CHECK(products.cwiseMin(0.0).sum() >= -2e-11 * products.sum());
  }
}

TEST_CASE("a square program has one vertex", "[solve]") {
  auto random = test::random_generator();
  const RandomProgram program(random, 12, 12, 1.0);
  const auto vertex = solve::cross_over(program.view(), Vector::Ones(12), {});
  check_vertex(program, vertex);
  CHECK(vertex->effort.pivots == 0);
}

TEST_CASE("the simplex stops when asked to", "[solve]") {
  auto random = test::random_generator();
  const std::atomic<bool> flag = true;
  const RandomProgram program(random, 3, 7, 1.0);
  CHECK_THROWS_AS(solve::cross_over(program.view(), Vector::Ones(7), StopRequest(flag)), Stopped);
}

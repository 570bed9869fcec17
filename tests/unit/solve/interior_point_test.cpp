#include <catch2/catch.hpp>
#include <cmath>
#include <utility>

#include "random_program.hpp"
#include "solve/methods.hpp"

using namespace flatsweep;

namespace {

solve::InteriorPoint approach(const test::RandomProgram& program, double gap, const StopRequest& stop = {}) {
  solve::NormalEquations equations(program.activations, program.kappa);
  equations.set_weights(Vector::Ones(program.kappa.size()));
  equations.factor();
  return solve::approach_vertex(program.labels, std::move(equations), gap, stop);
}

}  // namespace

TEST_CASE("the interior point reaches its gap in few iterations", "[solve]") {
  auto random = test::random_generator();
  for (const auto& [n, m] : {std::pair<Index, Index>{1, 4}, {5, 6}, {20, 60}, {40, 400}}) {
    test::RandomProgram program(random, n, m, 1.0);
    for (double& kappa : program.kappa) kappa = std::exp(test::uniform(random, -3.0, 3.0));
    for (const double gap : {1e-1, 1e-3}) {
      const auto point = approach(program, gap);
      CAPTURE(n, m, gap, point.steps);
      CHECK(point.gap <= gap);
      CHECK(point.gap > -1e-4);
      CHECK(point.steps < 40);
      CHECK(point.priority.size() == m);
      CHECK((point.priority.array() >= 0.0).all());
    }
  }
}

TEST_CASE("priority singles out the columns of the vertex", "[solve]") {
  auto random = test::random_generator();
  int informed = 0, blind = 0;
  for (int draw = 0; draw < 5; ++draw) {
    const test::RandomProgram program(random, 30, 90, 1.0);
    const auto point = approach(program, 1e-3);
    const auto vertex = solve::cross_over(program.view(), point.priority, {});
    const auto other = solve::cross_over(program.view(), Vector::Ones(90), {});
    REQUIRE(vertex);
    REQUIRE(other);
    CHECK(vertex->outer_weights.lpNorm<1>() == Approx(other->outer_weights.lpNorm<1>()).epsilon(1e-11));
    informed += vertex->effort.pivots;
    blind += other->effort.pivots;
  }
  CAPTURE(informed, blind);
  CHECK(4 * informed < blind);
}

TEST_CASE("the interior point stops when asked to", "[solve]") {
  auto random = test::random_generator();
  const std::atomic<bool> flag = true;
  CHECK_THROWS_AS(approach({random, 5, 9, 1.0}, 1e-3, StopRequest(flag)), Stopped);
}

#include "flatsweep/measure/monte_carlo_loss.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "random_problem.hpp"

using namespace flatsweep;

TEST_CASE("the Monte Carlo loss is mean and standard error over the test points", "[measure]") {
  const test::RandomNetwork network("leaky_relu:0.1", 5, 4, 6, 11);
  for (const std::string link : {"sine", "quadratic_form"}) {
    const auto teacher = test::random_teacher(link, "leaky_relu:0.1", 5, 6, 2, 0.2);
    for (const Index count : {2, 256, 257, 1000}) {
      Matrix points(count, 6);
      sample::sample_test_points(5, 0, points);
      Matrix hidden = points * network.inner_weights.transpose();
      network.activation.apply(hidden);
      const Vector squares = (hidden * network.outer_weights - teacher.evaluate(points)).cwiseAbs2();
      const double mean = squares.mean();
      const double deviation =
          std::sqrt((squares.array() - mean).square().sum() / static_cast<double>(count - 1));
      const auto estimate =
          measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0.5, 5, count);
      INFO(link << ", " << count << " points");
      CHECK(estimate.mean == Approx(mean + 0.25).epsilon(1e-12));
      CHECK(estimate.standard_error ==
            Approx(deviation / std::sqrt(static_cast<double>(count))).epsilon(1e-9));
    }
  }
}

TEST_CASE("neurons with a_j = 0 do not enter the Monte Carlo loss", "[measure]") {
  test::RandomNetwork network("relu", 5, 4, 6, 11);
  network.outer_weights(3) = 0.0;
  const auto teacher = test::random_teacher("matched", "relu", 5, 6, 2, 0.2);
  const auto before =
      measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0, 1, 100);
  network.inner_weights.row(3).setConstant(std::nan(""));
  const auto after =
      measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0, 1, 100);
  CHECK(after.mean == before.mean);
}

TEST_CASE("a stop request ends the Monte Carlo loss", "[measure]") {
  const test::RandomNetwork network("relu", 5, 4, 6, 11);
  const auto teacher = test::random_teacher("matched", "relu", 5, 6, 2, 0.2);
  const std::atomic<bool> flag = true;
  CHECK_THROWS_AS(measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0, 1, 100,
                                            StopRequest(flag)),
                  Stopped);
}

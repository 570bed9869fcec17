#include <catch2/catch.hpp>

#include "configuration_of.hpp"
#include "flatsweep/experiment/experiment.hpp"

namespace flatsweep::experiment {
namespace {

using model::Interpolator;
using test::configuration_of;

job::Settings only_flatness() {
  job::Settings settings;
  settings.spectrum = false;
  return settings;
}

double flops_of(const job::Configuration& configuration) { return counted_flops(configuration, only_flatness()); }

double flops_with(const job::Settings& settings, const job::Configuration& configuration) {
  return counted_flops(configuration, settings);
}

}  // namespace

TEST_CASE("cost grows with the cube of the size where products rule", "[experiment]") {
  const double ratio = flops_of(configuration_of(800)) / flops_of(configuration_of(400));
  CHECK(ratio > 7.0);
  CHECK(ratio < 8.1);
  CHECK(flops_of(configuration_of(1)) > 0.0);
}

TEST_CASE("twice the neurons cost more, but less than twice as much", "[experiment]") {
  for (const char* activation : {"relu", "quadratic"}) {
    auto wide = configuration_of(400, activation);
    const double once = flops_of(wide);
    wide.width *= 2;
    const double twice = flops_of(wide);
    CHECK(twice > 1.2 * once);
    CHECK(twice < 2.0 * once);
  }
}

TEST_CASE("flops do not depend on seed and gamma", "[experiment]") {
  auto other = configuration_of(50);
  other.seed = 7;
  other.gamma = 0.99;
  CHECK(counted_flops(other, {}) == counted_flops(configuration_of(50), {}));
}

TEST_CASE("every measure asked for costs, and so does the flattest interpolator", "[experiment]") {
  const auto configuration = configuration_of(100);
  const double base = flops_of(configuration);
  job::Settings more = only_flatness();
  SECTION("spectrum") { more.spectrum = true; }
  SECTION("best loss") { more.best_loss = true; }
  SECTION("test samples") { more.test_samples = 10'000; }
  CHECK(flops_with(more, configuration) > 1.1 * base);
  CHECK(flops_with(more, configuration_of(100, "relu", Interpolator::parse("minimum_l2"))) <
        flops_with(more, configuration));
}

TEST_CASE("the Monte Carlo loss of a quadratic form is always paid", "[experiment]") {
  CHECK(flops_of(configuration_of(20, "relu", Interpolator::parse("flattest"), "quadratic_form")) >
        1.5 * flops_of(configuration_of(20)));
}

TEST_CASE("memory grows with the matrices, and more of it than a node has is refused", "[experiment]") {
  const auto configuration = configuration_of(400);
  const double matrices = 8.0 * 1600.0 * 3200.0;
  CHECK(memory_bytes(configuration, only_flatness()) > 3.0 * matrices);
  CHECK(memory_bytes(configuration, only_flatness()) < 10.0 * matrices);
  CHECK_NOTHROW(require_memory(configuration_of(20), {}));
  CHECK_THROWS_WITH(require_memory(configuration_of(1'000'000), {}), Catch::Contains("GB of memory"));
}

}  // namespace flatsweep::experiment

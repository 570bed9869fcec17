#include "flatsweep/schedule/cost_model.hpp"

#include <catch2/catch.hpp>

#include "configuration_of.hpp"

namespace flatsweep::schedule {
namespace {

using model::Interpolator;
using test::configuration_of;

/// n^3 flops.
double cubed(const job::Configuration& configuration) {
  const auto n = static_cast<double>(configuration.samples);
  return n * n * n;
}

}  // namespace

TEST_CASE("cost is flops over the speed of the machine", "[schedule]") {
  const CostModel cost(cubed, 1e9);
  CHECK(cost.seconds(configuration_of(50)) == Approx(8e6 / 1e9));
  CHECK(cost.seconds(configuration_of(100)) == Approx(8.0 * cost.seconds(configuration_of(50))));
  CHECK(CostModel(cubed, 2e9).seconds(configuration_of(50)) == Approx(cost.seconds(configuration_of(50)) / 2.0));
}

TEST_CASE("what a configuration took corrects the cost of its kind, at every size", "[schedule]") {
  CostModel cost(cubed);
  const double relu = cost.seconds(configuration_of(50));
  const double quadratic = cost.seconds(configuration_of(80, "quadratic"));
  cost.observe(configuration_of(50), 3.0 * relu);
  cost.observe(configuration_of(80, "quadratic"), quadratic);
  CHECK(cost.seconds(configuration_of(50)) == Approx(3.0 * relu));
  CHECK(cost.seconds(configuration_of(200)) == Approx(3.0 * CostModel(cubed).seconds(configuration_of(200))));
  CHECK(cost.seconds(configuration_of(80, "quadratic")) == Approx(quadratic));
}

TEST_CASE("kinds differ by degree and interpolator only", "[schedule]") {
  const auto kind = [](const std::string& activation, const Interpolator& interpolator) {
    return CostModel::kind(configuration_of(10, activation, interpolator));
  };
  CHECK(kind("relu", Interpolator::parse("flattest")) == kind("abs", Interpolator::parse("flattest")));
  CHECK(kind("relu", Interpolator::parse("flattest")) != kind("relu2", Interpolator::parse("flattest")));
  CHECK(kind("relu", Interpolator::parse("flattest")) != kind("relu", Interpolator::parse("random")));
}

TEST_CASE("a calibration follows what was measured, for kinds not seen yet too", "[schedule]") {
  Calibration calibration;
  CHECK(calibration.factor(3) == 1.0);
  calibration.observe(3, 2.0, 6.0);
  CHECK(calibration.factor(3) == Approx(3.0));
  CHECK(calibration.factor(4) == Approx(3.0));
  for (int i = 0; i < 2000; ++i) calibration.observe(3, 1.0, i % 2 == 0 ? 0.4 : 0.6);
  CHECK(calibration.factor(3) == Approx(0.5).epsilon(0.02));
  calibration.observe(4, 1.0, 0.0);
  CHECK(calibration.factor(4) > 0.0);
}

}  // namespace flatsweep::schedule

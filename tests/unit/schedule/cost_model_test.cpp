#include "flatsweep/schedule/cost_model.hpp"

#include <catch2/catch.hpp>

namespace flatsweep::schedule {
namespace {

using model::Interpolator;

job::Configuration configuration_of(Index d, const std::string& activation = "relu",
                                    Interpolator interpolator = Interpolator::parse("flattest"),
                                    const std::string& link = "matched") {
  return {{.activation = model::Activation::parse(activation),
           .link = model::Link::parse(link),
           .interpolator = interpolator,
           .indices = 2,
           .sample_ratio = 4.0,
           .d = d,
           .seed = 1,
           .gamma = 0.5},
          {},
          4 * d,
          8 * d};
}

job::Settings only_flatness() {
  job::Settings settings;
  settings.spectrum = false;
  return settings;
}

}  // namespace

TEST_CASE("cost grows with the cube of the size where products rule", "[schedule]") {
  const CostModel cost(only_flatness());
  const double ratio = cost.seconds(configuration_of(800)) / cost.seconds(configuration_of(400));
  CHECK(ratio > 7.0);
  CHECK(ratio < 8.1);
  CHECK(cost.seconds(configuration_of(1)) > 0.0);
}

TEST_CASE("twice the neurons cost more, but less than twice as much", "[schedule]") {
  const CostModel cost(only_flatness());
  for (const char* activation : {"relu", "quadratic"}) {
    auto wide = configuration_of(400, activation);
    const double once = cost.seconds(wide);
    wide.width *= 2;
    const double twice = cost.seconds(wide);
    CHECK(twice > 1.2 * once);
    CHECK(twice < 2.0 * once);
  }
}

TEST_CASE("cost does not depend on seed and gamma, and falls with the speed of the machine", "[schedule]") {
  auto other = configuration_of(50);
  other.seed = 7;
  other.gamma = 0.99;
  CHECK(CostModel({}).seconds(other) == CostModel({}).seconds(configuration_of(50)));
  CHECK(CostModel({}, 1e9).seconds(other) == Approx(2.0 * CostModel({}, 2e9).seconds(other)));
}

TEST_CASE("what a configuration took corrects the cost of its kind, at every size", "[schedule]") {
  CostModel cost(only_flatness());
  const double relu = cost.seconds(configuration_of(50));
  const double quadratic = cost.seconds(configuration_of(80, "quadratic"));
  cost.observe(configuration_of(50), 3.0 * relu);
  cost.observe(configuration_of(80, "quadratic"), quadratic);
  CHECK(cost.seconds(configuration_of(50)) == Approx(3.0 * relu));
  CHECK(cost.seconds(configuration_of(200)) ==
        Approx(3.0 * CostModel(only_flatness()).seconds(configuration_of(200))));
  CHECK(cost.seconds(configuration_of(80, "quadratic")) == Approx(quadratic));
}

TEST_CASE("every measure asked for costs, and so does the flattest interpolator", "[schedule]") {
  const auto configuration = configuration_of(100);
  const double base = CostModel(only_flatness()).seconds(configuration);
  job::Settings more = only_flatness();
  SECTION("spectrum") { more.spectrum = true; }
  SECTION("best loss") { more.best_loss = true; }
  SECTION("test samples") { more.test_samples = 10'000; }
  CHECK(CostModel(more).seconds(configuration) > 1.1 * base);
  CHECK(CostModel(more).seconds(configuration_of(100, "relu", Interpolator::parse("minimum_l2"))) <
        CostModel(more).seconds(configuration));
}

TEST_CASE("the Monte Carlo loss of a quadratic form is always paid", "[schedule]") {
  const CostModel cost(only_flatness());
  CHECK(cost.seconds(configuration_of(20, "relu", Interpolator::parse("flattest"), "quadratic_form")) >
        1.5 * cost.seconds(configuration_of(20)));
}

TEST_CASE("kinds differ by degree and interpolator only", "[schedule]") {
  const auto kind = [](const std::string& activation, Interpolator interpolator) {
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

#include <catch2/catch.hpp>

#include "flatsweep/experiment/experiment.hpp"

using namespace flatsweep;

namespace {

job::Configuration configuration_of(const std::string& activation, Index d, Index samples) {
  return {{.activation = model::Activation::parse(activation),
           .link = model::Link::parse("matched"),
           .indices = 2,
           .sample_ratio = static_cast<double>(samples) / static_cast<double>(d),
           .d = d,
           .gamma = 0.5},
          {},
          samples,
          2 * samples};
}

}  // namespace

TEST_CASE("quadratic neurons span d(d+1)/2 - 1 dimensions", "[experiment]") {
  CHECK_FALSE(experiment::infeasible_by_construction(configuration_of("quadratic", 10, 54)));
  CHECK(experiment::infeasible_by_construction(configuration_of("quadratic", 10, 55)) ==
        "n = 55, but quadratic neurons span 54 dimensions");
}

TEST_CASE("linear neurons fit linear labels and no others", "[experiment]") {
  job::Configuration linear = configuration_of("linear", 10, 30);
  CHECK_FALSE(experiment::infeasible_by_construction(linear));
  job::Configuration shifted = linear;
  shifted.offset.spread = 1.0;
  CHECK(experiment::infeasible_by_construction(shifted));
  linear.noise = 0.1;
  CHECK(experiment::infeasible_by_construction(linear));
  linear.samples = linear.d = 25;
  CHECK_FALSE(experiment::infeasible_by_construction(linear));
}

TEST_CASE("fewer neurons than samples fit no noise", "[experiment]") {
  job::Configuration narrow = configuration_of("relu", 10, 30);
  narrow.noise = 0.1;
  CHECK_FALSE(experiment::infeasible_by_construction(narrow));
  narrow.width = 29;
  CHECK(experiment::infeasible_by_construction(narrow) == "n = 30, but there are only 29 neurons");
}

TEST_CASE("at gamma = 1 with one index all neurons are one function and its mirror image", "[experiment]") {
  job::Configuration aligned = configuration_of("relu", 10, 30);
  aligned.indices = 1;
  aligned.gamma = 1.0;
  CHECK_FALSE(experiment::infeasible_by_construction(aligned));
  aligned.link = model::Link::parse("tanh");
  CHECK(experiment::infeasible_by_construction(aligned));
}

TEST_CASE("a few neurons that stand close together may fit any number of samples", "[experiment]") {
  job::Configuration close = configuration_of("relu", 3, 60);
  close.indices = 2;
  close.width = 30;
  for (const double gamma : {0.3, 0.99, 1.0}) {
    close.gamma = gamma;
    for (const char* link : {"matched", "hermite:1"}) {
      close.link = model::Link::parse(link);
      CHECK_FALSE(experiment::infeasible_by_construction(close));
    }
    close.link = model::Link::parse("tanh");
    CHECK(experiment::infeasible_by_construction(close));
  }
}

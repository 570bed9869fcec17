#include <catch2/catch.hpp>
#include <cstring>
#include <tuple>

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

TEST_CASE("an offset may complete a Hermite polynomial to a quadratic form", "[experiment]") {
  job::Configuration completed = configuration_of("quadratic", 10, 30);
  completed.link = model::Link::parse("hermite:2");
  completed.gamma = 1.0;
  CHECK(experiment::infeasible_by_construction(completed) == "n = 30, but quadratic neurons span 3 dimensions");
  completed.offset.value = 1.0;  // (t^2 + u^2 - 2)/2 + 1
  CHECK_FALSE(experiment::infeasible_by_construction(completed));
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

TEST_CASE("polynomials are neither a quadratic form's positive part nor Hermite polynomials of a degree above 1",
          "[experiment]") {
  job::Configuration linear = configuration_of("linear", 10, 30);
  for (const char* link : {"quadratic_form", "hermite:2", "hermite:3"}) {
    linear.link = model::Link::parse(link);
    CHECK(experiment::infeasible_by_construction(linear) == "n = 30, but linear neurons span 10 dimensions");
    CHECK(experiment::compute_outcome(linear, {}).status == Status::infeasible);
  }
  linear.link = model::Link::parse("hermite:1");
  CHECK_FALSE(experiment::infeasible_by_construction(linear));
}

namespace {

/// Whether two rows have the same bits, but for columns of time and place.
bool have_same_bits(const experiment::Outcome& one, const experiment::Outcome& other) {
  const std::vector<double>& left = one.measures.values();
  const std::vector<double>& right = other.measures.values();
  return one.status == other.status && one.iterations == other.iterations && left.size() == right.size() &&
         std::memcmp(left.data(), right.data(), left.size() * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("a row that is said to equal another has its bits, and other rows have not", "[experiment]") {
  using model::Link, model::Coefficients;
  job::AxisValues axes;
  axes.link = {Link::parse("matched"), Link::parse("mirrored"), Link::parse("quadratic"),
               Link::parse("quadratic_form")};
  axes.coefficients = {Coefficients::random, Coefficients::equal};
  job::Settings settings;
  settings.best_loss = true;
  int equal = 0;
  for (const char* activation : {"relu", "quadratic", "abs"}) {
    for (const double offset : {0.0, 0.5}) {
      for (const Index indices : {1, 2}) {
        for (const Link& link : axes.link) {
          for (const Coefficients coefficients : axes.coefficients) {
            job::Configuration one = configuration_of(activation, 8, 20);
            one.width = 40;
            std::tie(one.offset.value, one.indices, one.link, one.coefficients) =
                std::tie(offset, indices, link, coefficients);
            const auto twin = experiment::equal_before(one, axes);
            CAPTURE(activation, offset, indices, link.name(), to_string(coefficients), twin.value_or("none"));
            job::Configuration other = one;
            if (twin && twin->starts_with("link = ")) other.link = Link::parse(twin->substr(7));
            if (twin && twin->starts_with("coefficients = ")) other.coefficients = Coefficients::random;
            if (!twin && one.link.kind() == Link::Kind::mirrored) other.link = axes.link.front();
            if (!twin && one.link.kind() != Link::Kind::mirrored) other.coefficients = Coefficients::random;
            if (other.link == one.link && other.coefficients == one.coefficients) continue;
            equal += twin ? 1 : 0;
            CHECK(have_same_bits(experiment::compute_outcome(one, settings),
                                 experiment::compute_outcome(other, settings)) == twin.has_value());
          }
        }
      }
    }
  }
  CHECK(equal > 20);
}

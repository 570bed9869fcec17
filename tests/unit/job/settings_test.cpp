#include <catch2/catch.hpp>

#include "flatsweep/job/job.hpp"

using namespace flatsweep;

TEST_CASE("only links without an exact loss get Monte Carlo points unasked", "[job]") {
  job::Settings settings;
  CHECK(settings.test_points(model::Link::parse("matched")) == 0);
  CHECK(settings.test_points(model::Link::parse("quadratic_form")) == 10'000);
  settings.test_samples = 500;
  CHECK(settings.test_points(model::Link::parse("matched")) == 500);
  CHECK(settings.test_points(model::Link::parse("quadratic_form")) == 500);
}

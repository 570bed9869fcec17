#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/sample/sample.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::sample;

TEST_CASE("features are standard normal and uncorrelated between inputs and points", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Matrix x = sample_features(seed, 20, 20000);
  const Matrix covariance = x.transpose() * x / 20000.0;
  CHECK(x.colwise().mean().cwiseAbs().maxCoeff() < 6.0 / std::sqrt(20000.0));
  CHECK((covariance - Matrix::Identity(20, 20)).cwiseAbs().maxCoeff() < 6.0 * std::sqrt(2.0 / 20000.0));
  const double lag = (x.topRows(19999).cwiseProduct(x.bottomRows(19999))).mean();
  CHECK(std::abs(lag) < 6.0 / std::sqrt(20.0 * 19999.0));
}

TEST_CASE("test points can be drawn in parts of any size", "[sample]") {
  Matrix all(50, 7);
  sample_test_points(9, 0, all);
  Matrix part(20, 7);
  sample_test_points(9, 13, part);
  CHECK(part == all.middleRows(13, 20));
}

TEST_CASE("test points and features of one seed are different points", "[sample]") {
  Matrix points(10, 7);
  sample_test_points(9, 0, points);
  CHECK((points - sample_features(9, 7, 10)).cwiseAbs().minCoeff() > 0.0);
}

TEST_CASE("the null-space draw is another one for each width", "[sample]") {
  const Vector narrow = sample_null_space_draw(4, 10);
  const Vector wide = sample_null_space_draw(4, 11);
  REQUIRE(narrow.size() == 10);
  REQUIRE(wide.size() == 11);
  CHECK((narrow - wide.head(10)).cwiseAbs().minCoeff() > 0.0);
}

#include <catch2/catch.hpp>

#include "flatsweep/sample/sample.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::sample;

namespace {

void check_exact_correlation(const Matrix& u, std::uint64_t seed, double gamma) {
  const Matrix w = sample_inner_weights(seed, u, 130, gamma);
  const Vector lengths = w.rowwise().norm();
  const Vector correlations = (w * u.transpose()).rowwise().norm();
  REQUIRE((lengths.array() - 1.0).abs().maxCoeff() <= 1e-14);
  REQUIRE((correlations.array() - gamma).abs().maxCoeff() <= 1e-14);
}

}  // namespace

TEST_CASE("every weight has unit length and exactly the correlation asked for", "[sample]") {
  auto random = test::random_generator();
  const auto activation = model::Activation::parse("relu");
  for (int round = 0; round < 60; ++round) {
    const std::uint64_t seed = random();
    const auto d = static_cast<Index>(2 + random() % 120);
    const auto some = static_cast<Index>(1 + random() % static_cast<std::uint64_t>(d - 1));
    for (const Index r : {Index{1}, some, d - 1}) {
      const Matrix u =
          sample_teacher(seed, d, r, model::Link::parse("matched"), activation, model::Coefficients::equal, {})
              .index_directions;
      for (const double gamma : {0.0, 0.001, 0.1, 0.5, 0.9, 0.999, 1.0}) {
        CAPTURE(seed, d, r, gamma);
        check_exact_correlation(u, seed, gamma);
      }
    }
  }
}

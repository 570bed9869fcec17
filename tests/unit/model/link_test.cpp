#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "flatsweep/core/error.hpp"
#include "flatsweep/model/target.hpp"

using flatsweep::model::Activation;
using flatsweep::model::Link;

namespace {

/// E g(Z) for standard normal Z by the trapezoidal rule, exact to rounding for polynomials of low degree.
template <typename Function>
double gaussian_mean(Function g) {
  const double step = 1.0 / 64.0;
  double sum = 0.0;
  for (int i = -16 * 64; i <= 16 * 64; ++i) {
    const double z = i * step;
    sum += g(z) * std::exp(-z * z / 2.0);
  }
  return sum * step / std::sqrt(2.0 * std::numbers::pi);
}

const Activation relu = Activation::parse("relu");

}  // namespace

TEST_CASE("Hermite links are orthonormal under the normal distribution", "[model]") {
  for (int j = 1; j <= 8; ++j) {
    for (int k = 1; k <= j; ++k) {
      CAPTURE(j, k);
      const Link first = Link::parse("hermite:" + std::to_string(j));
      const Link second = Link::parse("hermite:" + std::to_string(k));
      CHECK(first.hermite_degree() == j);
      const double product =
          gaussian_mean([&](double z) { return first.evaluate(z, relu) * second.evaluate(z, relu); });
      CHECK(product == Approx(j == k ? 1.0 : 0.0).margin(1e-11));
    }
  }
}

TEST_CASE("Hermite links of low degree are the known polynomials", "[model]") {
  for (const double z : {-1.7, 0.0, 0.4, 3.1}) {
    CHECK(Link::parse("hermite:1").evaluate(z, relu) == z);
    CHECK(Link::parse("hermite:2").evaluate(z, relu) == Approx((z * z - 1.0) / std::sqrt(2.0)));
    CHECK(Link::parse("hermite:3").evaluate(z, relu) == Approx((z * z * z - 3.0 * z) / std::sqrt(6.0)).margin(1e-15));
    CHECK(Link::parse("hermite:4").evaluate(z, relu) ==
          Approx((std::pow(z, 4) - 6.0 * z * z + 3.0) / std::sqrt(24.0)).margin(1e-15));
  }
}

TEST_CASE("matched, mirrored and activation links refer to activations as defined", "[model]") {
  for (const std::string& name : Activation::names()) {
    const Activation sigma = Activation::parse(name);
    for (const double z : {-2.1, -0.4, 0.0, 0.8, 1.9}) {
      CAPTURE(name, z);
      CHECK(Link::parse("matched").evaluate(z, sigma) == sigma(z));
      CHECK(Link::parse("mirrored").evaluate(z, sigma) ==
            Approx((sigma(z) + sigma(-z)) / 2.0).epsilon(1e-15).margin(0.0));
      CHECK(Link::parse(name).evaluate(z, relu) == sigma(z));
      CHECK(Link::parse("tanh").evaluate(z, sigma) == std::tanh(z));
      CHECK(Link::parse("sine").evaluate(z, sigma) == std::sin(z));
    }
    CHECK(Link::parse(name).piecewise_power(relu) == sigma.power());
    CHECK(Link::parse("mirrored").vanishes(sigma) == (name == "linear"));
    CHECK_FALSE(Link::parse("matched").vanishes(sigma));
  }
  CHECK_FALSE(Link::parse("tanh").piecewise_power(relu).has_value());
  CHECK_FALSE(Link::parse("hermite:2").vanishes(relu));
}

TEST_CASE("smooth links are odd and bounded", "[model]") {
  int links = 0;
  for (const std::string& name : Link::names()) {
    const Link link = Link::parse(name);
    if (link.kind() != Link::Kind::smooth) continue;
    ++links;
    for (const double z : {0.0, 1e-8, 0.3, 1.7, 5.0, 40.0}) {
      CAPTURE(name, z);
      CHECK(link.evaluate(z) == -link.evaluate(-z));
      CHECK(std::abs(link.evaluate(z)) <= 2.0);
      CHECK(link.evaluate(z, relu) == link.evaluate(z));
    }
  }
  CHECK(links >= 2);
  CHECK_THROWS_AS(Link::parse("matched").evaluate(1.0), flatsweep::ContractViolation);
}

TEST_CASE("links are stored under canonical names that parse to themselves", "[model]") {
  for (const std::string& name : Link::names()) {
    CHECK(Link::parse(name).name() == name);
    CHECK(Link::parse(name) == Link::parse(name));
  }
  CHECK(Link::parse("leaky_relu").name() == "leaky_relu:0.1");
  CHECK(Link::parse("leaky_relu:0.20").name() == "leaky_relu:0.2");
  CHECK_FALSE(Link::parse("hermite:2") == Link::parse("hermite:3"));
}

TEST_CASE("an unknown link is an error that names the nearest one", "[model]") {
  using Catch::Contains;
  CHECK_THROWS_WITH(Link::parse("mathced"), Contains("unknown link `mathced`") && Contains("`matched`"));
  CHECK_THROWS_WITH(Link::parse("quadratic_from"), Contains("`quadratic_form`"));
  CHECK_THROWS_WITH(Link::parse("leaky_relu:2"), Contains("between 0 and 1"));
  for (const std::string degree : {"0", "9", "-1", "2.5", "", "x"})
    CHECK_THROWS_WITH(Link::parse("hermite:" + degree), Contains("integer from 1 to 8"));
}

TEST_CASE("a quadratic form is no function of one index", "[model]") {
  CHECK_THROWS_AS(Link::parse("quadratic_form").evaluate(1.0, relu), flatsweep::ContractViolation);
}

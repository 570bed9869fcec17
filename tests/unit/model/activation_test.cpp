#include "flatsweep/model/activation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "flatsweep/core/error.hpp"

using flatsweep::Error;
using flatsweep::Matrix;
using flatsweep::model::Activation;

TEST_CASE("every activation has the value of its formula", "[model]") {
  using Formula = std::function<double(double)>;
  const auto positive = [](double z) { return std::max(z, 0.0); };
  const std::vector<std::pair<std::string, Formula>> formulas = {
      {"relu", positive},
      {"leaky_relu:0.1", [](double z) { return z > 0.0 ? z : 0.1 * z; }},
      {"leaky_relu:0.25", [](double z) { return z > 0.0 ? z : 0.25 * z; }},
      {"linear", [](double z) { return z; }},
      {"abs", [](double z) { return std::abs(z); }},
      {"quadratic", [](double z) { return z * z; }},
      {"relu2", [&](double z) { return positive(z) * z; }},
      {"relu3", [&](double z) { return positive(z) * z * z; }},
      {"quartic", [](double z) { return z * z * z * z; }},
  };
  for (const auto& [name, formula] : formulas) {
    const Activation activation = Activation::parse(name);
    for (const double z : {-2.5, -0.3, 0.0, 0.7, 3.0}) {
      CAPTURE(name, z);
      CHECK(activation(z) == Approx(formula(z)).epsilon(1e-15).margin(0.0));
      Matrix entry = Matrix::Constant(1, 1, z);
      activation.apply(entry);
      CHECK(entry(0, 0) == activation(z));
    }
  }
}

TEST_CASE("the program's exponent is 2p/(p+1)", "[model]") {
  CHECK(Activation::parse("relu").exponent() == 1.0);
  CHECK(Activation::parse("quadratic").exponent() == Approx(4.0 / 3.0));
  CHECK(Activation::parse("relu3").exponent() == 1.5);
  CHECK(Activation::parse("quartic").exponent() == 1.6);
}

TEST_CASE("activations are stored under canonical names that parse to themselves", "[model]") {
  for (const std::string& name : Activation::names()) {
    CHECK(Activation::parse(name).name() == name);
    CHECK(Activation::parse(Activation::parse(name).name()) == Activation::parse(name));
  }
  CHECK(Activation::parse("leaky_relu").name() == "leaky_relu:0.1");
  CHECK(Activation::parse("leaky_relu:0.10") == Activation::parse("leaky_relu:1e-1"));
  CHECK(Activation::parse("leaky_relu:0.3").name() == "leaky_relu:0.3");
  CHECK_FALSE(Activation::parse("leaky_relu:0.3") == Activation::parse("leaky_relu:0.1"));
}

TEST_CASE("an unknown activation or a slope outside (0, 1) is an error with a remedy", "[model]") {
  using Catch::Contains;
  CHECK_THROWS_WITH(Activation::parse("rellu"), Contains("`rellu`") && Contains("nearest known one is `relu`"));
  CHECK_THROWS_WITH(Activation::parse("quadrtic"), Contains("`quadratic`"));
  for (const std::string slope : {"0", "1", "-0.1", "1.5", "nan", "inf", "", "0.1x", " 0.1", "0.1 "}) {
    CAPTURE(slope);
    CHECK_THROWS_WITH(Activation::parse("leaky_relu:" + slope), Contains("between 0 and 1"));
  }
  CHECK_THROWS_AS(Activation::parse(""), Error);
  CHECK_THROWS_AS(Activation::parse("ReLU"), Error);
}

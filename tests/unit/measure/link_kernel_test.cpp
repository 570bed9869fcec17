#include <catch2/catch.hpp>
#include <cmath>

#include "gaussian_quadrature.hpp"
#include "measure/kernels.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

namespace {

double value_at(const measure::HermiteKernel& kernel, double correlation) {
  Matrix value = Matrix::Constant(1, 1, correlation);
  kernel.apply(value);
  return value(0, 0);
}

}  // namespace

TEST_CASE("Mehler's series agrees with two-dimensional quadrature for every smooth link", "[measure]") {
  const auto network = model::Activation::parse("relu");
  using Kind = model::Link::Kind;
  for (const std::string& name : model::Link::names()) {
    const auto link = model::Link::parse(name);
    if (link.kind() != Kind::smooth && link.kind() != Kind::hermite) continue;
    const auto g = [&](double u) { return link.evaluate(u, network); };
    for (int degree = 1; degree <= 4; ++degree) {
      const model::PiecewisePower sigma{degree, 1.0, -0.2};
      const measure::HermiteKernel kernel(link, sigma);
      const double scale = std::sqrt(test::gaussian_expectation([&](double u) { return sigma(u) * sigma(u); }));
      for (const double rho : {-1.0, -0.97, -0.4, 0.0, 0.2, 0.75, 0.9999, 1.0}) {
        INFO(name << " against degree " << degree << ", correlation " << rho);
        CHECK(value_at(kernel, rho) == Approx(test::pair_expectation(g, sigma, rho)).margin(1e-12 * scale).epsilon(0));
      }
    }
  }
}

TEST_CASE("moments of every link agree with quadrature", "[measure]") {
  for (const auto& activation : test::all_activations) {
    const auto network = model::Activation::parse(activation);
    for (const auto& name : test::all_links) {
      const auto link = model::Link::parse(name);
      if (link.vanishes(network)) continue;
      INFO(activation << ", " << name);
      const measure::LinkKernel kernel(link, network);
      const double mean = test::gaussian_expectation([&](double u) { return link.evaluate(u, network); });
      const double variance = test::gaussian_expectation([&](double u) {
        const double centred = link.evaluate(u, network) - mean;
        return centred * centred;
      });
      CHECK(kernel.mean() == Approx(mean).margin(1e-13));
      CHECK(kernel.variance() == Approx(variance).epsilon(1e-12));
    }
  }
}

TEST_CASE("a series maps every entry of a matrix as it maps one number", "[measure]") {
  Matrix correlations = test::gaussian_matrix(11, 131, 3).array().sin();
  const Matrix before = correlations;
  const measure::HermiteKernel kernel(model::Link::parse("tanh"), {2, 1.0, 0.0});
  kernel.apply(correlations);
  for (Index i = 0; i < before.size(); ++i)
    CHECK(correlations.reshaped()(i) == Approx(value_at(kernel, before.reshaped()(i))).margin(1e-15));
}

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "gaussian_quadrature.hpp"
#include "measure/kernels.hpp"
#include "random_problem.hpp"

using flatsweep::measure::arc_cosine;
using namespace flatsweep;
using measure::ArcCosineKernel;
using std::numbers::pi;

namespace {

constexpr model::PiecewisePower relu(int degree) { return {degree, 1.0, 0.0}; }

}  // namespace

TEST_CASE("the vectorisable arc cosine is within 4 units in the last place of the true one", "[measure]") {
  constexpr double eps = std::numeric_limits<double>::epsilon();
  double worst = 0.0;
  const auto check = [&](double x) {
    const long double truth = std::acos(static_cast<long double>(x));
    const auto error = static_cast<double>(std::abs(arc_cosine(x) - truth));
    worst = std::max(worst, truth == 0 ? error / eps : error / (eps * static_cast<double>(truth)));
  };
  constexpr int steps = 1'000'003;
  for (int i = 0; i <= steps; ++i) check(-1.0 + 2.0 * i / steps);
  for (double distance = 1e-16; distance < 0.1; distance *= 1.0007) {
    for (const double centre : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
      check(std::max(-1.0, centre - distance));
      check(std::min(1.0, centre + distance));
    }
  }
  CHECK(worst <= 4.0);
  CHECK(arc_cosine(1.0) == 0.0);
  CHECK(arc_cosine(-1.0) == Approx(std::acos(-1.0)).epsilon(eps));
}

TEST_CASE("the kernels of equal degree are the arc-cosine kernels", "[measure]") {
  for (int i = 0; i <= 200; ++i) {
    const double t = pi * i / 200.0;
    const double c = std::cos(t), s = std::sin(t);
    INFO("angle " << t);
    CHECK(ArcCosineKernel(relu(1), relu(1))(c) == Approx((s + (pi - t) * c) / (2 * pi)).margin(4e-16));
    CHECK(ArcCosineKernel(relu(2), relu(2))(c) ==
          Approx((3 * s * c + (pi - t) * (1 + 2 * c * c)) / (2 * pi)).margin(2e-15));
    CHECK(ArcCosineKernel(relu(3), relu(3))(c) ==
          Approx((15 * s - 11 * s * s * s + (pi - t) * (9 * c + 6 * c * c * c)) / (2 * pi)).margin(1e-14));
    const model::PiecewisePower quartic{4, 1.0, 1.0};
    CHECK(ArcCosineKernel(quartic, quartic)(c) == Approx(9 + 72 * c * c + 24 * c * c * c * c).epsilon(1e-14));
  }
}

TEST_CASE("the kernel of relu keeps its accuracy near rho = 1", "[measure]") {
  const ArcCosineKernel kernel(relu(1), relu(1));
  for (double distance = 1e-15; distance < 1e-2; distance *= 3.0) {
    const double rho = 1.0 - distance;
    const long double t = std::acos(static_cast<long double>(rho));
    const long double truth = (std::sin(t) + (pi - t) * std::cos(t)) / (2.0L * std::numbers::pi_v<long double>);
    CHECK(std::abs(kernel(rho) - static_cast<double>(truth)) <= 3e-16);
  }
  CHECK(kernel(1.0 + 1e-15) == kernel(1.0));
  CHECK(kernel(-1.0 - 1e-15) == 0.0);
}

TEST_CASE("kernels of any two piecewise powers agree with two-dimensional quadrature", "[measure]") {
  for (int p = 1; p <= 4; ++p) {
    for (int s = 1; s <= 4; ++s) {
      const model::PiecewisePower f{p, 0.7, -0.3};
      const model::PiecewisePower g{s, 1.0, 0.45};
      const ArcCosineKernel kernel(f, g);
      const double scale = std::sqrt(ArcCosineKernel(f, f)(1.0) * ArcCosineKernel(g, g)(1.0));
      for (const double rho : {-1.0, -0.999, -0.6, -0.1, 0.0, 0.35, 0.8, 0.99, 1.0}) {
        INFO("degrees " << p << ", " << s << ", correlation " << rho);
        CHECK(kernel(rho) == Approx(test::pair_expectation(f, g, rho)).margin(1e-12 * scale).epsilon(0));
      }
    }
  }
}

TEST_CASE("a kernel maps every entry of a matrix as it maps one number", "[measure]") {
  Matrix correlations = test::gaussian_matrix(7, 37, 5).array().sin();
  const Matrix before = correlations;
  const ArcCosineKernel kernel({1, 1.0, -0.1}, {3, 1.0, 0.0});
  kernel.apply(correlations);
  for (Index i = 0; i < before.size(); ++i)
    CHECK(correlations.reshaped()(i) == Approx(kernel(before.reshaped()(i))).margin(1e-15));
}

TEST_CASE("Gaussian means of piecewise powers agree with quadrature", "[measure]") {
  for (int p = 1; p <= 4; ++p) {
    const model::PiecewisePower f{p, 1.3, -0.4};
    CHECK(measure::gaussian_mean(f) == Approx(test::gaussian_expectation(f)).epsilon(1e-13));
  }
}

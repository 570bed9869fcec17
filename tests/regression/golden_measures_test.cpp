#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/measure/losses.hpp"
#include "flatsweep/measure/spectrum.hpp"
#include "flatsweep/model/target.hpp"
#include "flatsweep/sample/sample.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "golden_file.hpp"

namespace {

using namespace flatsweep;

/// One case of measures.h5 with the arrays that a job would hold.
struct Case {
  std::string name;
  sample::Teacher teacher;
  Matrix features;
  Matrix inner_weights;
  Vector outer_weights;
  Matrix activations;
};

Case read_case(const test::GoldenFile& golden, const std::string& name) {
  const auto activation = model::Activation::parse(golden.text(name, "activation"));
  const auto link = model::Link::parse(golden.text(name, "link"));
  Case result{
      name,
      {link, activation, golden.matrix(name, "U"), golden.vector(name, "c"), golden.number(name, "offset"), Matrix()},
      golden.matrix(name, "X"),
      golden.matrix(name, "W"),
      golden.vector(name, "a"),
      Matrix()};
  result.activations = result.features * result.inner_weights.transpose();
  activation.apply(result.activations);
  return result;
}

template <typename Check>
void for_each_case(Check&& check) {
  const test::GoldenFile golden(test::GoldenFile::directory() / "measures.h5");
  const auto names = golden.groups();
  REQUIRE(names.size() == 35);
  for (const auto& name : names) {
    INFO(name << ": " << golden.text(name, "activation") << ", " << golden.text(name, "link"));
    check(golden, read_case(golden, name));
  }
}

}  // namespace

TEST_CASE("flatness and its weights are the golden ones", "[measure][golden]") {
  for_each_case([](const auto& golden, const Case& given) {
    const auto& activation = given.teacher.activation;
    const auto curvature = measure::curvature(activation, given.activations, given.features);
    const Vector kappa = measure::trace_weights(activation, curvature);
    const Vector golden_kappa = golden.vector(given.name, "kappa");
    CHECK((kappa - golden_kappa).cwiseAbs().maxCoeff() <= 1e-12 * golden_kappa.maxCoeff());
    CHECK(measure::flatness(kappa, given.outer_weights, activation.exponent()) ==
          Approx(golden.number(given.name, "flatness")).epsilon(1e-10));
    CHECK(measure::flatness_unit(curvature, given.outer_weights) ==
          Approx(golden.number(given.name, "flatness_unit")).epsilon(1e-10));
  });
}

TEST_CASE("the exact losses are the golden ones", "[measure][golden]") {
  for_each_case([](const auto& golden, const Case& given) {
    const auto moments = measure::target_moments(given.teacher);
    const double norm = given.outer_weights.template lpNorm<1>();
    const double tolerance = 1e-8 * (moments.power() + norm * norm);
    const auto excess = measure::excess_loss(given.teacher, given.inner_weights, given.outer_weights);
    CHECK(moments.signal_power == Approx(golden.number(given.name, "signal_power")).epsilon(1e-8));
    CHECK(excess.value == Approx(golden.number(given.name, "excess_loss")).margin(tolerance).epsilon(0));
    CHECK(measure::best_loss(given.teacher, given.inner_weights) ==
          Approx(golden.number(given.name, "best_loss")).margin(tolerance).epsilon(0));
  });
}

TEST_CASE("the spectra are the golden ones", "[measure][golden]") {
  for_each_case([](const auto& golden, const Case& given) {
    const auto& activation = given.teacher.activation;
    const auto curvature = measure::curvature(activation, given.activations, given.features);
    const Vector rescaling = measure::flattest_rescaling(activation, curvature, given.outer_weights);
    const Matrix gram = measure::hessian_gram(activation, given.activations, given.features, given.inner_weights,
                                              given.outer_weights, rescaling);
    CHECK(gram.trace() == Approx(golden.number(given.name, "flatness")).epsilon(1e-10));
    CHECK(measure::hessian_max(gram) == Approx(golden.number(given.name, "hessian_max")).epsilon(1e-8));
    CHECK(measure::hessian_eigenvalues(gram).tail(1)(0) ==
          Approx(golden.number(given.name, "hessian_max")).epsilon(1e-8));
    const std::array<double, 3> ridges = {1e-3, 1e-1, 10.0};
    const auto ranks = measure::soft_ranks(gram, ridges);
    CHECK(ranks[0] == Approx(golden.number(given.name, "soft_rank_1e_3")).epsilon(1e-8));
    CHECK(ranks[1] == Approx(golden.number(given.name, "soft_rank_1e_1")).epsilon(1e-8));
    CHECK(ranks[2] == Approx(golden.number(given.name, "soft_rank_1e1")).epsilon(1e-8));
    const auto range = measure::singular_range(given.activations);
    CHECK(range.max == Approx(golden.number(given.name, "activation_max")).epsilon(1e-8));
    CHECK(range.min == Approx(golden.number(given.name, "activation_min")).epsilon(1e-8));
  });
}

TEST_CASE("the objective's bound is the golden one and never exceeds the optimum", "[measure][golden]") {
  const test::GoldenFile golden(test::GoldenFile::directory() / "programs.h5");
  const auto names = golden.groups();
  REQUIRE(names.size() == 68);
  for (const auto& name : names) {
    if (golden.number(name, "feasible") == 0.0) continue;
    INFO(name << ": " << golden.text(name, "note"));
    const Matrix activations = golden.matrix(name, "S");
    const Vector labels = golden.vector(name, "y");
    const Vector direction = solve::least_norm_dual(activations, labels);
    const double bound = measure::objective_bound(activations, labels, golden.vector(name, "kappa"),
                                                  golden.number(name, "q"), direction);
    CHECK(bound == Approx(golden.number(name, "bound")).epsilon(1e-9));
    CHECK(bound <= golden.number(name, "optimum") * (1.0 + 1e-9));
  }
}

#include "solved_program.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/solve/flattest_interpolator.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::test {

void check_solved(const solve::Program& program, const solve::Solution& solution) {
  using Wide = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
  REQUIRE(solution.status == Status::solved);
  const Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic> s = program.activations.cast<long double>();
  const Wide a = solution.outer_weights.cast<long double>(), nu = solution.dual.cast<long double>(),
             y = program.labels.cast<long double>(), kappa = program.kappa.cast<long double>();
  const auto residual = static_cast<double>((s * a - y).norm() / y.norm());
  CHECK(residual <= 1e-10);
  CHECK(solution.certificate.residual ==
        Approx(residual).margin(0.01 * solve::residual_floor(program, solution.outer_weights)));
  const long double q = program.q;
  long double primal = 0.0L, dual = y.dot(nu);
  for (Index j = 0; j < a.size(); ++j) {
    primal += kappa(j) * std::pow(std::abs(a(j)), q);
    const long double t = std::abs(s.col(j).dot(nu));
    // feasible up to what rounding nu to doubles costs
    const long double rounding = 4e-16L * s.col(j).cwiseAbs().dot(nu.cwiseAbs());
    if (program.q == 1.0) CHECK(t <= kappa(j) + rounding);
    if (program.q > 1.0 && kappa(j) > 0.0L)
      dual -= (q - 1.0L) * kappa(j) * std::pow(t / (q * kappa(j)), q / (q - 1.0L));
  }
  CHECK(solution.certificate.objective == Approx(static_cast<double>(primal)).epsilon(1e-12));
  CHECK(std::abs(static_cast<double>((primal - dual) / primal)) <= 1e-9);
  CHECK(std::abs(solution.certificate.gap) <= 1e-9);
}

solve::Solution solve_checked(const RandomProgram& program) {
  solve::Solution solution = solve::flattest_interpolator(program.view());
  check_solved(program.view(), solution);
  return solution;
}

void check_infeasible(const solve::Solution& solution, double residual) {
  CHECK(solution.status == Status::infeasible);
  CHECK(solution.certificate.residual == Approx(residual).epsilon(1e-9));
  CHECK(std::isnan(solution.certificate.objective));
  CHECK(std::isnan(solution.certificate.gap));
  CHECK(solution.outer_weights.array().isNaN().all());
  CHECK(solution.dual.array().isNaN().all());
}

void check_equal(const Vector& value, const Vector& truth, double tolerance) {
  REQUIRE(value.size() == truth.size());
  CHECK((value - truth).norm() <= tolerance * truth.norm());
}

RandomProgram ill_conditioned_program(std::mt19937_64& random, double decades, double q) {
  RandomProgram program(random, 20, 50, q);
  const Vector values = Vector::LinSpaced(20, 0.0, -decades).unaryExpr([](double x) { return std::pow(10.0, x); });
  program.activations = with_singular_values(random, values, 20, 50);
  program.labels = program.activations * gaussian_vector(random, 50);
  return program;
}

double smallest_residual(const RandomProgram& program) {
  const Vector a = pseudo_inverse_times(program.activations, program.labels);
  return (program.activations * a - program.labels).norm() / program.labels.norm();
}

}  // namespace flatsweep::test

#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/measure/influence.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "golden_file.hpp"

using namespace flatsweep;

namespace {

double degrees_of_freedom(const solve::Program& program, const solve::Solution& solution) {
  const double mu = program.ridge();
  if (program.q == 1.0)
    return measure::influence_of_support(program.activations, solution.outer_weights, mu * solution.dual, true)
        .degrees_of_freedom;
  const Vector response = measure::response(solution.outer_weights, program.kappa, program.q);
  return measure::influence(program.activations, response, solution.dual, mu).degrees_of_freedom;
}

}  // namespace

TEST_CASE("every golden program with a penalty is solved to its optimum", "[solve][regression]") {
  const test::GoldenFile golden(test::GoldenFile::directory() / "penalised.h5");
  const auto cases = golden.groups();
  REQUIRE(cases.size() == 24);
  for (const std::string& name : cases) {
    INFO(name << ": " << golden.text(name, "note"));
    const Matrix activations = golden.matrix(name, "S");
    const Vector labels = golden.vector(name, "y");
    const Vector kappa = golden.vector(name, "kappa");
    const double penalty = golden.number(name, "penalty");
    const solve::Program program{activations, labels, kappa, golden.number(name, "q"), penalty};
    const solve::Solution solution = solve::flattest_interpolator(program);
    CAPTURE(solution.certificate.residual, solution.certificate.gap, solution.iterations(), solution.path.bits());
    CHECK(solution.status == Status::solved);
    const double optimum = golden.number(name, "objective");
    CHECK(std::abs(solution.certificate.objective - optimum) <= 1e-9 * optimum);
    const auto samples = static_cast<double>(labels.size());
    const double train_loss = (activations * solution.outer_weights - labels).squaredNorm() / samples;
    const double expected = golden.number(name, "train_loss");
    const bool is_tiny = name == "00" || name == "10" || name == "16" || name == "20";
    CHECK(std::abs(train_loss - expected) <= (is_tiny ? 1e-6 : 1e-8) * expected);
    if (program.q > 1.0)
      CHECK(std::abs(program.ridge() * solution.dual.squaredNorm() * penalty / 2.0 - expected) <= 1e-8 * expected);
    const double penalised_loss = golden.number(name, "penalised_loss");
    CHECK(std::abs(train_loss + penalty * solution.certificate.objective - penalised_loss) <= 1e-9 * penalised_loss);
    const double freedom = golden.number(name, "df");
    const double found = degrees_of_freedom(program, solution);
    if (program.q == 1.0)
      CHECK(found == freedom);
    else
      CHECK(std::abs(found - freedom) <= 1e-8 * freedom);
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::abs(solution.certificate.gap) <= 1e-9);
  }
}

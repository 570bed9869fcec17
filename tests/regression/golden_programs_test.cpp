#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/solve/flattest_interpolator.hpp"
#include "golden_file.hpp"

using namespace flatsweep;

TEST_CASE("every golden program is solved to its optimum or found infeasible", "[solve][regression]") {
  const test::GoldenFile golden(test::GoldenFile::directory() / "programs.h5");
  const auto cases = golden.groups();
  REQUIRE(cases.size() == 68);
  for (const std::string& name : cases) {
    INFO(name << ": " << golden.text(name, "note"));
    const Matrix activations = golden.matrix(name, "S");
    const Vector labels = golden.vector(name, "y");
    const Vector kappa = golden.vector(name, "kappa");
    const solve::Solution solution =
        solve::flattest_interpolator({activations, labels, kappa, golden.number(name, "q")});
    if (golden.number(name, "feasible") == 0.0) {
      CHECK(solution.status == Status::infeasible);
      continue;
    }
    CAPTURE(solution.certificate.residual, solution.certificate.gap, solution.iterations());
    CHECK(solution.status == Status::solved);
    const double optimum = golden.number(name, "optimum");
    CHECK(std::abs(solution.certificate.objective - optimum) <= 1e-9 * optimum);
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::abs(solution.certificate.gap) <= 1e-9);
  }
}

#include "flatsweep/measure/weights.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "random_problem.hpp"

using namespace flatsweep;

TEST_CASE("sizes of outer weights are those of their definition", "[measure]") {
  const Vector a{{3.0, -4.0, 0.0, 1e-9, 5e-9}};
  const auto weights = measure::summarise(a);
  CHECK(weights.l1 == Approx(7.0));
  CHECK(weights.l2 == Approx(5.0));
  CHECK(weights.max == 4.0);
  CHECK(weights.support == 3.0);  // 1e-9 is below 1e-9 * 4, 5e-9 is not
  CHECK(measure::summarise(Vector::Zero(3)).support == 0.0);
}

TEST_CASE("overlap by tiles is the largest off-diagonal entry of W W'", "[measure]") {
  for (const Index m : {2, 17, 192, 193, 500}) {
    const Matrix w = test::gaussian_matrix(static_cast<std::uint64_t>(m), m, 20).rowwise().normalized();
    Matrix gram = (w * w.transpose()).cwiseAbs();
    gram.diagonal().setZero();
    INFO("m = " << m);
    CHECK(measure::overlap(w) == Approx(gram.maxCoeff()).epsilon(1e-14));
  }
}

TEST_CASE("a single neuron overlaps with none", "[measure]") {
  CHECK(std::isnan(measure::overlap(Matrix::Ones(1, 4))));
}

#include "flatsweep/measure/flatness_teacher.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "random_problem.hpp"

using namespace flatsweep;

TEST_CASE("the teacher's flatness is that of the network that it is", "[measure]") {
  constexpr Index copies = 5, indices = 3, width = copies * indices;
  const Matrix features = sample::sample_features(3, 7, 20);
  for (const auto& name : test::all_activations) {
    const auto teacher = test::random_teacher("matched", name, 3, 7, indices, 0.0);
    Matrix inner(width, 7);
    Vector outer(width);
    for (Index j = 0; j < width; ++j) {
      inner.row(j) = teacher.index_directions.row(j % indices);
      outer(j) = teacher.coefficients(j % indices) / copies;
    }
    Matrix activations = features * inner.transpose();
    teacher.activation.apply(activations);
    CHECK((activations * outer - teacher.evaluate(features)).norm() <= 1e-12 * activations.norm());
    const auto curvature = measure::curvature(teacher.activation, activations, features);
    const double written_out = measure::flatness(measure::trace_weights(teacher.activation, curvature), outer,
                                                 teacher.activation.exponent());
    INFO(name);
    CHECK(measure::flatness_teacher(teacher, features, width, 0.0) == Approx(written_out).epsilon(1e-12));
  }
}

TEST_CASE("a teacher that does not interpolate has no flatness", "[measure]") {
  const Matrix features = sample::sample_features(3, 7, 20);
  const auto matched = test::random_teacher("matched", "relu", 3, 7, 2, 0.0);
  const auto shifted = test::random_teacher("matched", "relu", 3, 7, 2, 0.5);
  const auto other = test::random_teacher("tanh", "relu", 3, 7, 2, 0.0);
  CHECK(std::isnan(measure::flatness_teacher(matched, features, 40, 0.1)));
  CHECK(std::isnan(measure::flatness_teacher(shifted, features, 40, 0.0)));
  CHECK(std::isnan(measure::flatness_teacher(other, features, 40, 0.0)));
}

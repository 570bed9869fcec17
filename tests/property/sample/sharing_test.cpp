// Which samples share their random numbers: all comparisons are of bits.

#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/sample/sample.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::sample;
using model::Activation;
using model::Coefficients;
using model::Link;
using model::Offset;

namespace {

Teacher teacher_of(std::uint64_t seed, Index d, Index indices, const std::string& link = "matched",
                   const std::string& activation = "relu", Coefficients coefficients = Coefficients::random) {
  return sample_teacher(seed, d, indices, Link::parse(link), Activation::parse(activation), coefficients,
                        Offset{0.0, 1.0});
}

/// No entry of one is that of the other.
bool all_differ(const Matrix& a, const Matrix& b) { return ((a - b).array() != 0.0).all(); }

}  // namespace

TEST_CASE("growing n extends features, noise and test points", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Matrix features = sample_features(seed, 13, 500);
  const Vector noise = sample_noise(seed, 500);
  Matrix points(500, 13);
  sample_test_points(seed, 0, points);
  for (const Index samples : {1, 2, 63, 64, 65, 200, 499}) {
    CAPTURE(samples);
    CHECK(sample_features(seed, 13, samples) == features.topRows(samples));
    CHECK(sample_noise(seed, samples) == noise.head(samples));
    Matrix fewer(samples, 13);
    sample_test_points(seed, 0, fewer);
    CHECK(fewer == points.topRows(samples));
  }
}

TEST_CASE("growing m extends the inner weights", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Index d = GENERATE(2, 3, 9, 40, 101, 401);
  for (const Index r : {Index{1}, (d + 1) / 2, d - 1}) {
    const Matrix u = teacher_of(seed, d, r).index_directions;
    for (const double gamma : {0.0, 0.3, 1.0}) {
      const Matrix all = sample_inner_weights(seed, u, 300, gamma);
      for (const Index width : {1, 2, 63, 64, 65, 127, 128, 200, 299}) {
        CAPTURE(seed, d, r, gamma, width);
        REQUIRE(sample_inner_weights(seed, u, width, gamma) == all.topRows(width));
      }
    }
  }
}

TEST_CASE("the label of a point depends neither on the number nor on the order of the points", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const std::string link = GENERATE("matched", "tanh", "hermite:3", "quadratic_form");
  for (const Index d : {2, 3, 7, 16, 50, 101, 401}) {
    for (const Index r : {Index{1}, link == "quadratic_form" ? d / 2 : d - 1}) {
      const Teacher teacher = teacher_of(seed, d, r, link);
      const Matrix x = sample_features(seed, d, 300);
      const Vector all = teacher.evaluate(x);
      for (const Index count : {1, 2, 3, 63, 64, 65, 128, 299}) {
        CAPTURE(seed, link, d, r, count);
        REQUIRE(teacher.evaluate(x.topRows(count)) == all.head(count));
        REQUIRE(teacher.evaluate(x.bottomRows(count)) == all.tail(count));
      }
      CAPTURE(seed, link, d, r);
      REQUIRE(teacher.evaluate(x.colwise().reverse()) == all.reverse());
    }
  }
}

TEST_CASE("a teacher's random numbers do not depend on link, activation or kind of coefficients", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Teacher teacher = teacher_of(seed, 12, 4);
  for (const char* link : {"mirrored", "tanh", "hermite:2", "abs"}) {
    for (const char* activation : {"relu", "quartic", "linear"}) {
      const Teacher other = teacher_of(seed, 12, 4, link, activation);
      CHECK(other.index_directions == teacher.index_directions);
      CHECK(other.coefficients == teacher.coefficients);
      CHECK(other.offset == teacher.offset);
    }
  }
  const Teacher equal = teacher_of(seed, 12, 4, "matched", "relu", Coefficients::equal);
  CHECK(equal.index_directions == teacher.index_directions);
  CHECK(equal.offset == teacher.offset);
  const Teacher form = teacher_of(seed, 12, 4, "quadratic_form");
  CHECK(form.coefficients == teacher.coefficients);
  CHECK(form.offset == teacher.offset);
}

TEST_CASE("the offset depends on the seed, coefficients on r too, index directions on d and r too", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Teacher teacher = teacher_of(seed, 12, 4);
  const Teacher other_d = teacher_of(seed, 13, 4);
  const Teacher other_r = teacher_of(seed, 12, 5);
  CHECK(other_d.offset == teacher.offset);
  CHECK(other_r.offset == teacher.offset);
  CHECK(other_d.coefficients == teacher.coefficients);
  CHECK(all_differ(other_r.coefficients.head(4), teacher.coefficients));
  CHECK(all_differ(other_d.index_directions.leftCols(12), teacher.index_directions));
  CHECK(all_differ(other_r.index_directions.topRows(4), teacher.index_directions));
}

TEST_CASE("the rotation of a quadratic form does not depend on r, only its leading directions are more", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Teacher few = teacher_of(seed, 11, 2, "quadratic_form");
  const Teacher many = teacher_of(seed, 11, 5, "quadratic_form");
  CHECK(few.form == many.form);
  CHECK(few.index_directions == many.index_directions.topRows(2));
}

TEST_CASE("weights of all gammas share their two directions", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Matrix u = teacher_of(seed, 17, 3).index_directions;
  const Matrix inside = sample_inner_weights(seed, u, 100, 1.0);
  const Matrix outside = sample_inner_weights(seed, u, 100, 0.0);
  for (const double gamma : {0.001, 0.3, 0.8, 0.999}) {
    const Matrix expected = gamma * inside + std::sqrt(1.0 - gamma * gamma) * outside;
    CHECK((sample_inner_weights(seed, u, 100, gamma) - expected).cwiseAbs().maxCoeff() < 1e-15);
  }
}

TEST_CASE("s_j does not depend on d, and v_j's Gaussian does not depend on r", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Matrix small = sample_inner_weights(seed, Matrix::Identity(3, 6), 100, 1.0);
  const Matrix large = sample_inner_weights(seed, Matrix::Identity(3, 9), 100, 1.0);
  CHECK(small.leftCols(3) == large.leftCols(3));

  Matrix of_one = sample_inner_weights(seed, Matrix::Identity(1, 6), 100, 0.0);
  of_one.leftCols(2).setZero();
  const Matrix of_two = sample_inner_weights(seed, Matrix::Identity(2, 6), 100, 0.0);
  CHECK((of_one.rowwise().normalized() - of_two).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("all 64 bits of the seed matter, in every sample", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Teacher teacher = teacher_of(seed, 8, 3);
  const Matrix form = teacher_of(seed, 8, 3, "quadratic_form").form;
  Matrix points(5, 8);
  sample_test_points(seed, 0, points);
  for (int bit = 0; bit < 64; ++bit) {
    CAPTURE(seed, bit);
    const std::uint64_t other = seed ^ (std::uint64_t{1} << bit);
    CHECK(all_differ(sample_features(other, 8, 5), sample_features(seed, 8, 5)));
    CHECK(all_differ(sample_noise(other, 5), sample_noise(seed, 5)));
    CHECK(all_differ(sample_null_space_draw(other, 5), sample_null_space_draw(seed, 5)));
    Matrix other_points(5, 8);
    sample_test_points(other, 0, other_points);
    CHECK(all_differ(other_points, points));
    const Teacher other_teacher = teacher_of(other, 8, 3);
    CHECK(all_differ(other_teacher.index_directions, teacher.index_directions));
    CHECK(all_differ(other_teacher.coefficients, teacher.coefficients));
    CHECK(other_teacher.offset != teacher.offset);
    CHECK(all_differ(teacher_of(other, 8, 3, "quadratic_form").form, form));
    const Matrix& u = teacher.index_directions;
    for (const double gamma : {0.0, 1.0})
      CHECK(all_differ(sample_inner_weights(other, u, 5, gamma), sample_inner_weights(seed, u, 5, gamma)));
  }
}

#include <Eigen/Eigenvalues>
#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/sample/sample.hpp"
#include "linear_algebra.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::sample;
using model::Activation;
using model::Coefficients;
using model::Link;
using model::Offset;

namespace {

const Activation relu = Activation::parse("relu");

Teacher teacher_of(std::uint64_t seed, Index d, Index indices, const std::string& link,
                   Coefficients coefficients = Coefficients::equal, const Offset& offset = {}) {
  return sample_teacher(seed, d, indices, Link::parse(link), relu, coefficients, offset);
}

}  // namespace

TEST_CASE("a teacher is offset plus coefficients times links of the projections", "[sample]") {
  for (const std::string name : {"matched", "mirrored", "abs", "hermite:3", "tanh", "sine"}) {
    CAPTURE(name);
    const Teacher teacher = teacher_of(3, 15, 4, name, Coefficients::random, {0.5, 2.0});
    const Matrix x = sample_features(8, 15, 70);
    const Vector values = teacher.evaluate(x);
    for (Index i = 0; i < x.rows(); ++i) {
      double expected = teacher.offset;
      for (Index k = 0; k < 4; ++k) {
        const double z = teacher.index_directions.row(k).dot(x.row(i));
        expected += teacher.coefficients(k) * teacher.link.evaluate(z, relu);
      }
      REQUIRE(values(i) == Approx(expected).margin(1e-12));
    }
  }
}

TEST_CASE("a quadratic form has the rank, the scale and the leading directions of its definition", "[sample]") {
  const Index d = GENERATE(2, 3, 8, 31);
  const Index half = d / 2;
  const Teacher teacher = teacher_of(3, d, half == 1 ? 1 : half - 1, "quadratic_form");
  const Matrix& a = teacher.form;
  CAPTURE(d);
  CHECK(a == a.transpose());
  // E (x'Ax)^2 = 2 tr A^2 + (tr A)^2
  CHECK(2.0 * a.squaredNorm() == Approx(1.0).epsilon(1e-13));
  CHECK(std::abs(a.trace()) < 1e-13);

  const double leading = 0.5 / std::sqrt(static_cast<double>(half));
  Vector expected = Vector::Zero(d);
  expected.head(half).setConstant(-leading);
  expected.tail(half).setConstant(leading);
  const Vector eigenvalues = test::eigensystem(a).values;
  CHECK((eigenvalues - expected).cwiseAbs().maxCoeff() < 1e-13);

  const Matrix& u = teacher.index_directions;
  CHECK((u * u.transpose() - Matrix::Identity(u.rows(), u.rows())).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((u * a - leading * u).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("a quadratic form is evaluated as b + max(x'Ax, 0)", "[sample]") {
  const Teacher teacher = teacher_of(5, 9, 2, "quadratic_form", Coefficients::equal, {0.25, 0.0});
  const Matrix x = sample_features(6, 9, 130);
  const Vector values = teacher.evaluate(x);
  int positive = 0;
  for (Index i = 0; i < x.rows(); ++i) {
    const double form = x.row(i) * teacher.form * x.row(i).transpose();
    positive += form > 0.0 ? 1 : 0;
    REQUIRE(values(i) == Approx(0.25 + std::max(form, 0.0)).margin(1e-13));
  }
  CHECK(positive > 20);
  CHECK(positive < 110);
}

TEST_CASE("coefficients are equal, or random, positive and of unit length", "[sample]") {
  const Vector equal = teacher_of(3, 20, 9, "matched").coefficients;
  CHECK((equal.array() == 1.0 / 3.0).all());
  const Vector random = teacher_of(3, 20, 9, "matched", Coefficients::random).coefficients;
  CHECK(random.norm() == Approx(1.0).epsilon(1e-15));
  CHECK(random.minCoeff() > 0.0);
  CHECK(random.maxCoeff() - random.minCoeff() > 0.01);
  CHECK(teacher_of(3, 20, 1, "matched", Coefficients::random).coefficients(0) == 1.0);
}

TEST_CASE("an offset is its number, or normal with the spread asked for", "[sample]") {
  CHECK(teacher_of(3, 5, 1, "matched").offset == 0.0);
  CHECK(teacher_of(3, 5, 1, "matched", Coefficients::equal, {0.7, 0.0}).offset == 0.7);
  const std::uint64_t seed = test::case_seed();
  const int draws = 4000;
  double mean = 0.0, variance = 0.0;
  for (int i = 0; i < draws; ++i) {
    const double offset =
        teacher_of(seed + static_cast<std::uint64_t>(i), 2, 1, "matched", Coefficients::equal, {0.0, 2.0}).offset;
    mean += offset / draws;
    variance += offset * offset / draws;
  }
  CHECK(std::abs(mean) < 6.0 * 2.0 / std::sqrt(draws));
  CHECK(std::abs(variance - 4.0) < 6.0 * 4.0 * std::sqrt(2.0 / draws));
}

TEST_CASE("too many indices break the contract of a teacher", "[sample]") {
  CHECK_THROWS_AS(teacher_of(1, 5, 5, "matched"), ContractViolation);
  CHECK_THROWS_AS(teacher_of(1, 5, 0, "matched"), ContractViolation);
  CHECK_THROWS_AS(teacher_of(1, 5, 3, "quadratic_form"), ContractViolation);
}

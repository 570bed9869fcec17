#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/sample/sample.hpp"
#include "seed.hpp"

using namespace flatsweep;
using flatsweep::sample::haar_rows;
using flatsweep::sample::Purpose;
using flatsweep::sample::Stream;

TEST_CASE("Haar rows are orthonormal to rounding", "[sample]") {
  for (const auto& [count, d] :
       {std::pair<Index, Index>{1, 2}, {1, 100}, {7, 100}, {99, 100}, {100, 100}, {400, 400}}) {
    CAPTURE(count, d);
    const Matrix rows = haar_rows(Stream(3, Purpose::rotation), 0, count, d);
    REQUIRE(rows.rows() == count);
    REQUIRE(rows.cols() == d);
    CHECK((rows * rows.transpose() - Matrix::Identity(count, count)).cwiseAbs().maxCoeff() <= 1e-14);
  }
}

// Moments of the Haar measure on O(d), d >= 4 (Diaconis and Shahshahani 1994): E tr Q = 0, E (tr Q)^2 = 1,
// E (tr Q)^4 = 3, E tr Q^2 = 1; and E Q_ij^2 = 1/d, E Q_ij^4 = 3/(d (d + 2)). Bounds are 6 standard errors.
TEST_CASE("Haar rows have the moments of the Haar measure", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Index d = 5;
  const int draws = 20000;
  const Stream stream(seed, Purpose::rotation, 5);
  double trace = 0.0, trace_squared = 0.0, trace_fourth = 0.0, square_trace = 0.0;
  Matrix second = Matrix::Zero(d, d);
  Matrix fourth = Matrix::Zero(d, d);
  for (int i = 0; i < draws; ++i) {
    const Matrix q = haar_rows(stream, static_cast<std::uint64_t>(i), d, d);
    trace += q.trace() / draws;
    trace_squared += std::pow(q.trace(), 2) / draws;
    trace_fourth += std::pow(q.trace(), 4) / draws;
    square_trace += (q * q).trace() / draws;
    second += q.cwiseAbs2() / draws;
    fourth += q.cwiseAbs2().cwiseAbs2() / draws;
  }
  const double error = 6.0 / std::sqrt(draws);
  CHECK(std::abs(trace) < error);
  CHECK(std::abs(trace_squared - 1.0) < std::sqrt(2.0) * error);
  CHECK(std::abs(trace_fourth - 3.0) < std::sqrt(96.0) * error);
  CHECK(std::abs(square_trace - 1.0) < std::sqrt(2.0) * error);
  CHECK((second.array() - 1.0 / 5.0).abs().maxCoeff() < 0.3 * error);
  CHECK((fourth.array() - 3.0 / 35.0).abs().maxCoeff() < 0.2 * error);
}

TEST_CASE("more orthonormal rows than dimensions break the contract", "[sample]") {
  CHECK_THROWS_AS(haar_rows(Stream(1, Purpose::rotation), 0, 4, 3), ContractViolation);
}

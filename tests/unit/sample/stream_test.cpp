#include "flatsweep/sample/stream.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "flatsweep/core/error.hpp"
#include "seed.hpp"

using namespace flatsweep;
using flatsweep::sample::Purpose;
using flatsweep::sample::Stream;
using Philox = r123::Philox4x32;

namespace {

Vector draw(const Stream& stream, std::uint64_t row, Index count) {
  Vector numbers(count);
  stream.normal(row, numbers);
  return numbers;
}

/// sqrt(size) times the largest distance between the empirical and the uniform distribution on (0, 1);
/// above 2.8 with probability 3e-7 (Kolmogorov).
double kolmogorov_distance(Vector values) {
  std::sort(values.begin(), values.end());
  const auto size = static_cast<double>(values.size());
  double largest = 0.0;
  for (Index i = 0; i < values.size(); ++i) {
    const auto rank = static_cast<double>(i);
    largest = std::max({largest, values(i) - rank / size, (rank + 1.0) / size - values(i)});
  }
  return largest * std::sqrt(size);
}

Vector normal_distribution(const Vector& values) {
  return values.unaryExpr([](double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); });
}

/// The pair of one counter by the documented formula, in extended precision and by the standard library.
std::pair<long double, long double> documented_pair(const Philox::ctr_type& words) {
  constexpr long double pi = std::numbers::pi_v<long double>;
  const auto unit = [](std::uint32_t high, std::uint32_t low) {
    const std::uint64_t word = std::uint64_t{high} << 32 | low;
    return (static_cast<long double>(word >> 12) + 0.5L) / 0x1p52L;
  };
  const long double radius = std::sqrt(-2.0L * std::log(unit(words[1], words[0])));
  long double phi = pi / 2.0L * (unit(words[3], words[2]) - 0.5L);
  if ((words[2] & 1) != 0) phi = pi - phi;
  if ((words[2] & 2) != 0) phi = pi / 2.0L - phi;
  return {radius * std::cos(phi), radius * std::sin(phi)};
}

}  // namespace

TEST_CASE("Philox4x32-10 gives the known answers of its authors", "[sample]") {
  struct KnownAnswer {
    Philox::ctr_type counter;
    Philox::key_type key;
    Philox::ctr_type words;
  };
  const KnownAnswer answers[] = {
      {{{0, 0, 0, 0}}, {{0, 0}}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
      {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
       {{0xffffffff, 0xffffffff}},
       {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
      {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
       {{0xa4093822, 0x299f31d0}},
       {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
  };
  for (const KnownAnswer& answer : answers) CHECK(Philox()(answer.counter, answer.key) == answer.words);
}

TEST_CASE("the numbers of a stream are those of the documented formula", "[sample]") {
  const std::uint64_t seed = 0x123456789abcdef0;
  const std::uint64_t row = 0xab'00c0ffee'1234 & ((std::uint64_t{1} << 56) - 1);
  const std::uint32_t key = 77;
  const Vector numbers = draw(Stream(seed, Purpose::complement, key), row, 20001);
  for (std::uint32_t k = 0; k < 10000; ++k) {
    const auto row_high = static_cast<std::uint32_t>(row >> 32);
    const auto words =
        Philox()({{k, static_cast<std::uint32_t>(row), row_high | 3U << 24, key}}, {{0x9abcdef0, 0x12345678}});
    const auto [first, second] = documented_pair(words);
    REQUIRE(numbers(2 * k) == Approx(static_cast<double>(first)).epsilon(3e-15).margin(1e-15));
    REQUIRE(numbers(2 * k + 1) == Approx(static_cast<double>(second)).epsilon(3e-15).margin(1e-15));
  }
}

TEST_CASE("the bits of a stream's numbers are fixed for every processor and compiler", "[sample]") {
  const Vector numbers = draw(Stream(1, Purpose::features, 100), 2, 4);
  CHECK(numbers(0) == -0x1.3bb4395d4de1p-1);
  CHECK(numbers(1) == 0x1.14c8115477febp+0);
  CHECK(numbers(2) == -0x1.af7ed27c6be4ep-2);
  CHECK(numbers(3) == 0x1.994d615c930b1p+0);
}

TEST_CASE("number k of a row is the same however many are drawn", "[sample]") {
  const Stream stream(5, Purpose::features, 12);
  const Vector all = draw(stream, 3, 300);
  for (Index count = 0; count <= 300; ++count) REQUIRE(draw(stream, 3, count) == all.head(count));
}

TEST_CASE("a stream fills exactly the numbers asked for, at any alignment", "[sample]") {
  const Stream stream(5, Purpose::features, 12);
  const Vector all = draw(stream, 3, 50);
  for (Index first = 0; first < 9; ++first) {
    Vector out = Vector::Constant(80, 99.0);
    stream.normal(3, out.segment(first, 50));
    CHECK(out.segment(first, 50) == all);
    CHECK((out.head(first).array() == 99.0).all());
    CHECK((out.tail(30 - first).array() == 99.0).all());
  }
}

TEST_CASE("the numbers are normal within rows, across rows and in every direction", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Vector row = draw(Stream(seed, Purpose::features, 100), 0, 200000);
  CHECK(kolmogorov_distance(normal_distribution(row)) < 2.8);

  Vector column(20000);
  for (Index i = 0; i < column.size(); ++i)
    column(i) = draw(Stream(seed, Purpose::index_sphere, 1), static_cast<std::uint64_t>(i), 1)(0);
  CHECK(kolmogorov_distance(normal_distribution(column)) < 2.8);

  Vector angle(row.size() / 2);
  for (Index k = 0; k < angle.size(); ++k)
    angle(k) = std::atan2(row(2 * k), row(2 * k + 1)) / (2.0 * std::numbers::pi) + 0.5;
  CHECK(kolmogorov_distance(angle) < 2.8);
}

TEST_CASE("streams that differ in one bit of seed, purpose, key or row are uncorrelated", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Index count = 20000;
  const Vector base = draw(Stream(seed, Purpose::noise, 8), 16, count);
  const std::pair<const char*, Vector> others[] = {
      {"seed, bit 0", draw(Stream(seed ^ 1U, Purpose::noise, 8), 16, count)},
      {"seed, bit 32", draw(Stream(seed ^ (std::uint64_t{1} << 32), Purpose::noise, 8), 16, count)},
      {"seed, bit 63", draw(Stream(seed ^ (std::uint64_t{1} << 63), Purpose::noise, 8), 16, count)},
      {"purpose", draw(Stream(seed, Purpose::index_directions, 8), 16, count)},
      {"key", draw(Stream(seed, Purpose::noise, 9), 16, count)},
      {"row, bit 0", draw(Stream(seed, Purpose::noise, 8), 17, count)},
      {"row, bit 32", draw(Stream(seed, Purpose::noise, 8), 16 + (std::uint64_t{1} << 32), count)},
      {"row, bit 55", draw(Stream(seed, Purpose::noise, 8), 16 + (std::uint64_t{1} << 55), count)},
      {"position", draw(Stream(seed, Purpose::noise, 8), 16, count + 1).tail(count)},
  };
  for (const auto& [difference, other] : others) {
    CAPTURE(difference);
    CHECK(std::abs(base.dot(other)) / std::sqrt(static_cast<double>(count)) < 5.5);
    CHECK(std::abs(base.cwiseAbs2().dot(other.cwiseAbs2()) / static_cast<double>(count) - 1.0) < 0.12);
  }
}

TEST_CASE("a row beyond 56 bits breaks the contract of a stream", "[sample]") {
  Vector out(1);
  CHECK_THROWS_AS(Stream(1, Purpose::noise).normal(std::uint64_t{1} << 56, out), ContractViolation);
}

TEST_CASE("the signs of a stream are the bits of its Philox blocks", "[sample]") {
  const Stream stream(0x123456789abcdef0, Purpose::label_noise);
  Vector signs(300);
  stream.signs(0x1'0000'0005, signs);
  for (Index i = 0; i < signs.size(); ++i) {
    const Philox::ctr_type counter = {{static_cast<std::uint32_t>(i / 128), 5, 1U | 11U << 24, 0}};
    const Philox::ctr_type words = Philox()(counter, {{0x9abcdef0, 0x12345678}});
    const bool set = (words[static_cast<std::size_t>(i % 128 / 32)] >> (i % 32) & 1U) != 0;
    CHECK(signs(i) == (set ? 1.0 : -1.0));
  }
  Vector fewer(130);
  stream.signs(0x1'0000'0005, fewer);
  CHECK(fewer == signs.head(130));
}

TEST_CASE("signs are balanced, and independent of each other in rows and steps", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Stream stream(seed, Purpose::label_noise);
  constexpr Index size = 2000, rows = 100;
  Vector signs(size), previous = Vector::Zero(size);
  double sum = 0.0, within = 0.0, across = 0.0;
  for (Index row = 0; row < rows; ++row) {
    stream.signs(static_cast<std::uint64_t>(row), signs);
    sum += signs.sum();
    within += signs.head(size - 1).dot(signs.tail(size - 1));
    across += signs.dot(previous);
    previous = signs;
  }
  const double six_deviations = 6.0 * std::sqrt(static_cast<double>(size * rows));
  CHECK(std::abs(sum) < six_deviations);
  CHECK(std::abs(within) < six_deviations);
  CHECK(std::abs(across) < six_deviations);
}

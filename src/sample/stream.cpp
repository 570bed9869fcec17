#include "flatsweep/sample/stream.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "flatsweep/core/error.hpp"

namespace flatsweep::sample {
namespace {

/// Pairs that are always computed together, one a vector lane: a prefix of a block is copied if fewer are
/// asked for, so that there is no scalar tail with an arithmetic of its own.
constexpr int lanes = 16;

using Words = std::array<std::uint64_t, lanes>;
using Numbers = std::array<double, lanes>;

struct Block {
  Words u;
  Words v;
};

/// Return sum_i coefficients[i] x^i.
template <std::size_t size>
double polynomial(const std::array<double, size>& coefficients, double x) {
  double sum = coefficients[size - 1];
  for (std::size_t i = size - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

/// (w >> 12 + 1/2) / 2^52, exactly: the top 52 bits as the mantissa of a number in [1, 2).
double unit_interval(std::uint64_t w) {
  constexpr std::uint64_t one = std::bit_cast<std::uint64_t>(1.0);
  return std::bit_cast<double>((w >> 12) | one) - (1.0 - 0x1p-53);
}

/// -2 log(x) for normal x in (0, 1). With x = 2^-k m, sqrt(1/2) <= m < sqrt(2) and s = (m - 1)/(m + 1),
/// log m = 2 (s + s^3/3 + s^5/5 + ...); |s| < 0.1716, so what follows s^21 is below 1e-18 |s|.
double minus_two_log(double x) {
  constexpr std::array<double, 11> series = {1.0,        1.0 / 3.0,  1.0 / 5.0,  1.0 / 7.0,  1.0 / 9.0, 1.0 / 11.0,
                                             1.0 / 13.0, 1.0 / 15.0, 1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0};
  constexpr std::uint64_t mantissa = (std::uint64_t{1} << 52) - 1;
  constexpr std::uint64_t one = std::bit_cast<std::uint64_t>(1.0);
  constexpr std::uint64_t root_half = std::bit_cast<std::uint64_t>(std::numbers::sqrt2 / 2.0);
  constexpr double two_52 = 0x1p52;

  // Counted from sqrt(1/2), the exponent field holds 1023 - k and the mantissa field that of m.
  const std::uint64_t shifted = std::bit_cast<std::uint64_t>(x) + (one - root_half);
  const double m = std::bit_cast<double>((shifted & mantissa) + root_half);
  const double biased = std::bit_cast<double>((shifted >> 52) | std::bit_cast<std::uint64_t>(two_52)) - two_52;
  const double k = 1023.0 - biased;
  const double s = (m - 1.0) / (m + 1.0);
  return 2.0 * std::numbers::ln2 * k - 4.0 * s * polynomial(series, s * s);
}

/// Return the coefficients (-1)^i / (2 i + first)! of Taylor's series of the sine (first = 1) or cosine
/// (first = 0) in t^2; the factorials are exact.
constexpr std::array<double, 9> taylor_series(int first) {
  std::array<double, 9> series{};
  double factorial = 1.0;
  for (int i = 0; i < 9; ++i) {
    series[static_cast<std::size_t>(i)] = (i % 2 == 0 ? 1.0 : -1.0) / factorial;
    factorial *= (2 * i + first + 1) * (2 * i + first + 2);
  }
  return series;
}

/// sin(t) by its Taylor series; for |t| <= pi/4 what follows t^17 is below 1e-18 |t|.
double sine(double t) {
  constexpr std::array<double, 9> series = taylor_series(1);
  return t * polynomial(series, t * t);
}

/// cos(t) by its Taylor series; for |t| <= pi/4 what follows t^16 is below 3e-18.
double cosine(double t) {
  constexpr std::array<double, 9> series = taylor_series(0);
  return polynomial(series, t * t);
}

/// Write the pair of lane l to numbers[2 l] and numbers[2 l + 1].
void transform(const Block& block, double* numbers) {
  Numbers first;
  Numbers second;
  for (std::size_t l = 0; l < lanes; ++l) {
    const double radius = std::sqrt(minus_two_log(unit_interval(block.u[l])));
    const double t = std::numbers::pi / 2.0 * (unit_interval(block.v[l]) - 0.5);
    const double s = radius * sine(t);
    const double c = std::bit_cast<double>(std::bit_cast<std::uint64_t>(radius * cosine(t)) ^ (block.v[l] << 63));
    const bool swapped = (block.v[l] & 2) != 0;
    first[l] = swapped ? s : c;
    second[l] = swapped ? c : s;
  }
  for (std::size_t l = 0; l < lanes; ++l) {
    numbers[2 * l] = first[l];
    numbers[2 * l + 1] = second[l];
  }
}

using Philox = r123::Philox4x32;

Philox::key_type key_of(std::uint64_t seed) {
  return {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
}

/// Return the counter of block 0 of a row. @pre row < 2^56
Philox::ctr_type first_counter(std::uint64_t row, Purpose purpose, std::uint32_t key) {
  expects(row >> 56 == 0);
  return {{0, static_cast<std::uint32_t>(row),
           static_cast<std::uint32_t>(row >> 32) | static_cast<std::uint32_t>(purpose) << 24, key}};
}

}  // namespace

void Stream::normal(std::uint64_t row, Eigen::Ref<Vector> out) const {
  const Philox::key_type key = key_of(seed_);
  Philox::ctr_type counter = first_counter(row, purpose_, key_);
  for (Index first = 0; first < out.size(); first += 2 * lanes) {
    Block block;
    for (std::size_t l = 0; l < lanes; ++l) {
      const Philox::ctr_type w = Philox()(counter, key);
      block.u[l] = std::uint64_t{w[1]} << 32 | w[0];
      block.v[l] = std::uint64_t{w[3]} << 32 | w[2];
      ++counter[0];
    }
    std::array<double, 2 * lanes> numbers;
    transform(block, numbers.data());
    std::copy_n(numbers.data(), std::min<Index>(2 * lanes, out.size() - first), out.data() + first);
  }
}

void Stream::signs(std::uint64_t row, Eigen::Ref<Vector> out) const {
  constexpr Index bits = 128;
  const Philox::key_type key = key_of(seed_);
  Philox::ctr_type counter = first_counter(row, purpose_, key_);
  for (Index first = 0; first < out.size(); first += bits, ++counter[0]) {
    const Philox::ctr_type words = Philox()(counter, key);
    for (Index i = 0; i < std::min(bits, out.size() - first); ++i)
      out(first + i) = (words[static_cast<std::size_t>(i) / 32] >> (i % 32) & 1) != 0 ? 1.0 : -1.0;
  }
}

}  // namespace flatsweep::sample

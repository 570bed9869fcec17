#include <fmt/format.h>

#include <algorithm>

#include "experiment/interpolators.hpp"
#include "experiment/sizes.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/experiment/experiment.hpp"

namespace flatsweep::experiment {
namespace {

// What one entry costs if the time is not that of multiplications, in flops of a matrix product.
constexpr double flops_per_normal = 60.0;         // a Philox counter and a Box-Muller transform
constexpr double flops_per_activation = 4.0;      // one pass over memory
constexpr double flops_per_kernel_entry = 100.0;  // an arc cosine, a square root
constexpr double overhead_flops = 2.5e7;          // 0.5 ms: allocations, a row of the results file
constexpr double eigenvalue_flops = 6.0;          // of a symmetric n x n matrix, over n^3
constexpr double influence_flops = 1.5;           // a Cholesky factor and its inverse, over n^3
constexpr double best_loss_flops = 1.5;           // over m^3

double sample_flops(const job::Configuration& configuration) {
  const auto [n, m, d, r] = sizes(configuration);
  const double numbers = flops_per_normal * (n * d + m * (d + r));
  const double inner_weights = 4.0 * m * d * r;
  const double labels = configuration.link.is_quadratic_form() ? 4.0 * d * d * d + 2.0 * n * d * d : 2.0 * n * d * r;
  const double activations = 2.0 * n * m * d + flops_per_activation * n * m;
  return numbers + inner_weights + labels + activations;
}

double measure_flops(const job::Configuration& configuration, const job::Settings& settings) {
  const auto [n, m, d, r] = sizes(configuration);
  const double kernel = m * m * d + flops_per_kernel_entry * m * m / 2.0;  // overlap and exact loss: W W'
  double flops = 10.0 * n * m + 2.0 * n * d + kernel;
  if (configuration.interpolator.penalty_use() != model::PenaltyUse::none) flops += n * n * (m + influence_flops * n);
  if (settings.spectrum) {
    flops += n * n * (d + m) + eigenvalue_flops * n * n * n;  // of G
    flops += n * n * m + eigenvalue_flops * n * n * n;        // singular values of S
  }
  if (settings.best_loss) flops += best_loss_flops * m * m * m;

  const auto points = static_cast<double>(settings.test_points(configuration.link));
  const double target = configuration.link.is_quadratic_form() ? 2.0 * d * d : 2.0 * d * r;
  return flops + points * (flops_per_normal * d + 2.0 * m * d + flops_per_activation * m + target);
}

}  // namespace

double counted_flops(const job::Configuration& configuration, const job::Settings& settings) {
  return overhead_flops + sample_flops(configuration) + interpolator_of(configuration).flops(configuration, settings) +
         measure_flops(configuration, settings);
}

double memory_bytes(const job::Configuration& configuration, const job::Settings& settings) {
  const auto [n, m, d, r] = sizes(configuration);
  const double data = n * d + m * d + n * m;  // features, inner weights, activations
  const double solve = interpolator_of(configuration).numbers(configuration);
  const double spectrum = settings.spectrum ? 3.0 * n * n + n * m : 0.0;
  const double best_loss = settings.best_loss ? 2.0 * m * m : 0.0;
  constexpr double libraries = 100e6;
  return libraries + 8.0 * (data + std::max({solve, spectrum, best_loss}));
}

void require_memory(const job::Configuration& configuration, const job::Settings& settings) {
  static const double available = node_memory_bytes();
  const double needed = memory_bytes(configuration, settings);
  if (needed > available)
    throw Error(fmt::format("this configuration needs about {:.1f} GB of memory", needed / 1e9),
                fmt::format("its node has {:.1f} GB", available / 1e9),
                "Lower d, sample_ratio or width_ratio, or run it on a larger node.");
}

}  // namespace flatsweep::experiment

#include "flatsweep/schedule/cost_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::schedule {
namespace {

using model::Interpolator;

// What one entry costs where the time is not that of multiplications, in flops of a matrix product.
constexpr double flops_per_normal = 60.0;         // a Philox counter and a Box-Muller transform
constexpr double flops_per_activation = 4.0;      // one pass over memory
constexpr double flops_per_kernel_entry = 100.0;  // an arc cosine, a square root
constexpr double overhead_flops = 1e5;            // 20 us: allocations, a row of the results file

// Dense factorisations run below the rate of a product: their flops count several times.
double symmetric_eigenvalues_flops(double n) { return 20.0 * n * n * n; }
double cholesky_flops(double n) { return n * n * n / 2.0; }

struct Sizes {
  double n, m, d, r;
};

Sizes sizes(const job::Configuration& configuration) {
  return {static_cast<double>(configuration.samples), static_cast<double>(configuration.width),
          static_cast<double>(configuration.d), static_cast<double>(configuration.indices)};
}

bool is_form(const job::Configuration& configuration) {
  return configuration.link.kind() == model::Link::Kind::quadratic_form;
}

double sample_flops(const job::Configuration& configuration) {
  const auto [n, m, d, r] = sizes(configuration);
  const double numbers = flops_per_normal * (n * d + m * (d + r));
  const double inner_weights = 4.0 * m * d * r;
  const double labels = is_form(configuration) ? 4.0 * d * d * d + 2.0 * n * d * d : 2.0 * n * d * r;
  const double activations = 2.0 * n * m * d + flops_per_activation * n * m;
  return numbers + inner_weights + labels + activations;
}

// A step of the interior-point or Newton method is one product S D S' (n^2 m), one factorisation of it
// and a few products with vectors; the rank decision costs a few of the former.
double solve_flops(const job::Configuration& configuration) {
  const auto [n, m, d, r] = sizes(configuration);
  const double rank_decision = 4.0 * n * n * m;
  if (configuration.interpolator != Interpolator::flattest) return rank_decision;
  const double steps = configuration.activation.degree() == 1 ? 16.0 : 12.0;
  return rank_decision + steps * (n * n * m + cholesky_flops(n) + 20.0 * n * m);
}

}  // namespace

CostModel::CostModel(job::Settings settings, double flops_per_second)
    : settings_(std::move(settings)), flops_per_second_(flops_per_second) {
  expects(flops_per_second > 0.0);
}

double CostModel::measure_flops(const job::Configuration& configuration) const {
  const auto [n, m, d, r] = sizes(configuration);
  const double kernel = m * m * d + flops_per_kernel_entry * m * m / 2.0;  // overlap and exact loss: W W'
  double flops = 10.0 * n * m + 2.0 * n * d + kernel;
  if (settings_.spectrum) {
    flops += n * n * (d + m) + symmetric_eigenvalues_flops(n);  // of G
    flops += n * n * m + symmetric_eigenvalues_flops(n);        // singular values of S
  }
  if (settings_.best_loss) flops += symmetric_eigenvalues_flops(m);

  constexpr double form_points = 10000.0;  // Monte Carlo is all there is for quadratic_form
  const auto asked = static_cast<double>(settings_.test_samples);
  const double points = is_form(configuration) && asked == 0.0 ? form_points : asked;
  const double target = is_form(configuration) ? 2.0 * d * d : 2.0 * d * r;
  return flops + points * (flops_per_normal * d + 2.0 * m * d + flops_per_activation * m + target);
}

double CostModel::seconds(const job::Configuration& configuration) const {
  const double flops = overhead_flops + sample_flops(configuration) + solve_flops(configuration) +
                       measure_flops(configuration);
  return flops / flops_per_second_;
}

ProgramKind CostModel::kind(const job::Configuration& configuration) {
  constexpr int interpolators = 8;  // room for those to come
  return static_cast<ProgramKind>(configuration.activation.degree() * interpolators +
                                  static_cast<int>(configuration.interpolator));
}

void Calibration::observe(ProgramKind kind, double predicted_seconds, double measured_seconds) {
  expects(predicted_seconds > 0.0 && measured_seconds >= 0.0);
  constexpr double smallest_ratio = 1e-6;  // keeps the factor positive where the clock saw nothing
  const double ratio = std::max(smallest_ratio, measured_seconds / predicted_seconds);
  means_[kind].add(ratio);
  overall_.add(ratio);
}

double Calibration::factor(ProgramKind kind) const {
  return means_[kind].count > 0 ? means_[kind].factor : overall_.factor;
}

void Calibration::Mean::add(double ratio) {
  constexpr double memory = 200.0;  // configurations
  factor += (ratio - factor) / std::min(memory, static_cast<double>(++count));
}

}  // namespace flatsweep::schedule

#include "flatsweep/schedule/cost_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::schedule {
namespace {

// What one entry costs where the time is not that of multiplications, in flops of a matrix product.
constexpr double flops_per_normal = 60.0;         // a Philox counter and a Box-Muller transform
constexpr double flops_per_activation = 4.0;      // one pass over memory
constexpr double flops_per_kernel_entry = 100.0;  // an arc cosine, a square root
constexpr double overhead_flops = 2.5e7;          // 0.5 ms: allocations, a row of the results file
constexpr double eigenvalue_flops = 6.0;          // of a symmetric n x n matrix, over n^3
constexpr double best_loss_flops = 1.5;           // over m^3

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

/// Of a program with its rank decision and certificate, and of what is measured without being asked: factors
/// of n^3 (factorisations), n^2 m (products S D S') and n m (products with vectors, powers).
struct ProgramFlops {
  double cube, product, pass;
};

// Fitted to configurations with n from 200 to 1000 and m/n from 1.2 to 4, within some 25 %.
constexpr ProgramFlops least_norm_flops = {0.7, 3.5, 3400.0};
constexpr ProgramFlops linear_flops = {13.0, 6.7, 2900.0};  // q = 1
constexpr ProgramFlops smooth_flops = {5.0, 1.2, 7900.0};   // q > 1

double solve_flops(const job::Configuration& configuration) {
  const auto [n, m, d, r] = sizes(configuration);
  const bool is_linear = configuration.activation.degree() == 1;
  const ProgramFlops flops = configuration.interpolator != model::Interpolator() ? least_norm_flops
                             : is_linear                                         ? linear_flops
                                                                                 : smooth_flops;
  return flops.cube * n * n * n + flops.product * n * n * m + flops.pass * n * m;
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
    flops += n * n * (d + m) + eigenvalue_flops * n * n * n;  // of G
    flops += n * n * m + eigenvalue_flops * n * n * n;        // singular values of S
  }
  if (settings_.best_loss) flops += best_loss_flops * m * m * m;

  const auto points = static_cast<double>(settings_.test_points(configuration.link));
  const double target = is_form(configuration) ? 2.0 * d * d : 2.0 * d * r;
  return flops + points * (flops_per_normal * d + 2.0 * m * d + flops_per_activation * m + target);
}

void CostModel::observe(const job::Configuration& configuration, double measured_seconds) {
  calibration_.observe(kind(configuration), counted_seconds(configuration), measured_seconds);
}

double CostModel::seconds(const job::Configuration& configuration) const {
  return counted_seconds(configuration) * calibration_.factor(kind(configuration));
}

double CostModel::counted_seconds(const job::Configuration& configuration) const {
  const double flops = overhead_flops + sample_flops(configuration) + solve_flops(configuration) +
                       measure_flops(configuration);
  return flops / flops_per_second_;
}

ProgramKind CostModel::kind(const job::Configuration& configuration) {
  constexpr int interpolators = 8;  // room for those to come
  return static_cast<ProgramKind>(configuration.activation.degree() * interpolators +
                                  static_cast<int>(configuration.interpolator.kind()));
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

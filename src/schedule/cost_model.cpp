#include "flatsweep/schedule/cost_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::schedule {

CostModel::CostModel(Flops flops, double flops_per_second)
    : flops_(std::move(flops)), flops_per_second_(flops_per_second) {
  expects(flops_per_second > 0.0);
}

void CostModel::observe(const job::Configuration& configuration, double measured_seconds) {
  calibration_.observe(kind(configuration), counted_seconds(configuration), measured_seconds);
}

double CostModel::seconds(const job::Configuration& configuration) const {
  return counted_seconds(configuration) * calibration_.factor(kind(configuration));
}

double CostModel::counted_seconds(const job::Configuration& configuration) const {
  return flops_(configuration) / flops_per_second_;
}

ProgramKind CostModel::kind(const job::Configuration& configuration) {
  constexpr int interpolators = 16;  // more than there are
  return static_cast<ProgramKind>(configuration.activation.degree() * interpolators +
                                  static_cast<int>(configuration.interpolator.kind()));
}

void Calibration::observe(ProgramKind kind, double predicted_seconds, double measured_seconds) {
  expects(predicted_seconds > 0.0 && measured_seconds >= 0.0);
  constexpr double smallest_ratio = 1e-6;  // keeps the factor positive if no time was measured
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

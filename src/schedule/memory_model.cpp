#include "flatsweep/schedule/memory_model.hpp"

#include <algorithm>

namespace flatsweep::schedule {

double memory_bytes(const job::Configuration& configuration, const job::Settings& settings) {
  const auto n = static_cast<double>(configuration.samples);
  const auto m = static_cast<double>(configuration.width);
  const auto d = static_cast<double>(configuration.d);
  const double data = n * d + m * d + n * m;  // features, inner weights, activations
  const double solve = 2.0 * n * m + 3.0 * n * n;
  const double spectrum = settings.spectrum ? 3.0 * n * n + n * m : 0.0;
  const double best_loss = settings.best_loss ? 2.0 * m * m : 0.0;
  constexpr double libraries = 100e6;
  return libraries + 8.0 * (data + std::max({solve, spectrum, best_loss}));
}

}  // namespace flatsweep::schedule

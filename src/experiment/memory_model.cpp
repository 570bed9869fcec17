#include "flatsweep/experiment/memory_model.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <string>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/node_memory.hpp"

namespace flatsweep::experiment {
namespace {

std::string in_gigabytes(double bytes) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << bytes / 1e9 << " GB";
  return text.str();
}

}  // namespace

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

void require_memory(const job::Configuration& configuration, const job::Settings& settings) {
  static const double available = node_memory_bytes();
  const double needed = memory_bytes(configuration, settings);
  if (needed > available)
    throw Error("this configuration needs about " + in_gigabytes(needed) + " of memory",
                "its node has " + in_gigabytes(available),
                "Lower d, sample_ratio or width_ratio, or run it on a larger node.");
}

}  // namespace flatsweep::experiment

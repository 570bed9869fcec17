#include "flatsweep/measure/monte_carlo_loss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/measure/active_neurons.hpp"
#include "flatsweep/sample/dataset.hpp"

namespace flatsweep::measure {

MonteCarloLoss monte_carlo_loss(const sample::Teacher& teacher, MatrixView inner_weights,
                                VectorView outer_weights, double noise, std::uint64_t seed,
                                Index test_samples, const StopRequest& stop) {
  expects(test_samples > 0);
  constexpr Index block_size = 256;
  const ActiveNeurons active = select_active(inner_weights, outer_weights);
  Matrix points(block_size, inner_weights.cols());
  Matrix activations(block_size, active.outer_weights.size());
  Vector squared_errors(test_samples);
  for (Index first = 0; first < test_samples; first += block_size) {
    stop.check();
    const Index count = std::min(block_size, test_samples - first);
    auto block = points.topRows(count);
    auto hidden = activations.topRows(count);
    sample::sample_test_points(seed, first, block);
    hidden.noalias() = block * active.inner_weights.transpose();
    teacher.activation.apply(hidden);
    auto errors = squared_errors.segment(first, count);
    errors = teacher.evaluate(block);
    errors.noalias() -= hidden * active.outer_weights;
    errors = errors.cwiseAbs2().eval();
  }
  const auto count = static_cast<double>(test_samples);
  const double mean = squared_errors.mean();
  const double variance = test_samples > 1 ? (squared_errors.array() - mean).square().sum() / (count - 1.0)
                                           : std::numeric_limits<double>::quiet_NaN();
  return {mean + noise * noise, std::sqrt(variance / count)};
}

}  // namespace flatsweep::measure

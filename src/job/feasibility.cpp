#include "flatsweep/job/feasibility.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace flatsweep::job {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

bool is_polynomial(const model::PiecewisePower& power) {
  return power.alpha_neg == (power.degree % 2 == 0 ? power.alpha_pos : -power.alpha_pos);
}

/// Homogeneous polynomials of one degree in `variables` variables: binomial(variables + degree - 1, degree).
double polynomials(Index variables, int degree) {
  if (degree < 0) return 0.0;
  double count = 1.0;
  for (int k = 1; k <= degree; ++k) count *= static_cast<double>(variables + degree - k) / k;
  return std::round(count);
}

/// Dimensions that the functions sigma(w . x) span over all w that gamma allows. For 0 < gamma < 1 the
/// quadratic form |U w|^2 - gamma^2 |w|^2 vanishes on every w, and so do its products with polynomials.
double span(const Configuration& configuration) {
  const auto [d, r, gamma] = std::tuple(configuration.d, configuration.indices, configuration.gamma);
  const Index free = gamma == 0.0 ? d - r : gamma == 1.0 ? r : d;
  const model::PiecewisePower& power = configuration.activation.power();
  if (!is_polynomial(power)) return free == 1 ? 2.0 : unbounded;
  const double ties = free == d ? polynomials(d, power.degree - 2) : 0.0;
  return polynomials(free, power.degree) - ties;
}

/// Whether the target may be a combination of the neurons' functions although these do not span all.
bool may_be_spanned(const Configuration& configuration, const Settings& settings) {
  if (configuration.noise > 0.0 || settings.offset.value != 0.0 || settings.offset.spread != 0.0) return false;
  const model::PiecewisePower& power = configuration.activation.power();
  const bool only_index_directions = configuration.gamma == 1.0;
  // A few neurons combine to the target on all points that lie on one side of all their kinks, and the closer
  // the neurons stand (near u_k, or near the one direction off the index subspace), the more points do.
  const bool few_suffice = !is_polynomial(power);
  if (!few_suffice && static_cast<double>(configuration.width) < span(configuration)) return false;
  const bool free_and_linear = power.degree == 1 && configuration.gamma > 0.0;
  if (is_polynomial(power) && !only_index_directions && !free_and_linear) return false;
  if (configuration.link.kind() == model::Link::Kind::smooth) return false;
  const auto link = configuration.link.piecewise_power(configuration.activation);
  return !link || link->degree == power.degree;
}

}  // namespace

std::optional<std::string> infeasible_by_construction(const Configuration& configuration, const Settings& settings) {
  const double dimensions = span(configuration);
  const auto width = static_cast<double>(configuration.width);
  const auto samples = static_cast<double>(configuration.samples);
  constexpr double fewest_samples = 20;  // of fewer, all may fall on one side of a kink
  if (samples < fewest_samples || samples <= std::min(width, dimensions) || may_be_spanned(configuration, settings))
    return std::nullopt;
  std::ostringstream why;
  why << "n = " << configuration.samples << ", but ";
  if (dimensions <= width)
    why << configuration.activation.name() << " neurons span " << dimensions << " dimensions";
  else
    why << "there are only " << configuration.width << " neurons";
  return why.str();
}

}  // namespace flatsweep::job

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "experiment/interpolators.hpp"
#include "flatsweep/experiment/experiment.hpp"

namespace flatsweep::experiment {
namespace {

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
double span(const job::Configuration& configuration) {
  const Index d = configuration.d, r = configuration.indices;
  const Index free = configuration.gamma == 0.0 ? d - r : configuration.gamma == 1.0 ? r : d;
  const model::PiecewisePower& power = configuration.activation.power();
  if (!is_polynomial(power)) return free == 1 ? 2.0 : std::numeric_limits<double>::infinity();
  const double ties = free == d ? polynomials(d, power.degree - 2) : 0.0;
  return polynomials(free, power.degree) - ties;
}

/// Whether the target may be a combination of the neurons' functions although these do not span all.
bool may_be_spanned(const job::Configuration& configuration) {
  if (configuration.noise > 0.0) return false;
  const model::PiecewisePower& power = configuration.activation.power();
  // The one constant that an offset can take away: (t^2 - 1)/sqrt 2 + b is homogeneous if b = sum_k c_k/sqrt 2.
  const bool offset_may_complete = configuration.link.hermite_degree() == 2 && power.degree == 2;
  if (configuration.offset != model::Offset() && !offset_may_complete) return false;
  // A few neurons with kinks combine to the target on all points that lie on one side of all their kinks. The
  // closer the neurons are (near u_k, or near the one direction off the index subspace), the more points do.
  if (is_polynomial(power)) {
    const bool only_index_directions = configuration.gamma == 1.0;
    const bool free_and_linear = power.degree == 1 && configuration.gamma > 0.0;
    if (static_cast<double>(configuration.width) < span(configuration)) return false;
    if (!only_index_directions && !free_and_linear) return false;
    if (configuration.link.is_quadratic_form()) return false;  // no polynomial: it is 0 where x'Ax < 0
    const bool homogeneous =
        configuration.link.hermite_degree() <= 1 || (offset_may_complete && configuration.offset != model::Offset());
    if (!homogeneous) return false;
  }
  if (configuration.link.kind() == model::Link::Kind::smooth) return false;
  const auto link = configuration.link.piecewise_power(configuration.activation);
  return !link || link->degree == power.degree;
}

}  // namespace

std::optional<std::string> equal_before(const job::Configuration& configuration, const job::AxisValues& axes) {
  for (const model::Coefficients coefficients : axes.coefficients) {
    if (coefficients == configuration.coefficients) break;
    if (configuration.indices == 1 || configuration.link.is_quadratic_form())  // c = 1, or none
      return fmt::format("coefficients = {}", to_string(coefficients));
  }
  const model::Activation& network = configuration.activation;
  const bool teacher_is_measured = configuration.noise == 0.0 && configuration.offset == model::Offset();
  for (const model::Link& link : axes.link) {
    if (link == configuration.link) break;
    const auto g = link.piecewise_power(network);
    if (!g || g != configuration.link.piecewise_power(network)) continue;
    const bool one_is_matched =
        (link.kind() == model::Link::Kind::matched) != (configuration.link.kind() == model::Link::Kind::matched);
    if (one_is_matched && teacher_is_measured) continue;  // flatness_teacher is that of `matched` only
    return fmt::format("link = {}", link.name());
  }
  return std::nullopt;
}

std::optional<std::string> infeasible_by_construction(const job::Configuration& configuration) {
  if (!interpolator_of(configuration).solves_equations || configuration.penalty > 0.0) return std::nullopt;
  const double dimensions = span(configuration);
  const auto width = static_cast<double>(configuration.width);
  const auto samples = static_cast<double>(configuration.samples);
  constexpr double fewest_samples = 20;  // of fewer, all may fall on one side of a kink
  if (samples < fewest_samples || samples <= std::min(width, dimensions) || may_be_spanned(configuration))
    return std::nullopt;
  if (width < dimensions)
    return fmt::format("n = {}, but there are only {} neurons", configuration.samples, configuration.width);
  return fmt::format("n = {}, but {} neurons span {:g} dimensions", configuration.samples,
                     configuration.activation.name(), dimensions);
}

}  // namespace flatsweep::experiment

#include "flatsweep/experiment/state.hpp"

#include "flatsweep/core/error.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace flatsweep::experiment {
namespace {

/// Return the value of the slot; compute it if the slot is empty.
template <typename T, typename Make>
const T& once(std::optional<T>& slot, Make make) {
  if (!slot) slot.emplace(make());
  return *slot;
}

}  // namespace

double State::signal_power() const {
  return once(
      signal_power_, [&] { return measure::target_moments(problem_.teacher).signal_power; });
}

const measure::SingularRange& State::singular_range() const {
  return once(
      hidden().singular_range, [&] { return measure::singular_range(hidden().activations, stop_); });
}

double State::overlap() const {
  return once(
      hidden().overlap, [&] { return measure::overlap(hidden().inner_weights); });
}

const Vector& State::residuals() const {
  return once(
      residuals_,
      [&] {
        if (mu() > 0.0 && training() == nullptr) return Vector(mu() * solution().dual);
        return Vector(problem_.labels - hidden().activations * outer_weights());
      });
}

double State::train_loss() const { return residuals().squaredNorm() / static_cast<double>(residuals().size()); }

const measure::Influence& State::influence() const {
  return once(
      influence_,
      [&]() -> measure::Influence {
        if (configuration().interpolator.penalty_use() == model::PenaltyUse::none) return {};
        if (training() != nullptr) {
          const auto n = static_cast<double>(problem_.labels.size());
          const double ridge = n * configuration().penalty;
          return measure::influence_of_gram(n / 2.0 * trained_gram(), residuals() / ridge, ridge);
        }
        const bool is_ridge_regression = configuration().interpolator.name() == "minimum_l2";
        if (!is_ridge_regression && exponent() == 1.0)
          return measure::influence_of_support(hidden().activations, outer_weights(), residuals(),
                                               configuration().penalty > 0.0);
        if (!is_ridge_regression)
          return measure::influence(hidden().activations,
                                    measure::response(outer_weights(), problem_.kappa, exponent()), solution().dual,
                                    mu());
        const Vector response = Vector::Constant(outer_weights().size(), 0.5);
        if (mu() > 0.0) return measure::influence(hidden().activations, response, solution().dual, mu());
        return measure::influence(hidden().activations, response, 2.0 * least_norm_dual(), mu());
      });
}

const std::vector<double>& State::soft_ranks() const {
  return once(
      soft_ranks_,
      [&] {
        std::vector<double> ridges = settings().ridge;
        const double mean_eigenvalue = hessian_gram().diagonal().mean();
        const bool has_penalty = configuration().penalty > 0.0 && mean_eigenvalue > 0.0;
        if (has_penalty) ridges.push_back(configuration().penalty / mean_eigenvalue);
        std::vector<double> ranks = measure::soft_ranks(hessian_gram(), ridges, stop_);
        if (!has_penalty) ranks.push_back(not_a_number);
        return ranks;
      });
}

const Vector& State::least_norm_dual() const {
  return once(
      least_norm_dual_, [&] { return solve::least_norm_dual(hidden().activations, problem_.labels, stop_); });
}

const measure::WeightSummary& State::weight_summary() const {
  return once(
      weight_summary_, [&] { return measure::summarise(outer_weights()); });
}

const measure::ExcessLoss& State::excess_loss() const {
  return once(
      excess_loss_, [&] { return measure::excess_loss(problem_.teacher, hidden().inner_weights, outer_weights()); });
}

const measure::MonteCarloLoss& State::monte_carlo_loss() const {
  return once(
      monte_carlo_loss_,
      [&]() -> measure::MonteCarloLoss {
        const Index points = settings().test_points(configuration().link);
        if (points == 0) return {not_a_number, not_a_number};
        return measure::monte_carlo_loss(problem_.teacher, hidden().inner_weights, outer_weights(),
                                         configuration().noise, configuration().seed, points, stop_);
      });
}

const Matrix& State::trained_gram() const {
  expects(training() != nullptr);
  return once(trained_gram_, [&] {
    const HiddenLayer& layer = hidden();
    return measure::hessian_gram(configuration().activation, layer.activations, problem_.features, layer.inner_weights,
                                 outer_weights(), training()->weights.inner.rowwise().norm(), stop_);
  });
}

const Matrix& State::hessian_gram() const {
  return once(
      hessian_gram_,
      [&] {
        const model::Activation& activation = configuration().activation;
        const HiddenLayer& layer = hidden();
        return measure::hessian_gram(activation, layer.activations, problem_.features, layer.inner_weights,
                                     outer_weights(),
                                     measure::flattest_rescaling(activation, layer.curvature, outer_weights()), stop_);
      });
}

}  // namespace flatsweep::experiment

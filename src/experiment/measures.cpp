#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/experiment/state.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "flatsweep/train/train.hpp"

namespace flatsweep::experiment {
namespace {

using job::Settings;

/// NaN if the network was not trained, or if the program at its directions has no solution or a less flat one: fewer
/// neurons than samples, or neurons that condensed, may only fit the labels to the residual of training.
double least_flatness(const State& state) try {
  if (state.training() == nullptr || state.configuration().penalty > 0.0) return not_a_number;
  const Vector& trace_weights = state.hidden().trace_weights;
  const solve::Solution solution = solve::flattest_interpolator(
      {state.hidden().activations, state.problem().labels, trace_weights, state.exponent()}, state.stop());
  const double flatness = measure::flatness(trace_weights, state.outer_weights(), state.exponent());
  constexpr double rounding = 1e-6;  // what a residual of 1e-10 may gain
  const bool is_least =
      solution.status == Status::solved && solution.certificate.objective <= (1.0 + rounding) * flatness;
  return is_least ? solution.certificate.objective : not_a_number;
} catch (const std::runtime_error&) {
  return not_a_number;
}

double population_loss(const State& state) {
  return state.excess_loss().value + state.configuration().noise * state.configuration().noise;
}

/// Of samples with the same features and fresh noise.
double in_sample_loss(const State& state) {
  const Problem& problem = state.problem();
  const Vector error = state.hidden().activations * state.outer_weights() - problem.teacher.evaluate(problem.features);
  const double noise = state.configuration().noise;
  return error.squaredNorm() / static_cast<double>(error.size()) + noise * noise;
}

double penalised_loss(const State& state) {
  if (state.configuration().penalty == 0.0) return state.train_loss();
  if (state.training() != nullptr)
    return state.train_loss() + state.configuration().penalty * state.training()->weights.squared_norm();
  const bool is_flattest = state.configuration().interpolator == model::Interpolator();
  const double cost = is_flattest ? state.solution().certificate.objective : state.outer_weights().squaredNorm();
  return state.train_loss() + state.configuration().penalty * cost;
}

/// (2/n) max_j |S_j'y| / kappa_j over the columns that are not zero.
double penalty_max(const State& state) {
  if (state.exponent() != 1.0 || state.configuration().interpolator != model::Interpolator()) return not_a_number;
  const Vector reached = state.hidden().activations.transpose() * state.problem().labels;
  double largest = 0.0;
  for (Index j = 0; j < reached.size(); ++j)
    if (state.problem().kappa(j) > 0.0) largest = std::max(largest, std::abs(reached(j)) / state.problem().kappa(j));
  return 2.0 * largest / static_cast<double>(state.problem().labels.size());
}

/// To add a measure, add its row. A row may stand anywhere: users and files go by names.
constexpr auto measures = std::to_array<Measure>({
    {"objective", "optimum of the program, sum_j kappa_j |a_j|^q", "1", Needs::interpolator,
     [](const State& state) { return state.solution().certificate.objective; }},
    {"outer_norm", "l_q norm of the outer weights", "1", Needs::interpolator,
     [](const State& state) {
       const Vector ones = Vector::Ones(state.outer_weights().size());
       return std::pow(measure::flatness(ones, state.outer_weights(), state.exponent()), 1.0 / state.exponent());
     }},
    {"residual", "relative residual ||S a + mu nu - y|| / ||y||, mu = n penalty / 2", "1", Needs::problem,
     [](const State& state) { return state.solution().certificate.residual; }},
    {"gap", "relative duality gap (P - D)/P, with a penalty relative to sum_j kappa_j |a_j|^q", "1",
     Needs::interpolator, [](const State& state) { return state.solution().certificate.gap; }},
    {"objective_bound", "lower bound on the optimum from the one-dimensional dual; NaN with a penalty", "1",
     Needs::interpolator,
     [](const State& state) {
       const Problem& problem = state.problem();
       if (state.configuration().penalty > 0.0) return not_a_number;
       return measure::objective_bound(state.hidden().activations, problem.labels, state.kappa(), state.exponent(),
                                       state.least_norm_dual());
     }},
    {"flatness", "Hessian trace at the flattest rescaling, of its Gauss-Newton part off the interpolators", "1",
     Needs::interpolator,
     [](const State& state) {
       return measure::flatness(state.hidden().trace_weights, state.outer_weights(), state.exponent());
     }},
    {"flatness_unit", "Hessian trace at unit-norm inner weights", "1", Needs::interpolator,
     [](const State& state) { return measure::flatness_unit(state.hidden().curvature, state.outer_weights()); }},
    {"flatness_teacher", "Hessian trace of the teacher at its flattest rescaling", "1", Needs::interpolator,
     [](const State& state) {
       return measure::flatness_teacher(state.problem().teacher, state.problem().features, state.configuration().width,
                                        state.configuration().noise);
     }},
    {"excess_loss", "E (h(x) - f(x))^2, exact", "1", Needs::interpolator,
     [](const State& state) { return state.excess_loss().value; }},
    {"excess_loss_error", "bound on the rounding error of excess_loss", "1", Needs::interpolator,
     [](const State& state) { return state.excess_loss().error; }},
    {"population_loss", "excess loss plus noise variance, exact", "1", Needs::interpolator,
     [](const State& state) { return population_loss(state); }},
    {"relative_loss", "excess loss over signal power", "1", Needs::interpolator,
     [](const State& state) { return state.excess_loss().value / state.signal_power(); }},
    {"best_loss", "smallest excess loss over all outer weights for these inner weights", "1", Needs::problem,
     [](const State& state) {
       return measure::best_loss(state.problem().teacher, state.hidden().inner_weights, state.stop());
     },
     &Settings::best_loss},
    {"signal_power", "variance of the target", "1", Needs::problem,
     [](const State& state) { return state.signal_power(); }},
    {"population_loss_mc", "population loss by Monte Carlo", "1", Needs::interpolator,
     [](const State& state) { return state.monte_carlo_loss().mean; }},
    {"population_loss_mc_error", "standard error of population_loss_mc", "1", Needs::interpolator,
     [](const State& state) { return state.monte_carlo_loss().standard_error; }},
    {"hessian_max", "largest Hessian eigenvalue at the flattest rescaling", "1", Needs::interpolator,
     [](const State& state) { return measure::hessian_max(state.hessian_gram(), state.stop()); }, &Settings::spectrum},
    {"activation_max", "largest singular value of the activations S", "1", Needs::problem,
     [](const State& state) { return state.singular_range().max; }, &Settings::spectrum},
    {"activation_min", "smallest singular value of the activations S", "1", Needs::problem,
     [](const State& state) { return state.singular_range().min; }, &Settings::spectrum},
    {"outer_l1", "l1 norm of the outer weights", "1", Needs::interpolator,
     [](const State& state) { return state.weight_summary().l1; }},
    {"outer_l2", "l2 norm of the outer weights", "1", Needs::interpolator,
     [](const State& state) { return state.weight_summary().l2; }},
    {"outer_max", "largest absolute outer weight", "1", Needs::interpolator,
     [](const State& state) { return state.weight_summary().max; }},
    {"support", "neurons with |a_j| > 1e-9 max |a|", "1", Needs::interpolator,
     [](const State& state) { return state.weight_summary().support; }},
    {"overlap", "largest |w_j . w_k| over pairs of neurons", "1", Needs::problem,
     [](const State& state) { return state.overlap(); }},
    {"soft_rank", "tr(G (G + lambda I)^-1) of the Hessian at the flattest rescaling", "1", Needs::interpolator,
     [](const State& state) {
       std::vector<double> ranks = state.soft_ranks();
       ranks.pop_back();
       return ranks;
     },
     &Settings::spectrum},
    {"alignment", "sum_j |a_j| |U w_j|^2 / sum_j |a_j| of a trained network", "1", Needs::interpolator,
     [](const State& state) {
       const train::Trained* training = state.training();
       if (training == nullptr) return not_a_number;
       return train::alignment(training->weights, state.problem().teacher.index_directions,
                               state.configuration().activation.power());
     }},
    {"flatness_trained", "Hessian trace at the weights as trained", "1", Needs::interpolator,
     [](const State& state) { return state.training() != nullptr ? state.training()->trace : not_a_number; }},
    {"flatness_directions", "least flatness of an interpolator with the trained directions", "1", Needs::interpolator,
     least_flatness},
    {"train_steps", "steps of training, those of the finish left out", "1", Needs::training,
     [](const State& state) { return static_cast<double>(state.training()->steps); }},
    {"finish_steps", "steps from the end of training to the interpolator near by", "1", Needs::training,
     [](const State& state) { return static_cast<double>(state.training()->finish_steps); }},
    {"residual_trained", "relative residual at the end of training, before the finish", "1", Needs::training,
     [](const State& state) { return state.training()->residual_trained; }},
    {"soft_rank_penalty", "soft rank with lambda the penalty; NaN without one", "1", Needs::interpolator,
     [](const State& state) { return state.soft_ranks().back(); }, &Settings::spectrum},
    {"train_loss", "mean squared error at the training points", "1", Needs::interpolator,
     [](const State& state) { return state.train_loss(); }},
    {"penalised_loss",
     "train_loss + penalty times the objective, the squared norm of minimum_l2, or that of all weights of fixed_decay",
     "1", Needs::interpolator, penalised_loss},
    {"penalty_max", "penalty from which on the flattest weights are 0; NaN unless q = 1", "1", Needs::problem,
     penalty_max},
    {"generalisation_gap", "population_loss - train_loss", "1", Needs::interpolator,
     [](const State& state) { return population_loss(state) - state.train_loss(); }},
    {"degrees_of_freedom",
     "divergence of the fitted labels by the labels; NaN unless the program has a penalty or could; of fixed_decay the "
     "soft rank tr(H (H + 2 penalty I)^-1), H the Hessian's Gauss-Newton part as trained",
     "1", Needs::interpolator, [](const State& state) { return state.influence().degrees_of_freedom; }},
    {"optimism", "2 noise^2 degrees_of_freedom / n, expected in-sample gap", "1", Needs::interpolator,
     [](const State& state) {
       const double variance = state.configuration().noise * state.configuration().noise;
       return 2.0 * variance * state.influence().degrees_of_freedom /
              static_cast<double>(state.problem().labels.size());
     }},
    {"gcv_loss", "generalised cross-validation, train_loss / (1 - degrees_of_freedom/n)^2", "1", Needs::interpolator,
     [](const State& state) { return state.influence().gcv_loss; }},
    {"loo_loss",
     "leave-one-out loss at equal n penalty, each residual to second order in itself; NaN for interpolators with q = 1",
     "1", Needs::interpolator, [](const State& state) { return state.influence().loo_loss; }},
    {"takeuchi", "tr(C H^-1)/n, C the second moment of the samples' gradients, H the Hessian with the penalty's", "1",
     Needs::interpolator, [](const State& state) { return state.influence().takeuchi; }},
    {"in_sample_loss", "mean squared error at the training points with fresh label noise, exact", "1",
     Needs::interpolator, in_sample_loss},
    {"hessian_max_trained", "largest Hessian eigenvalue at the weights as trained, of its Gauss-Newton part", "1",
     Needs::interpolator,
     [](const State& state) {
       return state.training() != nullptr ? measure::hessian_max(state.trained_gram(), state.stop()) : not_a_number;
     },
     &Settings::spectrum},
    {"squared_norm_trained", "sum of the squares of all weights as trained", "1", Needs::interpolator,
     [](const State& state) {
       return state.training() != nullptr ? state.training()->weights.squared_norm() : not_a_number;
     }},
    {"stationarity", "norm of the gradient of fixed_decay's loss over that of its penalty", "1", Needs::training,
     [](const State& state) { return state.training()->stationarity; }},
});

/// Of the measures before each one, how many have one number a ridge.
constexpr auto ridge_measures_before = [] {
  std::array<std::size_t, measures.size() + 1> count{};
  for (std::size_t k = 0; k < measures.size(); ++k) count[k + 1] = count[k] + (measures[k].is_single() ? 0 : 1);
  return count;
}();

std::size_t offset_of(std::size_t measure, std::size_t ridges) {
  const std::size_t with_ridges = ridge_measures_before[measure];
  return measure - with_ridges + with_ridges * ridges;
}

}  // namespace

std::span<const Measure> measure_table() { return measures; }

std::size_t measure_index(std::string_view name) {
  const auto found = std::ranges::find(measures, name, &Measure::name);
  expects(found != measures.end());
  return static_cast<std::size_t>(found - measures.begin());
}

Measures::Measures(std::size_t ridges) : ridges_(ridges), values_(offset_of(measures.size(), ridges), not_a_number) {}

std::span<double> Measures::of(std::size_t measure) {
  const std::size_t offset = offset_of(measure, ridges_);
  return std::span(values_).subspan(offset, offset_of(measure + 1, ridges_) - offset);
}

std::span<const double> Measures::of(std::size_t measure) const {
  const std::size_t offset = offset_of(measure, ridges_);
  return std::span(values_).subspan(offset, offset_of(measure + 1, ridges_) - offset);
}

}  // namespace flatsweep::experiment

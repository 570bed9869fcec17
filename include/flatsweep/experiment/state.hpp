#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/experiment/problem.hpp"
#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/measure/influence.hpp"
#include "flatsweep/measure/losses.hpp"
#include "flatsweep/measure/spectrum.hpp"
#include "flatsweep/measure/weights.hpp"
#include "flatsweep/solve/program.hpp"
#include "flatsweep/train/train.hpp"

namespace flatsweep::experiment {

/// What an interpolator makes of a problem.
struct Network {
  std::shared_ptr<const HiddenLayer> hidden;         ///< Problem::start, or with inner weights of its own
  solve::Solution solution{};                        ///< outer weights and their certificate
  Vector kappa{};                                    ///< weights of the program at `hidden`, m
  std::shared_ptr<const train::Trained> training{};  ///< both layers before folding, and their way; null if not trained

  /// Whether the outer weights are an interpolator's, exact or not.
  [[nodiscard]] bool interpolates() const {
    return solution.status == Status::solved || solution.status == Status::inaccurate;
  }
};

/// A network on its problem, as measures see it. What several measures need is computed once, when the first
/// of them asks for it. Everything but the activations is at most n x n.
class State {
 public:
  /// Problem and network must outlive the state. Its long computations throw Stopped if a stop is requested.
  State(const Problem& problem, const Network& network, const StopRequest& stop)
      : problem_(problem), network_(network), stop_(stop) {}

  [[nodiscard]] const Problem& problem() const { return problem_; }
  [[nodiscard]] const job::Configuration& configuration() const { return problem_.configuration; }
  [[nodiscard]] const job::Settings& settings() const { return problem_.settings; }
  [[nodiscard]] const solve::Solution& solution() const { return network_.solution; }
  [[nodiscard]] const HiddenLayer& hidden() const { return *network_.hidden; }
  /// Weights of the program at the network's inner weights, m.
  [[nodiscard]] const Vector& kappa() const { return network_.kappa; }
  /// How the network was trained; null if it was not.
  [[nodiscard]] const train::Trained* training() const { return network_.training.get(); }
  [[nodiscard]] const StopRequest& stop() const { return stop_; }

  /// a, m.
  [[nodiscard]] const Vector& outer_weights() const { return network_.solution.outer_weights; }
  /// q of the flattest interpolator's program.
  [[nodiscard]] double exponent() const { return configuration().activation.exponent(); }

  /// n lambda / 2, the ridge of the program's dual; 0 without a penalty.
  [[nodiscard]] double mu() const {
    return 0.5 * static_cast<double>(problem_.labels.size()) * configuration().penalty;
  }

  /// Variance of the target.
  [[nodiscard]] double signal_power() const;
  /// Largest and smallest singular value of S.
  [[nodiscard]] const measure::SingularRange& singular_range() const;
  /// Largest |w_j . w_k| over pairs of neurons.
  [[nodiscard]] double overlap() const;
  /// y - S a, n; with a penalty mu nu, which is the same without cancellation.
  [[nodiscard]] const Vector& residuals() const;
  /// |y - S a|^2 / n.
  [[nodiscard]] double train_loss() const;
  /// How the fit depends on the labels; NaN unless the network is the optimum of a program, or of training with a fixed
  /// weight decay, to first order.
  [[nodiscard]] const measure::Influence& influence() const;
  /// (S S')^+ y, n.
  [[nodiscard]] const Vector& least_norm_dual() const;
  /// Norms of the outer weights.
  [[nodiscard]] const measure::WeightSummary& weight_summary() const;
  /// E (h - f)^2.
  [[nodiscard]] const measure::ExcessLoss& excess_loss() const;
  /// The population loss by Monte Carlo; NaN if the job asks for no points.
  [[nodiscard]] const measure::MonteCarloLoss& monte_carlo_loss() const;
  /// Soft ranks at the ridges of the job, then at the configuration's penalty: NaN if that is 0.
  [[nodiscard]] const std::vector<double>& soft_ranks() const;
  /// Gram matrix of the Hessian at the flattest rescaling, n x n, lower triangle.
  [[nodiscard]] const Matrix& hessian_gram() const;
  /// The same at the weights as trained. @pre the network was trained
  [[nodiscard]] const Matrix& trained_gram() const;

 private:
  const Problem& problem_;
  const Network& network_;
  const StopRequest& stop_;
  mutable std::optional<double> signal_power_;
  mutable std::optional<Vector> residuals_;
  mutable std::optional<measure::Influence> influence_;
  mutable std::optional<std::vector<double>> soft_ranks_;
  mutable std::optional<Vector> least_norm_dual_;
  mutable std::optional<measure::WeightSummary> weight_summary_;
  mutable std::optional<measure::ExcessLoss> excess_loss_;
  mutable std::optional<measure::MonteCarloLoss> monte_carlo_loss_;
  mutable std::optional<Matrix> hessian_gram_, trained_gram_;
};

}  // namespace flatsweep::experiment

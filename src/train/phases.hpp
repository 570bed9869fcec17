#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/train/train.hpp"
#include "train/linearisation.hpp"

namespace flatsweep::train {

/// A training under way, which its phases take from one network to the next. After each of them `at` is at the
/// network's weights.
struct Run {
  const Problem& problem;
  const Settings& settings;
  const StopRequest& stop;
  Linearisation at;
  Trained network;

  /// At the start; the curve has it as its only point.
  Run(const Problem& given, const Settings& chosen, const StopRequest& request);

  /// Add the point of the curve where `at` is.
  void record();
};

/// Return W_0 and a_0.
Weights start_weights(const Problem& problem, double start_scale);

/// One linearly implicit Euler step of the flow of L: theta -= (2h/n) J' (I + (2h/n) K)^-1 r, with the K that was
/// formed last.
class FlowStep {
 public:
  /// Allocate for the problem.
  explicit FlowStep(const Problem& problem);

  /// trial := the weights after time h. @pre `at` is at `weights`
  void take(Linearisation& at, const Weights& weights, double h, Weights& trial);
  /// Return the error of the step over what is allowed; `at` is at the trial.
  [[nodiscard]] double error(const Linearisation& at, const Weights& trial) const;

 private:
  double norm_ = 0.0;  // of r before the step
  Vector predicted_;   // r after it if h were linear, n
  Weights change_;
};

/// One step of sequential quadratic programming for `minimise tr H subject to h(x_i) = y_i` in the metric D: 2 B_j for
/// a_j and c_j = (d tr/dw_j . w_j)/|w_j|^2 for w_j. Neurons without curvature stay as they are.
class FlattenStep {
 public:
  /// Allocate for the problem.
  explicit FlattenStep(const Problem& problem);

  /// Find the directions at `weights`, where `at` is: descent = -D^-1 (g - J' K_D^-1 J D^-1 g) and
  /// restoration = -D^-1 J' K_D^-1 r with g the gradient of the trace and K_D = J D^-1 J'.
  void find(Linearisation& at, const Weights& weights);
  /// trial := weights + s descent + restoration.
  void take(const Weights& weights, double s, Weights& trial) const;

 private:
  void invert_metric(const Linearisation& at, const Weights& weights);
  void subtract_range(Linearisation& at, Vector& v, Weights& direction);

  int degree_;
  Weights descent_, restoration_, range_;
  Vector outer_inverse_, inner_inverse_, inner_gram_;  // 1/(2 B_j), 1/c_j, a_j^2/c_j, m
  Vector image_;                                       // n
};

/// The perturbation of a descent.
enum class Perturbation { label_noise, sharpness_aware, weight_decay, fixed_decay };

/// Follow the gradient flow until the residual vanishes or the tries are used up.
/// @param tolerance share of the usual errors that is allowed; there are as many more tries
void follow_flow(Run& run, double tolerance = 1.0);
/// Find the interpolator near by; the status follows from the residual.
void finish(Run& run);
/// Descend the trace over the interpolators, from the flattest rescaling.
/// @param most_residual how far the network may leave them
void flatten(Run& run, double most_residual);
/// Descend with a perturbation, anneal it, and go on without it; with a fixed decay only descend.
void descend(Run& run, Perturbation perturbation);

}  // namespace flatsweep::train

#pragma once

#include <array>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::train {

/// Every number that steers training. Residuals are relative to ||y||, eigenvalues to the largest.
struct Tuning {
  /// What counts as an interpolator.
  struct Acceptance {
    double solved = 1e-10;     ///< residual up to which a network is solved,
    double inaccurate = 1e-2;  ///< or inaccurate: flatness holds to about 2 %, small losses do not
  } acceptance;

  /// Linearly implicit Euler (flow.cpp).
  struct Flow {
    double first_step = 0.1;      ///< times 1/lambda
    double residual_error = 0.1;  ///< of the predicted residual, in shares of the residual
    double longest_move = 0.2;    ///< of the weights, in shares of their norm
    double safety = 0.9;          ///< of the next step's length, over the error
    double least_shrinkage = 0.2;
    double most_growth = 4.0;
    double residual_goal = 1e-12;
    int max_tries = 120;  ///< 20 to 110 are usual; ReLU from small weights takes all
  } flow;

  /// Non-monotone Levenberg-Marquardt (flow.cpp).
  struct Finish {
    std::array<double, 2> first_damping = {1e-8, 1e-4};  ///< the second if the first ends above retry_residual
    double retry_residual = 1e-10;
    double most_rise = 1.5;  ///< of the residual in a step: kinks are left over a rise
    double refused_growth = 4.0;
    double risen_growth = 1.5;
    double fallen_shrinkage = 3.0;
    double crossing_shrinkage = 0.25;  ///< of the mobility of a neuron that crossed a kink: with both, condensed
    double mobility_growth = 2.0;      ///< networks of p = 1 take 12 steps; without, 43, and a fifth of them end short
    double least_damping = 1e-15;      ///< about the rounding of K
    int max_tries = 8;                 ///< of dampings; then the step is taken
    int max_steps = 60;                ///< 4 to 21 are usual
    double residual_goal = 1e-14;
    double stagnant_decrease = 0.5;  ///< of a solved residual: it ends if a step gains less
  } finish;

  /// Descent of the trace over the interpolators (flatten.cpp).
  struct Flatten {
    double first_step = 0.2;
    double longest_step = 0.5;
    double growth = 1.3;
    double shortest_step = 1e-5;
    std::array<double, 2> most_residual = {0.05, 0.005};  ///< the second if no interpolator is near that end
    int max_steps = 300;                                  ///< 6 to 20 are usual
    int patience = 30;                                    ///< steps in which the trace must fall
    double least_gain = 1e-4;                             ///< by this share,
    int first_check = 60;                                 ///< from this step on
    double cut = 1e-11;                                   ///< eigenvalues of K_D below this are damped away
    int max_refinements = 5;                              ///< of a solve with the damped K_D
    double solve_accuracy = 1e-13;
    std::array<double, 3> starts = {1.0, 4.0, 16.0};  ///< scales of which the flattest network is taken
  } flatten;

  /// Steps of constant strength in single precision (descent.cpp, descend.cpp).
  struct Descent {
    double step_fraction = 0.5;    ///< c: a step is 2c/lambda; from 1.3 on it diverges for p = 2
    int power_iterations = 4;      ///< of lambda when it is estimated anew:
    double moved_trace = 0.1;      ///< after this change of the trace
    int steps_of_estimate = 50;    ///< or so many steps
    int annealed_divisor = 4;      ///< steps / this anneal,
    int plain_divisor = 20;        ///< steps / this follow without perturbation,
    double plain_residual = 1e-6;  ///< until this: about what floats give
    double decay_end = 1e-3;       ///< share of the decay that annealing ends at
    int curve_points = 200;        ///< recorded at most
    Index block = 64;              ///< samples a pass: Z of m x 64 stays in the second cache
  } descent;

  Index panel = 256;           ///< neurons whose columns are weighted and multiplied at a time
  int power_iterations = 100;  ///< at most, for the largest eigenvalue of K,
  double power_change = 1e-4;  ///< until it changes by less than this share
};

inline constexpr Tuning tuning{};

}  // namespace flatsweep::train

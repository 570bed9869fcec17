#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/model/activation.hpp"

/// Networks h(x) = sum_j a_j sigma(w_j . x) that are trained in both layers until they interpolate. The loss is
/// L = |r|^2/n with r = S a - y, its Hessian at an interpolator (2/n) J'J with J the n x m(d+1) Jacobian of h, and
/// K = J J' = S S' + (X X') o (T diag(a^2) T') with T = sigma'(X W').
namespace flatsweep::train {

/// The weights of both layers, or a direction in their space.
struct Weights {
  Matrix inner;  ///< W, m x d
  Vector outer;  ///< a, m

  /// Return the sum of all squares.
  [[nodiscard]] double squared_norm() const { return inner.squaredNorm() + outer.squaredNorm(); }
};

/// A sampled problem, as training starts from it. Refers to what the caller keeps.
struct Problem {
  MatrixView features;               ///< X, n x d
  VectorView labels;                 ///< y, n
  MatrixView inner_weights;          ///< W(gamma), m x d with unit rows: the directions of the start
  MatrixView index_directions;       ///< U, r x d with orthonormal rows: what the alignment refers to
  model::PiecewisePower activation;  ///< sigma
};

/// What a job may choose of an algorithm.
struct Settings {
  /// eps > 0: the start is W_0 = eps (sqrt(mean y^2)/m)^(1/(p+1)) W(gamma), a_0 = 0. From about 16 on, training
  /// stays near the kernel of the start.
  double start_scale = 1.0;
  /// f > 0 of label_noise, sam and weight_decay: the penalty is f^2 mean y^2 at the first interpolator.
  double level = 0.3;
  /// Steps of label_noise, sam and weight_decay at full level; a quarter of them anneal the level, and up to a
  /// twentieth follow without it.
  int steps = 20000;
  double decay = 0.0;      ///< nu > 0 of fixed_decay, which takes `steps` steps and anneals none
  std::uint64_t seed = 0;  ///< of the signs of label_noise
};

/// A network on the way. Loss and trace are those of the weights as they are, label noise left out.
struct CurvePoint {
  int step;          ///< counted over all phases
  double loss;       ///< L
  double trace;      ///< (2/n) tr K
  double alignment;  ///< see alignment()
};

/// A trained network and how it was found.
struct Trained {
  Weights start;                       ///< W_0, a_0
  Weights weights;                     ///< as trained, not folded
  Status status = Status::failed;      ///< by the residual: up to 1e-10 solved, up to 1e-2 inaccurate, else failed;
                                       ///< of fixed_decay solved if it took its steps and every weight is finite
  std::string message;                 ///< why it is not solved; else empty
  int steps = 0;                       ///< of all phases, refused ones included, without the finishes
  int finish_steps = 0;                ///< of the last finish
  double residual_trained = 0.0;       ///< ||S a - y||/||y|| before the last finish
  double residual = 0.0;               ///< the same at the end
  double trace = 0.0;                  ///< (2/n) tr K at the end
  double flatness = 0.0;               ///< the same at the flattest rescaling
  double stationarity = not_a_number;  ///< of fixed_decay: norm of the gradient of L + nu |theta|^2 over |2 nu theta|
  std::vector<CurvePoint> curve;       ///< from the start to the last finish
};

/// Follow the gradient flow of L from the start by the linearly implicit Euler method with error control (Hairer and
/// Wanner 1996, Solving Ordinary Differential Equations II), then find the interpolator near its end by a
/// Levenberg-Marquardt method that lets the residual rise (Nocedal and Wright 2006, section 10.3).
/// @throws Stopped if the request comes first
Trained gradient_flow(const Problem& problem, const Settings& settings, const StopRequest& stop = {});

/// Descend the Hessian's trace over the interpolators, both layers free, from the end of the gradient flow: the
/// flattest network found. It is a local answer and no lower bound, but never less flat than that end.
/// @throws Stopped if the request comes first
Trained flattest_network(const Problem& problem, const Settings& settings, const StopRequest& stop = {});

/// Return the flattest of the networks that flattest_network finds from the start scales 1, 4 and 16; steps count
/// all three. @throws Stopped if the request comes first
Trained best_flattest_network(const Problem& problem, const Settings& settings, const StopRequest& stop = {});

/// Descend |S a - y - delta xi|^2/n with fresh random signs xi in each step, from the end of the gradient flow in its
/// flattest rescaling (Blanc, Gupta, Valiant and Valiant 2020). @throws Stopped if the request comes first
Trained label_noise(const Problem& problem, const Settings& settings, const StopRequest& stop = {});

/// Take sharpness-aware steps (Foret, Kleiner, Mobahi and Neyshabur 2021), each sample's gradient at weights perturbed
/// for that sample (Wen, Ma and Li 2023), from the same start.
/// @throws Stopped if the request comes first
Trained sam(const Problem& problem, const Settings& settings, const StopRequest& stop = {});

/// Descend L + nu |theta|^2 from the same start, then let nu go to zero. @throws Stopped if the request comes first
Trained weight_decay(const Problem& problem, const Settings& settings, const StopRequest& stop = {});

/// Descend L + nu |theta|^2 at a fixed nu from the start itself. There is no finish: the network does not interpolate.
/// @throws Stopped if the request comes first
Trained fixed_decay(const Problem& problem, const Settings& settings, const StopRequest& stop = {});

/// Return the same network with inner weights of unit norm: w_j/|w_j| and a_j |w_j|^p. A neuron with w_j = 0 gets
/// a_j = 0 and the first unit vector.
Weights fold(const Weights& weights, const model::PiecewisePower& activation);

/// Return sum_j |b_j| |U w_j|^2 / sum_j |b_j| for the folded weights w and b; 0 if all b_j = 0.
/// @param index_directions U, r x d with orthonormal rows
double alignment(const Weights& weights, const MatrixView& index_directions, const model::PiecewisePower& activation);

}  // namespace flatsweep::train

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/sample/sample.hpp"
#include "linear_algebra.hpp"
#include "random_matrix.hpp"

namespace flatsweep::test {

inline const std::vector<std::string> all_activations = {"relu",      "leaky_relu:0.1", "linear", "abs",
                                                         "quadratic", "relu2",          "relu3",  "quartic"};
inline const std::vector<std::string> all_links = {
    "matched", "mirrored",  "relu",      "leaky_relu:0.3", "linear",    "abs",       "quadratic", "relu2", "relu3",
    "quartic", "hermite:1", "hermite:2", "hermite:3",      "hermite:5", "hermite:8", "tanh",      "sine"};

/// A network on Gaussian data with Gaussian outer weights; its labels are y = S a.
struct RandomNetwork {
  model::Activation activation;
  Matrix features;       ///< n x d
  Matrix inner_weights;  ///< m x d, unit rows
  Vector outer_weights;  ///< m
  Matrix activations;    ///< n x m

  RandomNetwork(const std::string& name, std::uint64_t seed, Index n, Index d, Index m)
      : activation(model::Activation::parse(name)),
        features(gaussian_matrix(seed, n, d)),
        inner_weights(gaussian_matrix(seed + 1, m, d).rowwise().normalized()),
        outer_weights(gaussian_matrix(seed + 2, m, 1)),
        activations(features * inner_weights.transpose()) {
    activation.apply(activations);
  }

  [[nodiscard]] measure::Curvature curvature() const { return measure::curvature(activation, activations, features); }
  [[nodiscard]] Vector trace_weights() const { return measure::trace_weights(activation, curvature()); }
  [[nodiscard]] double flatness() const {
    return measure::flatness(trace_weights(), outer_weights, activation.exponent());
  }
};

/// Return nu0 = (S S')^+ y (n) by complete orthogonal decompositions of S (n x m) and its transpose.
inline Vector minimum_norm_direction(const Matrix& activations, const Vector& labels) {
  return pseudo_inverse_times(activations.transpose(), pseudo_inverse_times(activations, labels));
}

inline sample::Teacher random_teacher(const std::string& link, const std::string& activation, std::uint64_t seed,
                                      Index d, Index indices, double offset) {
  return sample::sample_teacher(seed, d, indices, model::Link::parse(link), model::Activation::parse(activation),
                                model::Coefficients::random, {offset, 0.0});
}

}  // namespace flatsweep::test

#pragma once

#include <cstdint>
#include <string>

#include "flatsweep/sample/sample.hpp"
#include "flatsweep/train/train.hpp"

namespace flatsweep::test {

/// A request that never comes.
inline const StopRequest never;

/// The arrays of a problem; the link is `matched`.
struct SampledProblem {
  model::Activation activation;
  sample::Teacher teacher;
  Matrix features, directions;
  Vector labels;

  SampledProblem(const std::string& name, Index d, Index n, Index m, std::uint64_t seed = 1, Index indices = 1,
                 double gamma = 0.3)
      : activation(model::Activation::parse(name)),
        teacher(sample::sample_teacher(seed, d, indices, model::Link::parse("matched"), activation,
                                       model::Coefficients::equal, model::Offset())),
        features(sample::sample_features(seed, d, n)),
        directions(sample::sample_inner_weights(seed, teacher.index_directions, m, gamma)),
        labels(teacher.evaluate(features)) {}

  [[nodiscard]] train::Problem problem() const {
    return {features, labels, directions, teacher.index_directions, activation.power()};
  }
};

/// Return the loss of a network, by its definition.
inline double loss(const train::Problem& problem, const train::Weights& weights) {
  Matrix activations = problem.features * weights.inner.transpose();
  problem.activation.apply(activations);
  return (activations * weights.outer - problem.labels).squaredNorm() / static_cast<double>(problem.labels.size());
}

}  // namespace flatsweep::test

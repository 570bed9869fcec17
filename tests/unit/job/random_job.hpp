#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>

#include "job/keys.hpp"
#include "job/values.hpp"

namespace flatsweep::job {

/// A valid job with random values, as a Draft. Keys without a range of their own here have their default or
/// their example.
class RandomJob {
 public:
  explicit RandomJob(std::uint64_t seed) : engine_(seed) {}

  Draft operator()() {
    Draft draft;
    for (const Key& key : keys())
      if (coin()) key.read(key.example, draft);
    draft.name = std::to_string(engine_() % 1000) + ". job";
    draft.axes.activation = some<model::Activation>(
        {"relu", "leaky_relu:0.25", "leaky_relu", "linear", "abs", "quadratic", "relu2", "relu3", "quartic"});
    draft.axes.link = some<model::Link>({"matched", "tanh", "sine", "hermite:3", "abs", "quadratic_form"});
    draft.axes.interpolator = some<model::Interpolator>({"flattest", "minimum_l2"});  // those that go with a penalty
    draft.axes.penalty = numbers(0.0, 3.0);
    draft.axes.indices = integers<Index>(1, 5);
    draft.axes.noise = numbers(0.0, 3.0);
    draft.axes.sample_ratio = numbers(0.5, 20.0);
    draft.axes.width_ratio = numbers(0.5, 5.0);
    draft.axes.d = integers<Index>(10, 400);
    draft.axes.seed = integers<std::uint64_t>(0, std::int64_t{1} << (engine_() % 63));
    draft.axes.gamma = numbers(0.0, 1.0);
    draft.axes.coefficients = {coin() ? model::Coefficients::random : model::Coefficients::equal};
    if (coin()) draft.axes.coefficients = {model::Coefficients::equal, model::Coefficients::random};
    draft.axes.objective = {coin() ? model::Objective::trace : model::Objective::norm};
    if (coin()) draft.axes.objective = {model::Objective::trace, model::Objective::norm};
    draft.axes.offset = {model::Offset{0.0, number(0.1, 2.0)}};
    if (coin()) draft.axes.offset.push_back({number(-2.0, 2.0), 0.0});
    draft.settings.test_samples = static_cast<Index>(engine_() % 20'000);
    draft.settings.spectrum = coin();
    draft.settings.ridge = numbers(1e-6, 100.0);
    draft.settings.best_loss = coin();
    draft.settings.outer_weights = coin();
    return draft;
  }

  std::mt19937_64& engine() { return engine_; }

 private:
  bool coin() { return engine_() % 2 == 0; }

  double number(double lo, double hi) { return std::uniform_real_distribution<double>(lo, hi)(engine_); }

  std::vector<double> numbers(double lo, double hi) {
    std::vector<double> list;
    for (std::size_t left = 1 + engine_() % 5; left > 0; --left) list.push_back(number(lo, hi));
    return list;
  }

  template <typename Value>
  std::vector<Value> integers(std::int64_t lo, std::int64_t hi) {
    std::set<std::int64_t> list;
    for (std::size_t left = 1 + engine_() % 5; left > 0; --left)
      list.insert(std::uniform_int_distribution<std::int64_t>(lo, hi)(engine_));
    return {list.begin(), list.end()};
  }

  template <typename Value>
  std::vector<Value> some(std::vector<std::string> names) {
    std::ranges::shuffle(names, engine_);
    std::vector<Value> list;
    for (std::size_t i = 0; i <= engine_() % names.size(); ++i) list.push_back(Value::parse(names[i]));
    return list;
  }

  std::mt19937_64 engine_;
};

}  // namespace flatsweep::job

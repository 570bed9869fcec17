#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "solve/support.hpp"
#include "solve/support_factor.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

class ActiveSet {
 public:
  ActiveSet(const Program& program, const StopRequest& stop)
      : program_(program), stop_(stop), mu_(program.ridge()), factor_(program.activations), pricing_(program) {}

  /// @param order columns to start from; those that depend on earlier ones are left out
  /// @param weights a to start from, m
  std::optional<Optimum> run(const std::vector<Index>& order, const VectorView& weights) {
    factor_.assign(order);
    for (const Index j : factor_.columns()) {
      weights_.push_back(weights(j));
      costs_.push_back(sign_of(weights(j)) * program_.kappa(j));
    }
    for (int round = 0; round < tuning.support.max_rounds; ++round) {
      stop_.check();
      if (!move_to_target()) continue;
      if (!enter()) return polished(program_, {factor_.columns(), costs_}, changes_);
    }
    return std::nullopt;
  }

 private:
  /// Where a weight reaches zero along a direction.
  struct Kink {
    double step;
    Index position;
  };

  [[nodiscard]] static Eigen::Map<Vector> view(std::vector<double>& values) {
    return {values.data(), static_cast<Index>(values.size())};
  }

  /// Find the kinks along `direction` (k) up to `longest`, nearest first.
  void find_kinks(const Vector& direction, double longest) {
    constexpr double negligible = 1e-12;
    const double least = negligible * direction.cwiseAbs().maxCoeff();
    kinks_.clear();
    for (Index i = 0; i < direction.size(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      if (costs_[k] * direction(i) >= 0.0 || std::abs(direction(i)) <= least) continue;
      const double step = std::max(0.0, -weights_[k] / direction(i));
      if (step < longest) kinks_.push_back({step, i});
    }
    std::ranges::sort(kinks_, [](const Kink& a, const Kink& b) {
      return a.step != b.step ? a.step < b.step : a.position < b.position;
    });
  }

  void drop(Index position) {
    weights_.erase(weights_.begin() + position);
    costs_.erase(costs_.begin() + position);
    factor_.remove(position);
    ++changes_;
  }

  /// Move towards the optimum of the present support and signs, as far as E falls.
  /// @return whether it was reached
  bool move_to_target() {
    if (costs_.empty()) return true;
    const Vector target = factor_.coefficients(program_.labels - mu_ * factor_.preimage(view(costs_)));
    const Vector direction = target - view(weights_);
    const double curvature =
        factor_.squared_image(direction) / mu_;  // slope is curvature (step - 1), plus jumps at kinks
    find_kinks(direction, 1.0);
    double jumps = 0.0;
    for (const Kink& kink : kinks_) {
      if (curvature * (kink.step - 1.0) + jumps >= 0.0) break;
      double& cost = costs_[static_cast<std::size_t>(kink.position)];
      const double jump = 2.0 * std::abs(cost * direction(kink.position));
      if (curvature * (kink.step - 1.0) + jumps + jump >= 0.0) {
        view(weights_) += kink.step * direction;
        drop(kink.position);
        return false;
      }
      jumps += jump;
      cost = -cost;
      ++changes_;
    }
    if (jumps == 0.0) {
      view(weights_) = target;
      return true;
    }
    view(weights_) += (1.0 - jumps / curvature) * direction;
    return false;
  }

  /// Let the most violated columns enter.
  /// @return false if there is none
  bool enter() {
    const Vector dual = factor_.outside(program_.labels) / mu_ + factor_.preimage(view(costs_));
    int entered = 0;
    for (const Index j : pricing_.violated(dual, factor_.columns())) {
      if (entered == tuning.support.most_entering) break;
      const double reduced_cost = pricing_.reduced_cost(j);
      if (factor_.append(j)) {
        weights_.push_back(0.0);
        costs_.push_back(sign_of(reduced_cost) * program_.kappa(j));
        ++entered;
        ++changes_;
      } else if (entered == 0 && pivot(j, reduced_cost)) {
        return true;
      }
    }
    return entered > 0;
  }

  /// Let a column enter that depends on the support: S a stays, and Omega falls to the kink at which another leaves.
  /// @return false if no weight is in its way
  bool pivot(Index entering, double reduced_cost) {
    const double entering_sign = sign_of(reduced_cost);
    const Vector direction = -entering_sign * factor_.coefficients(program_.activations.col(entering));
    find_kinks(direction, std::numeric_limits<double>::infinity());
    double slope = program_.kappa(entering) - std::abs(reduced_cost);
    for (const Kink& kink : kinks_) {
      double& cost = costs_[static_cast<std::size_t>(kink.position)];
      slope += 2.0 * std::abs(cost * direction(kink.position));
      if (slope < 0.0) {
        cost = -cost;
        continue;
      }
      view(weights_) += kink.step * direction;
      drop(kink.position);
      if (factor_.append(entering)) {
        weights_.push_back(entering_sign * kink.step);
        costs_.push_back(entering_sign * program_.kappa(entering));
      }
      return true;
    }
    return false;
  }

  const Program& program_;
  const StopRequest& stop_;
  double mu_;
  SupportFactor factor_;
  Pricing pricing_;
  std::vector<double> weights_, costs_;  // of the columns of the factor, k
  std::vector<Kink> kinks_;
  int changes_ = 0;
};

}  // namespace

std::optional<Optimum> lower_by_active_set(const Program& program, const std::vector<Index>& order,
                                           const VectorView& weights, const StopRequest& stop) {
  return ActiveSet(program, stop).run(order, weights);
}

}  // namespace flatsweep::solve

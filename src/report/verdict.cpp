#include "flatsweep/report/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

constexpr const char* below_the_mean = "none beats the mean";

struct OrderWords {
  const char* words;
  const char* abbreviation;
};

OrderWords words_of(Order order) {
  switch (order) {
    case Order::better:
      return {"flatter is better", "better"};
    case Order::worse:
      return {"flatter is worse", "worse"};
    case Order::unclear:
      return {"no clear order", "unclear"};
    case Order::one_seed:
      return {"one seed", "one seed"};
    case Order::unknown:
      break;
  }
  return {"no order", "no order"};
}

std::string correlation_sentence(const Curve& curve) {
  const MeasuredCurve& flatness = curve.flatness;
  switch (const Order order = order_of(curve)) {
    case Order::unknown:
      return "flatness does not order the gammas by loss: fewer than three count, or all have the same loss";
    case Order::one_seed:
      return fmt::format("Spearman's correlation of flatness and loss over gamma is {}, without an interval: one seed",
                         correlation_text(flatness.spearman_over_gamma));
    default:
      return fmt::format("{}: Spearman's correlation with the loss over gamma is {}, 95 % interval {} to {}",
                         words_of(order).words, correlation_text(flatness.spearman_over_gamma),
                         correlation_text(flatness.spearman_interval.lower),
                         correlation_text(flatness.spearman_interval.upper));
  }
}

/// Return the least and the most of the means that are numbers.
std::string range_text(const std::vector<Mean>& means) {
  std::vector<double> numbers;
  for (const Mean& mean : means)
    if (!std::isnan(mean.value)) numbers.push_back(mean.value);
  if (numbers.empty()) return {};
  const auto [least, most] = std::ranges::minmax(numbers);
  return fmt::format("{} to {}", number_text(least, 3), number_text(most, 3));
}

std::string baseline_sentence(const Curve& curve) {
  const std::optional<bool> beats = curve.beats_mean();
  if (!beats) return {};
  std::size_t below = 0, counting = 0;
  for (std::size_t k = 0; k < curve.gammas.size(); ++k) {
    if (!curve.in_verdicts[k]) continue;
    ++counting;
    if (curve.loss[k].value < curve.baseline) ++below;
  }
  const std::string who = *beats ? fmt::format("{} of {} gammas beat", below, counting) : "no gamma beats";
  std::string text = fmt::format("{} predicting the mean (loss {})", who, number_text(curve.baseline, 3));
  if (const std::string possible = range_text(curve.best_loss); !possible.empty())
    text += fmt::format("; these features allow {}", possible);
  return text + '\n';
}

std::string gamma_sentence(const Curve& curve, const job::Axis& gamma) {
  const auto at = [&](std::size_t k) { return value_text(gamma, curve.gammas[k]); };
  const auto loss = [&](std::size_t k) { return number_text(curve.loss[k].value, 4); };
  std::string text =
      fmt::format("flattest at gamma {} (flatness {}, loss {})", at(*curve.flattest_gamma),
                  number_text(curve.flatness.means[*curve.flattest_gamma].value, 4), loss(*curve.flattest_gamma));
  if (!curve.least_loss_gamma) return text + '\n';
  if (curve.least_loss_gamma == curve.flattest_gamma) return text + ", which is the least loss\n";
  text += fmt::format("; least loss at gamma {} ({})", at(*curve.least_loss_gamma), loss(*curve.least_loss_gamma));
  const Mean& cost = curve.cost_of_flattest;
  if (cost.count > 0)
    text += fmt::format("\nthe flattest costs {} in loss (standard error {})", number_text(cost.value, 3),
                        number_text(cost.standard_error, 2));
  return text + '\n';
}

}  // namespace

Order order_of(const Curve& curve) {
  const MeasuredCurve& flatness = curve.flatness;
  if (std::isnan(flatness.spearman_over_gamma)) return Order::unknown;
  if (std::isnan(flatness.spearman_interval.lower)) return Order::one_seed;
  if (flatness.spearman_interval.lower > 0) return Order::better;
  return flatness.spearman_interval.upper < 0 ? Order::worse : Order::unclear;
}

std::string words_of(const Curve& curve) {
  if (!curve.flattest_gamma) return "no gamma counts";
  const std::string order = words_of(order_of(curve)).words;
  return curve.beats_mean() == false ? order + "; no gamma beats the mean" : order;
}

std::string short_words_of(const Curve& curve) {
  if (!curve.flattest_gamma) return "no gamma counts";
  return curve.beats_mean() == false ? below_the_mean : words_of(order_of(curve)).words;
}

std::string abbreviation_of(const Curve& curve) {
  if (!curve.flattest_gamma) return "none";
  return curve.beats_mean() == false ? fmt::format("none < {}", number_text(curve.baseline, 3))
                                     : words_of(order_of(curve)).abbreviation;
}

std::string sentences_of(const Curve& curve, const job::Axis& gamma) {
  if (!curve.flattest_gamma) return "no gamma counts in verdicts\n";
  return correlation_sentence(curve) + '\n' + gamma_sentence(curve, gamma) + baseline_sentence(curve);
}

}  // namespace flatsweep::report

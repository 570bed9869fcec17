#include "simulation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "seed.hpp"

namespace flatsweep::schedule {
namespace {

constexpr double seconds_per_message = 50e-6;

struct Costs {
  std::vector<double> seconds;         // of each configuration
  std::vector<Section> sections;       // as predicted
  std::vector<std::uint32_t> waves{};  // of each configuration; empty if there is one seed only
};

// Log-normal (sigma = 1) costs of median `median`, `class_size` neighbours about alike: each is within
// 30 % of what is predicted for all of them.
Costs draw_costs(std::uint64_t configurations, std::uint64_t class_size, double median, std::mt19937_64& random) {
  std::lognormal_distribution<double> cost(std::log(median), 1.0);
  std::uniform_real_distribution<double> error(0.7, 1.3);
  Costs costs;
  for (std::uint64_t first = 0; first < configurations; first += class_size) {
    const double predicted = cost(random);
    costs.sections.push_back({ConfigurationId{first}, class_size, predicted, static_cast<ProgramKind>(random() % 4)});
    for (std::uint64_t i = 0; i < class_size; ++i) costs.seconds.push_back(predicted * error(random));
  }
  return costs;
}

struct Comparison {
  SimulatedSweep sweep;
  double bound;  // max(total/P, longest): no schedule ends earlier
};

Comparison compare(const Costs& costs, std::size_t workers) {
  Ledger ledger(costs.seconds.size());
  Controller controller(ledger, costs.sections, workers, nullptr, quiet_progress(), std::nullopt);
  const SimulatedSweep sweep = simulate(controller, workers, costs.seconds, seconds_per_message);
  CHECK(controller.ending() == Ending{false, costs.seconds.size()});
  CHECK(ledger.count(Status::solved) == costs.seconds.size());
  const double total = std::accumulate(costs.seconds.begin(), costs.seconds.end(), 0.0);
  const double longest = *std::ranges::max_element(costs.seconds);
  return {sweep, std::max(total / static_cast<double>(workers), longest)};
}

/// The costs of combinations of this many seeds.
Costs draw_costs_of_seeds(std::uint64_t combinations, std::uint32_t seeds, std::uint64_t gammas, double median,
                          std::mt19937_64& random) {
  Costs costs = draw_costs(combinations * seeds * gammas, seeds * gammas, median, random);
  std::vector<Section> cut;
  for (const Section& whole : costs.sections) {
    for (std::uint32_t seed = 0; seed < seeds; ++seed) {
      cut.push_back({ConfigurationId{value(whole.first) + seed * gammas}, gammas, whole.seconds, whole.kind, seed});
      costs.waves.insert(costs.waves.end(), gammas, seed);
    }
  }
  costs.sections = std::move(cut);
  return costs;
}

/// Time at which all configurations of the first seed are done.
double end_of_first_wave(const Costs& costs, const SimulatedSweep& sweep) {
  double end = 0.0;
  for (std::size_t i = 0; i < sweep.ends.size(); ++i)
    if (costs.waves[i] == 0) end = std::max(end, sweep.ends[i]);
  return end;
}

}  // namespace

TEST_CASE("ten thousand workers stay busy and end together on a million configurations", "[schedule]") {
  const auto class_size = GENERATE(std::uint64_t{1}, std::uint64_t{100});
  const double median = class_size == 1 ? 5.0 : 1.0;  // seconds; batches of one cost rank 0 most
  auto random = test::random_generator();
  const Costs costs = draw_costs(1'000'000, class_size, median, random);
  const Comparison comparison = compare(costs, 10'000);
  CAPTURE(class_size, comparison.sweep.batches);
  CHECK(comparison.sweep.busy_share >= 0.97);
  CHECK(comparison.sweep.makespan <= 1.05 * comparison.bound);
}

TEST_CASE("waves of seeds keep workers busy, and every curve has its first seed early", "[schedule]") {
  const auto workers = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{31}, std::size_t{1000});
  const auto seeds = GENERATE(2U, 10U, 100U);
  auto random = test::random_generator();
  const std::uint64_t combinations = 20 * workers / seeds + 50;
  const Costs costs = draw_costs_of_seeds(combinations, seeds, 20, 0.5, random);
  const Comparison comparison = compare(costs, workers);
  const double longest = *std::ranges::max_element(costs.seconds);
  CAPTURE(workers, seeds, comparison.sweep.batches, comparison.bound, comparison.sweep.makespan, longest);
  CHECK(comparison.sweep.busy_share >= 0.97);
  CHECK(comparison.sweep.makespan <= 1.05 * comparison.bound);
  if (comparison.bound < 16 * longest) return;  // the end is half of it
  CHECK(end_of_first_wave(costs, comparison.sweep) <= 1.05 * comparison.bound / seeds + 2 * longest);
}

TEST_CASE("few workers end together too", "[schedule]") {
  const auto workers = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{31});
  auto random = test::random_generator();
  const Costs costs = draw_costs(20'000, 200, 0.02, random);
  const Comparison comparison = compare(costs, workers);
  CAPTURE(workers, comparison.sweep.batches);
  CHECK(comparison.sweep.busy_share >= 0.97);
  CHECK(comparison.sweep.makespan <= 1.05 * comparison.bound);
}

}  // namespace flatsweep::schedule

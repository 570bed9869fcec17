#pragma once

#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "flatsweep/job/grid.hpp"

namespace flatsweep::job {

/// One axis of the grid.
template <typename Value>
struct AxisDescription {
  std::string_view name;
  std::string_view long_name;
  std::string_view units;
  std::string_view range;    // in words
  std::string_view example;  // of its values in a job file
  std::vector<Value> AxisValues::*values;
  Value Configuration::*value;
  bool (*within)(const Value&);
};

template <typename Value>
constexpr bool any_value(const Value&) {
  return true;
}

constexpr bool positive(const double& ratio) { return ratio > 0.0; }

/// Slowest axis first: the order of the grid, of its ids and of the results file.
inline constexpr auto axis_table = std::make_tuple(
    AxisDescription<model::Activation>{"activation", "activation function of the network", "1",
                                       "names of activations", "relu quadratic", &AxisValues::activation,
                                       &Configuration::activation, any_value},
    AxisDescription<model::Link>{"link", "function of the target along each index direction", "1",
                                 "names of links", "matched mirrored", &AxisValues::link,
                                 &Configuration::link, any_value},
    AxisDescription<model::Interpolator>{"interpolator", "point of the interpolators that is measured", "1",
                                         "names of interpolators", "flattest minimum_l2",
                                         &AxisValues::interpolator, &Configuration::interpolator, any_value},
    AxisDescription<Index>{"indices", "number of index directions r", "1", "whole numbers from 1 to d - 1",
                           "1 5", &AxisValues::indices, &Configuration::indices,
                           [](const Index& r) { return r >= 1; }},
    AxisDescription<double>{"noise", "standard deviation of the label noise", "1", "numbers from 0",
                            "0 0.1 0.5", &AxisValues::noise, &Configuration::noise,
                            [](const double& noise) { return noise >= 0.0; }},
    AxisDescription<double>{"sample_ratio", "training points per dimension n / d", "1", "positive numbers",
                            "5 10", &AxisValues::sample_ratio, &Configuration::sample_ratio, positive},
    AxisDescription<double>{"width_ratio", "hidden neurons per training point m / n", "1", "positive numbers",
                            "2", &AxisValues::width_ratio, &Configuration::width_ratio, positive},
    AxisDescription<Index>{"d", "input dimension", "1", "whole numbers from 2 to 10000000", "25 50 100",
                           &AxisValues::d, &Configuration::d,
                           [](const Index& d) { return d >= 2 && d <= Grid::largest_extent; }},
    AxisDescription<std::uint64_t>{
        "seed", "seed of the random numbers", "1", "whole numbers from 0 to 9223372036854775807", "0..9",
        &AxisValues::seed, &Configuration::seed,
        [](const std::uint64_t& seed) { return seed <= std::numeric_limits<std::int64_t>::max(); }},
    AxisDescription<double>{"gamma", "correlation of the inner weights with the index subspace", "1",
                            "numbers from 0 to 1", "log(0.01, 0.99, 20)", &AxisValues::gamma,
                            &Configuration::gamma,
                            [](const double& gamma) { return gamma >= 0.0 && gamma <= 1.0; }});

static_assert(std::tuple_size_v<std::remove_const_t<decltype(axis_table)>> == Grid::axis_count);

/// Calls `visit` with every AxisDescription, slowest axis first.
template <typename Visit>
void for_each_axis(Visit visit) {
  std::apply([&](const auto&... axis) { (visit(axis), ...); }, axis_table);
}

/// A value as the results file shows it: double, std::int64_t or canonical name.
inline double coordinate(double number) { return number; }
inline std::int64_t coordinate(Index integer) { return integer; }
inline std::int64_t coordinate(std::uint64_t seed) { return static_cast<std::int64_t>(seed); }
inline std::string coordinate(const model::Activation& activation) { return activation.name(); }
inline std::string coordinate(const model::Link& link) { return link.name(); }
inline std::string coordinate(model::Interpolator interpolator) { return model::to_string(interpolator); }

template <typename Value>
auto coordinates(const std::vector<Value>& values) {
  std::vector<decltype(coordinate(values.front()))> list;
  list.reserve(values.size());
  for (const Value& value : values) list.push_back(coordinate(value));
  return list;
}

}  // namespace flatsweep::job

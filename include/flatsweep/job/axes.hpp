#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/interpolator.hpp"
#include "flatsweep/model/target.hpp"

namespace flatsweep::job {

/// The axes of every grid, slowest first, as members of type Of<Value>. To add an axis, add a member with its
/// default here and its row in axis_rows, at the same place. An axis without a default must be given.
template <template <typename> typename Of>
struct Axes {
  Of<model::Activation> activation;                             ///< sigma, of the network
  Of<model::Link> link;                                         ///< g, of the target
  Of<model::Interpolator> interpolator{model::Interpolator()};  ///< which solution of S a = y
  Of<Index> indices{1};                                         ///< r
  Of<double> noise{0.0};                                        ///< zeta, standard deviation of the label noise
  Of<double> sample_ratio{10.0};                                ///< n / d
  Of<double> width_ratio{2.0};                                  ///< m / n
  Of<Index> d{};                                                ///< input dimension
  Of<std::uint64_t> seed{};                                     ///< of all random numbers
  Of<double> gamma{};  ///< correlation of the inner weights with the index subspace
  Of<model::Coefficients> coefficients{model::Coefficients::equal};  ///< c, of the target
  Of<model::Objective> objective{model::Objective::norm};            ///< kappa, of the flattest interpolator's program
  Of<model::Offset> offset{model::Offset()};                         ///< b, of the target
  Of<double> penalty{0.0};                                           ///< lambda, of near-interpolators
};

template <typename Value>
using OneValue = Value;
template <typename Value>
using ListOfValues = std::vector<Value>;

/// The values of every axis of a grid, in the order given.
using AxisValues = Axes<ListOfValues>;

/// One grid point: a value of every axis, and the sizes that follow from them.
struct Configuration : Axes<OneValue> {
  ConfigurationId id{};  ///< in the grid; record::off_the_grid if it has no place there
  Index samples = 0;     ///< n = round(sample_ratio * d)
  Index width = 0;       ///< m = round(width_ratio * n)
};

/// Whether an axis or a setting is part of a job's digest. Those of 0.1 always are; a later one only if it has
/// other values than its default, so that jobs of 0.1 keep their digests.
enum class InDigest { unless_default, always };

/// Return Value::parse if there is one.
template <typename Value>
constexpr auto own_parse() -> Value (*)(std::string_view) {
  if constexpr (requires(std::string_view word) { Value::parse(word); }) return &Value::parse;
  return nullptr;
}

/// What a job file, its messages and the results file say of an axis.
template <typename Value>
struct AxisRow {
  std::string_view name;                   ///< in the job file, as an option and in the results file
  std::vector<Value> AxisValues::*values;  ///< its member of a grid's values
  Value Configuration::*value;             ///< its member of a configuration
  std::string_view long_name;              ///< what it is, in words
  std::string_view range;                  ///< which values it takes, in words
  std::string_view example;                ///< of its values in a job file
  InDigest in_digest;                      ///< `unless_default` for a new axis
  bool (*within)(const Value&) = [](const Value&) { return true; };  ///< whether a value is in the range
  Value (*parse)(std::string_view word) = own_parse<Value>();        ///< reads a value that is no number
  std::string_view units = "1";                                      ///< "1" if dimensionless
  std::string_view variable = name;                                  ///< in results files and tables
};

/// Largest d, n and m: features, activations and weights then stay below 2^50 bytes each, so that sizes in
/// bytes fit 64 bits everywhere.
inline constexpr Index largest_extent = 10'000'000;

/// A row an axis, slowest first: the order of the grid, of its ids and of the results file.
inline constexpr auto axis_rows = std::make_tuple(
    AxisRow<model::Activation>{"activation", &AxisValues::activation, &Configuration::activation,
                               "activation function of the network", "names of activations", "relu quadratic",
                               InDigest::always},
    AxisRow<model::Link>{"link", &AxisValues::link, &Configuration::link,
                         "function of the target along each index direction", "names of links", "matched mirrored",
                         InDigest::always},
    AxisRow<model::Interpolator>{"interpolator", &AxisValues::interpolator, &Configuration::interpolator,
                                 "point of the interpolators that is measured", "names of interpolators",
                                 "flattest minimum_l2", InDigest::always},
    AxisRow<Index>{"indices", &AxisValues::indices, &Configuration::indices, "number of index directions r",
                   "whole numbers from 1 to d - 1", "1 5", InDigest::always, [](const Index& r) { return r >= 1; }},
    AxisRow<double>{"noise", &AxisValues::noise, &Configuration::noise, "standard deviation of the label noise",
                    "numbers from 0", "0 0.1 0.5", InDigest::always, [](const double& noise) { return noise >= 0.0; }},
    AxisRow<double>{"sample_ratio", &AxisValues::sample_ratio, &Configuration::sample_ratio,
                    "training points per dimension n / d", "positive numbers", "5 10", InDigest::always,
                    [](const double& ratio) { return ratio > 0.0; }},
    AxisRow<double>{"width_ratio", &AxisValues::width_ratio, &Configuration::width_ratio,
                    "hidden neurons per training point m / n", "positive numbers", "2", InDigest::always,
                    [](const double& ratio) { return ratio > 0.0; }},
    AxisRow<Index>{"d", &AxisValues::d, &Configuration::d, "input dimension", "whole numbers from 2 to 10000000",
                   "25 50 100", InDigest::always, [](const Index& d) { return d >= 2 && d <= largest_extent; }},
    AxisRow<std::uint64_t>{"seed", &AxisValues::seed, &Configuration::seed, "seed of the random numbers",
                           "whole numbers from 0 to 9223372036854775807", "0..9", InDigest::always,
                           [](const std::uint64_t& seed) { return seed <= std::numeric_limits<std::int64_t>::max(); }},
    AxisRow<double>{"gamma", &AxisValues::gamma, &Configuration::gamma,
                    "correlation of the inner weights with the index subspace", "numbers from 0 to 1",
                    "log(0.01, 0.99, 20)", InDigest::always,
                    [](const double& gamma) { return gamma >= 0.0 && gamma <= 1.0; }},
    AxisRow<model::Coefficients>{"coefficients", &AxisValues::coefficients, &Configuration::coefficients,
                                 "coefficients of the target", "equal and random", "equal random", InDigest::always,
                                 [](const model::Coefficients&) { return true; }, model::parse_coefficients},
    AxisRow<model::Objective>{"objective", &AxisValues::objective, &Configuration::objective,
                              "weights of the program of the flattest interpolator", "norm and trace", "norm trace",
                              InDigest::always, [](const model::Objective&) { return true; }, model::parse_objective,
                              "1", "program"},  // results have a measure `objective`
    AxisRow<model::Offset>{"offset", &AxisValues::offset, &Configuration::offset, "offset of the target",
                           "numbers, and normal:s for one draw of N(0, s^2) a seed", "0 normal:1", InDigest::always,
                           [](const model::Offset&) { return true; }, model::parse_offset},
    AxisRow<double>{"penalty", &AxisValues::penalty, &Configuration::penalty,
                    "penalty of the objective beside the mean squared error; 0: interpolators", "numbers from 0",
                    "0 1e-3 1e-2 1e-1", InDigest::unless_default,
                    [](const double& penalty) { return penalty >= 0.0; }});

/// Axes of every grid.
inline constexpr std::size_t axis_count = std::tuple_size_v<std::remove_const_t<decltype(axis_rows)>>;

/// Call `visit` with every AxisRow, slowest axis first.
template <typename Visit>
void for_each_axis(Visit visit) {
  std::apply([&](const auto&... row) { (visit(row), ...); }, axis_rows);
}

/// An axis as the results file shows it: a name and its values in order.
struct Axis {
  /// Numbers, or canonical names.
  using Values = std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

  std::string name;       ///< as in results files and tables
  std::string long_name;  ///< in words
  std::string units;      ///< "1" if dimensionless
  Values values;          ///< in the order of the job file

  /// Return the number of values.
  [[nodiscard]] std::size_t size() const;
};

/// Return a value as the results file shows it: a double, a std::int64_t or a canonical name.
template <typename Value>
auto coordinate(const Value& value) {
  if constexpr (std::is_floating_point_v<Value>)
    return double{value};
  else if constexpr (std::is_integral_v<Value>)
    return static_cast<std::int64_t>(value);
  else if constexpr (requires { value.name(); })
    return std::string(value.name());
  else
    return to_string(value);
}

/// Return the values as the results file shows them.
template <typename Value>
auto coordinates(const std::vector<Value>& values) {
  std::vector<decltype(coordinate(values.front()))> list;
  list.reserve(values.size());
  for (const Value& value : values) list.push_back(coordinate(value));
  return list;
}

/// Return the axes of a grid of these values, slowest first.
std::vector<Axis> axes_of(const AxisValues& values);

/// Return the axes of a grid of this configuration alone: a value each, slowest first.
std::vector<Axis> axes_of(const Configuration& configuration);

/// Describe a configuration in one line: `relu, matched, flattest, indices = 1, ..., gamma = 0.5`. The axes after gamma
/// are mentioned if they have other values than their default.
/// @param left_out names of axes that are not mentioned
std::string describe(const Configuration& configuration, std::span<const std::string_view> left_out = {});

}  // namespace flatsweep::job

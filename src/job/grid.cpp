#include "flatsweep/job/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

/// n and m, in doubles, so that nothing overflows before it is checked. Both grow with the ratios and d, so a
/// grid's extremes are at its extreme values.
struct Sizes {
  double samples;
  double width;

  Sizes(double sample_ratio, double width_ratio, Index d)
      : samples(std::round(sample_ratio * static_cast<double>(d))), width(std::round(width_ratio * samples)) {}
};

/// @pre no empty axis
Sizes largest_sizes(const AxisValues& values) {
  return {std::ranges::max(values.sample_ratio), std::ranges::max(values.width_ratio), std::ranges::max(values.d)};
}

template <typename Value>
void check_axis(const AxisRow<Value>& axis, const std::vector<Value>& values) {
  const std::string name(axis.name);
  const std::string example = "e.g. " + in_quotes(fmt::format("{} = {}", name, axis.example));
  if (values.empty())
    throw AxisError({name}, in_quotes(name) + " has no values", "every axis of the grid needs at least one",
                    fmt::format("Write {}, {}", axis.range, example));
  if (const auto outside = std::ranges::find_if_not(values, axis.within); outside != values.end())
    throw AxisError({name}, setting(name, coordinate(*outside)) + " is out of range",
                    fmt::format("it takes {}", axis.range), "Write values in that range, " + example);
  if (const auto duplicate = find_duplicate(coordinates(values)))
    throw AxisError({name}, setting(name, *duplicate) + " stands twice",
                    "the values of an axis are its coordinates and must differ", "Remove one of the two");
}

void check_links(const AxisValues& values) {
  for (const model::Activation& activation : values.activation)
    for (const model::Link& link : values.link)
      if (link.vanishes(activation))
        throw AxisError({"link", "activation"},
                        setting("link", link.name()) + " does not go with " + setting("activation", activation.name()),
                        "the target is 0 there, and the grid is the full product",
                        "Remove one of the two, or write two jobs");
}

void check_penalty(const AxisValues& values) {
  const auto check = [&](double penalty, const model::Interpolator& interpolator) {
    const bool is_refused = penalty > 0.0 ? interpolator.penalty_use() == model::PenaltyUse::none
                                          : interpolator.penalty_use() == model::PenaltyUse::of_training;
    if (!is_refused) return;
    throw AxisError({"penalty", "interpolator"},
                    setting("penalty", penalty) + " does not go with " + setting("interpolator", interpolator.name()),
                    penalty > 0.0 ? "only the programs of `flattest` and `minimum_l2`, and the training of "
                                    "`fixed_decay`, have a penalty, and the grid is the full product"
                                  : "its penalty is the weight decay, and the grid is the full product",
                    penalty > 0.0 ? "Remove one of the two, or write two jobs"
                                  : "Write positive penalties, e.g. `penalty = 1e-3 1e-2`, or write two jobs");
  };
  for (const double penalty : values.penalty)
    for (const model::Interpolator& interpolator : values.interpolator) check(penalty, interpolator);
}

void check_indices(const AxisValues& values) {
  const Index r = std::ranges::max(values.indices);
  const Index d = std::ranges::min(values.d);
  const std::string both = setting("indices", r) + " does not go with " + setting("d", d);
  if (r >= d)
    throw AxisError({"indices", "d"}, both, "r < d is required, in every combination of the grid",
                    fmt::format("Write indices of at most {}, or a larger d", d - 1));
  if (r > d / 2 && std::ranges::any_of(values.link, &model::Link::is_quadratic_form))
    throw AxisError({"indices", "d", "link"}, both + " and `link = quadratic_form`",
                    "the index subspace of a quadratic form has at most floor(d/2) directions",
                    fmt::format("Write indices of at most {}, or put this link into a job of its own", d / 2));
}

void check_sizes(const AxisValues& values) {
  const double sample_ratio = std::ranges::min(values.sample_ratio);
  const double width_ratio = std::ranges::min(values.width_ratio);
  const Index d = std::ranges::min(values.d);
  const Sizes smallest(sample_ratio, width_ratio, d);
  const Sizes largest = largest_sizes(values);
  if (smallest.samples < 1.0)
    throw AxisError({"sample_ratio", "d"}, setting("sample_ratio", sample_ratio) + " leaves no training points",
                    fmt::format("n = round(sample_ratio * d) is 0 at d = {}", d), "Write a larger sample_ratio or d");
  if (smallest.width < 1.0)
    throw AxisError({"width_ratio", "sample_ratio", "d"},
                    setting("width_ratio", width_ratio) + " leaves no hidden neurons",
                    fmt::format("m = round(width_ratio * n) is 0 at n = {}", shortest(smallest.samples)),
                    "Write a larger width_ratio or sample_ratio");
  constexpr double most = largest_extent;
  if (largest.samples > most)
    throw AxisError({"sample_ratio", "d"}, fmt::format("there would be {} training points", shortest(largest.samples)),
                    fmt::format("n = round(sample_ratio * d) is at most {}", largest_extent),
                    "Write a smaller sample_ratio or d");
  if (largest.width > most)
    throw AxisError({"width_ratio", "sample_ratio", "d"},
                    fmt::format("there would be {} hidden neurons", shortest(largest.width)),
                    fmt::format("m = round(width_ratio * n) is at most {}", largest_extent),
                    "Write a smaller width_ratio, sample_ratio or d");
}

void check_count(const AxisValues& values) {
  constexpr std::uint64_t most = std::uint64_t{1} << 63U;
  std::uint64_t product = 1;
  std::size_t longest = 0;
  std::string longest_name;
  bool fits = true;
  for_each_axis([&](const auto& axis) {
    const std::size_t size = (values.*axis.values).size();
    fits = fits && product <= most / size;
    if (fits) product *= size;
    if (size <= longest) return;
    longest = size;
    longest_name = axis.name;
  });
  if (!fits)
    throw AxisError({longest_name}, "the grid is too large", "it is the product of all axes, and ids end at 2^63",
                    fmt::format("Write shorter axes; `{}` is the longest, with {} values", longest_name, longest));
}

/// Return the position in `to` of every value of `from`, if it is there.
template <typename Value>
std::vector<std::optional<std::uint64_t>> positions_in(const std::vector<Value>& to, const std::vector<Value>& from) {
  std::map<Value, std::uint64_t> known;
  for (std::size_t position = 0; position < to.size(); ++position) known.emplace(to[position], position);
  std::vector<std::optional<std::uint64_t>> positions;
  for (const Value& value : from) {
    const auto found = known.find(value);
    positions.push_back(found == known.end() ? std::nullopt : std::optional(found->second));
  }
  return positions;
}

}  // namespace

AxisCounts axis_positions(ConfigurationId id, const AxisCounts& sizes) {
  AxisCounts positions{};
  std::uint64_t rest = value(id);
  for (std::size_t axis = axis_count; axis-- > 0; rest /= sizes[axis]) positions[axis] = rest % sizes[axis];
  expects(rest == 0);
  return positions;
}

Grid::Grid(AxisValues values) : values_(std::move(values)) {
  for_each_axis([&](const auto& axis) { check_axis(axis, values_.*axis.values); });
  check_count(values_);
  check_links(values_);
  check_penalty(values_);
  check_indices(values_);
  check_sizes(values_);
  std::size_t position = 0;
  for_each_axis([&](const auto& axis) {
    const std::uint64_t length = (values_.*axis.values).size();
    axis_sizes_[position++] = length;
    after_gamma_ = axis.name == "gamma" ? 1 : after_gamma_ * length;
  });
  for (const std::uint64_t size : axis_sizes_) size_ *= size;
}

Configuration Grid::operator[](ConfigurationId id) const {
  const AxisCounts positions = axis_positions(id, axis_sizes_);
  Configuration configuration{{.activation = values_.activation.front(), .link = values_.link.front()}, id};
  std::size_t axis = 0;
  for_each_axis([&](const auto& row) { configuration.*row.value = (values_.*row.values)[positions[axis++]]; });
  const Sizes sizes(configuration.sample_ratio, configuration.width_ratio, configuration.d);
  configuration.samples = static_cast<Index>(sizes.samples);
  configuration.width = static_cast<Index>(sizes.width);
  return configuration;
}

Index Grid::largest_width() const { return static_cast<Index>(largest_sizes(values_).width); }

GridMap::GridMap(const Grid& from, const Grid& to) : from_sizes_(from.axis_sizes()), to_sizes_(to.axis_sizes()) {
  std::size_t axis = 0;
  for_each_axis([&](const auto& row) {
    positions_[axis++] = positions_in(coordinates(to.values().*row.values), coordinates(from.values().*row.values));
  });
}

std::optional<ConfigurationId> GridMap::operator()(ConfigurationId id) const {
  const AxisCounts from = axis_positions(id, from_sizes_);
  std::uint64_t mapped = 0;
  for (std::size_t axis = 0; axis < axis_count; ++axis) {
    const auto position = positions_[axis][from[axis]];
    if (!position) return std::nullopt;
    mapped = mapped * to_sizes_[axis] + *position;
  }
  return ConfigurationId{mapped};
}

std::uint64_t GridMap::shared() const {
  std::uint64_t count = 1;
  for (const auto& axis : positions_)
    count *= static_cast<std::uint64_t>(std::ranges::count_if(axis, [](const auto& p) { return p.has_value(); }));
  return count;
}

}  // namespace flatsweep::job

#include "flatsweep/job/grid.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

/// round(ratio * base): n from d, m from n. In doubles, so that nothing overflows before it is checked.
double rounded_count(double ratio, double base) { return std::round(ratio * base); }

/// n and m, in doubles.
struct Sizes {
  double samples;
  double width;
};

/// n and m grow with the ratios and d, so a grid's extremes are at its extreme values. @pre no empty axis
Sizes smallest_sizes(const AxisValues& values) {
  const double samples =
      rounded_count(std::ranges::min(values.sample_ratio), static_cast<double>(std::ranges::min(values.d)));
  return {samples, rounded_count(std::ranges::min(values.width_ratio), samples)};
}

Sizes largest_sizes(const AxisValues& values) {
  const double samples =
      rounded_count(std::ranges::max(values.sample_ratio), static_cast<double>(std::ranges::max(values.d)));
  return {samples, rounded_count(std::ranges::max(values.width_ratio), samples)};
}

std::string text_of(const std::string& name) { return name; }
std::string text_of(std::int64_t integer) { return std::to_string(integer); }
std::string text_of(double number) { return shortest(number); }

/// `gamma = 1.2`.
template <typename Value>
std::string setting(std::string_view axis, const Value& value) {
  return in_quotes(std::string(axis) + " = " + text_of(coordinate(value)));
}

/// Position of a value that stands twice.
template <typename Value>
std::optional<std::size_t> find_duplicate(const std::vector<Value>& values) {
  const auto shown = coordinates(values);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, {}, [&](std::size_t i) -> const auto& { return shown[i]; });
  const auto twin = std::ranges::adjacent_find(
      order, {}, [&](std::size_t i) -> const auto& { return shown[i]; });
  if (twin == order.end()) return std::nullopt;
  return *twin;
}

template <typename Value>
void check_axis(const AxisRow<Value>& axis, const std::vector<Value>& values) {
  const std::string name(axis.name);
  const std::string example = "e.g. " + in_quotes(name + " = " + std::string(axis.example));
  if (values.empty()) {
    throw AxisError({name}, in_quotes(name) + " has no values", "every axis of the grid needs at least one",
                    "Write " + std::string(axis.range) + ", " + example);
  }
  const auto outside = std::ranges::find_if_not(values, axis.within);
  if (outside != values.end()) {
    throw AxisError({name}, setting(name, *outside) + " is out of range", "it takes " + std::string(axis.range),
                    "Write values in that range, " + example);
  }
  if (const auto duplicate = find_duplicate(values)) {
    throw AxisError({name}, setting(name, values[*duplicate]) + " stands twice",
                    "the values of an axis are its coordinates and must differ", "Remove one of the two");
  }
}

void check_indices(const AxisValues& values) {
  const Index r = std::ranges::max(values.indices);
  const Index d = std::ranges::min(values.d);
  const std::string both = setting("indices", r) + " does not go with " + setting("d", d);
  if (r >= d) {
    throw AxisError({"indices", "d"}, both, "r < d is required, in every combination of the grid",
                    "Write indices of at most " + std::to_string(d - 1) + ", or a larger d");
  }
  const bool quadratic_form = std::ranges::any_of(
      values.link, [](const model::Link& link) { return link.kind() == model::Link::Kind::quadratic_form; });
  if (quadratic_form && r > d / 2) {
    throw AxisError({"indices", "d", "link"}, both + " and `link = quadratic_form`",
                    "the index subspace of a quadratic form has at most floor(d/2) directions",
                    "Write indices of at most " + std::to_string(d / 2) + ", or put this link into a job of its own");
  }
}

void check_links(const AxisValues& values) {
  for (const model::Activation& activation : values.activation) {
    for (const model::Link& link : values.link) {
      if (!link.vanishes(activation)) continue;
      throw AxisError(
          {"link", "activation"}, setting("link", link) + " does not go with " + setting("activation", activation),
          "the target is 0 there, and the grid is the full product", "Remove one of the two, or write two jobs");
    }
  }
}

void check_sizes(const AxisValues& values) {
  const Sizes smallest = smallest_sizes(values);
  if (smallest.samples < 1.0) {
    throw AxisError({"sample_ratio", "d"},
                    setting("sample_ratio", std::ranges::min(values.sample_ratio)) + " leaves no training points",
                    "n = round(sample_ratio * d) is 0 at d = " + std::to_string(std::ranges::min(values.d)),
                    "Write a larger sample_ratio or d");
  }
  if (smallest.width < 1.0) {
    throw AxisError({"width_ratio", "sample_ratio", "d"},
                    setting("width_ratio", std::ranges::min(values.width_ratio)) + " leaves no hidden neurons",
                    "m = round(width_ratio * n) is 0 at n = " + shortest(smallest.samples),
                    "Write a larger width_ratio or sample_ratio");
  }
  constexpr double most = largest_extent;
  const Sizes largest = largest_sizes(values);
  if (largest.samples > most) {
    throw AxisError({"sample_ratio", "d"}, "there would be " + shortest(largest.samples) + " training points",
                    "n = round(sample_ratio * d) is at most " + std::to_string(largest_extent),
                    "Write a smaller sample_ratio or d");
  }
  if (largest.width > most) {
    throw AxisError({"width_ratio", "sample_ratio", "d"},
                    "there would be " + shortest(largest.width) + " hidden neurons",
                    "m = round(width_ratio * n) is at most " + std::to_string(largest_extent),
                    "Write a smaller width_ratio, sample_ratio or d");
  }
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
  if (fits) return;
  throw AxisError({longest_name}, "the grid is too large", "it is the product of all axes, and ids end at 2^63",
                  "Write shorter axes; " + in_quotes(longest_name) + " is the longest, with " +
                      std::to_string(longest) + " values");
}

/// @throws AxisError for an axis that is empty, out of range or has duplicates
void check_axes(const AxisValues& values) {
  for_each_axis([&](const auto& axis) { check_axis(axis, values.*axis.values); });
}

/// @throws AxisError for combinations that are refused anywhere in the product, and for its size
/// @pre check_axes(values)
void check_product(const AxisValues& values) {
  check_count(values);
  check_links(values);
  check_indices(values);
  check_sizes(values);
}

using Positions = std::vector<std::optional<std::uint64_t>>;

template <typename Value>
Positions positions_of(const std::vector<Value>& from, const std::vector<Value>& to) {
  std::map<Value, std::uint64_t> known;
  for (std::size_t position = 0; position < to.size(); ++position) known.emplace(to[position], position);
  Positions positions;
  for (const Value& value : from) {
    const auto found = known.find(value);
    positions.push_back(found == known.end() ? std::nullopt : std::optional(found->second));
  }
  return positions;
}

}  // namespace

Grid::Grid(AxisValues values) : values_(std::move(values)) {
  check_axes(values_);
  check_product(values_);
  std::size_t position = 0;
  for_each_axis([&](const auto& axis) { axis_sizes_[position++] = (values_.*axis.values).size(); });
  for (const std::uint64_t size : axis_sizes_) size_ *= size;
}

Configuration Grid::operator[](ConfigurationId id) const {
  expects(value(id) < size_);
  Configuration configuration{{.activation = values_.activation.front(), .link = values_.link.front()}, id};
  std::uint64_t rest = value(id);
  std::uint64_t stride = size_;
  std::size_t position = 0;
  for_each_axis([&](const auto& axis) {
    stride /= axis_sizes_[position++];
    configuration.*axis.value = (values_.*axis.values)[rest / stride];
    rest %= stride;
  });
  const double samples = rounded_count(configuration.sample_ratio, static_cast<double>(configuration.d));
  configuration.samples = static_cast<Index>(samples);
  configuration.width = static_cast<Index>(rounded_count(configuration.width_ratio, samples));
  return configuration;
}

Index Grid::largest_width() const { return static_cast<Index>(largest_sizes(values_).width); }

GridMap::GridMap(const Grid& from, const Grid& to) : to_sizes_(to.axis_sizes()) {
  const std::vector<Axis> from_axes = from.axes();
  const std::vector<Axis> to_axes = to.axes();
  for (std::size_t axis = 0; axis < axis_count; ++axis) {
    positions_[axis] = std::visit(
        [&](const auto& values) {
          return positions_of(values, std::get<std::decay_t<decltype(values)>>(to_axes[axis].values));
        },
        from_axes[axis].values);
  }
}

std::optional<ConfigurationId> GridMap::operator()(ConfigurationId id) const {
  std::uint64_t rest = value(id);
  std::uint64_t mapped = 0;
  std::uint64_t stride = 1;
  for (std::size_t axis = axis_count; axis-- > 0;) {
    const auto position = positions_[axis][rest % positions_[axis].size()];
    if (!position) return std::nullopt;
    rest /= positions_[axis].size();
    mapped += *position * stride;
    stride *= to_sizes_[axis];
  }
  expects(rest == 0);
  return ConfigurationId{mapped};
}

std::uint64_t GridMap::shared() const {
  std::uint64_t count = 1;
  for (const Positions& axis : positions_)
    count *= static_cast<std::uint64_t>(std::ranges::count_if(axis, [](const auto& p) { return p.has_value(); }));
  return count;
}

}  // namespace flatsweep::job

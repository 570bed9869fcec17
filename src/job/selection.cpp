#include "flatsweep/job/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"
#include "job/characters.hpp"
#include "job/keys.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

constexpr std::uint64_t most_shards = 1'000'000;
constexpr std::string_view remedy = "Write e.g. `gamma>0.5,activation=relu`";

/// `gamma`, `>=`, `0.5`
struct Condition {
  std::string_view axis;
  std::string_view relation;
  std::string_view values;
};

Condition parse_condition(std::string_view text) {
  if (const std::string foreign = foreign_character(text); !foreign.empty())
    throw Error(fmt::format("{} holds {}", in_quotes(text), foreign), "conditions are written in ASCII", remedy);
  constexpr std::array<std::string_view, 6> relations = {"<=", ">=", "!=", "<", ">", "="};
  const std::size_t at = text.find_first_of("<>!=");
  const std::string_view rest = text.substr(std::min(at, text.size()));
  const auto relation =
      std::ranges::find_if(relations, [&](std::string_view known) { return rest.starts_with(known); });
  if (relation == relations.end())
    throw Error(in_quotes(trimmed(text)) + " is not a condition",
                "a condition is an axis, one of = != < <= > >=, and a value", remedy);
  return {trimmed(text.substr(0, at)), *relation, trimmed(rest.substr(relation->size()))};
}

Error unknown_axis(std::string_view name) {
  std::vector<std::string> names;
  for_each_axis([&](const auto& axis) { names.emplace_back(axis.name); });
  return Error("there is no axis " + in_quotes(name), fmt::format("the nearest one is `{}`", nearest_word(name, names)),
               remedy);
}

/// Whether a condition's axis is this one, by its name in jobs or in results.
template <typename Value>
bool is_name_of(const AxisRow<Value>& axis, std::string_view name) {
  return axis.name == name || axis.variable == name;
}

/// The values of an axis that a condition names, read as a job file's.
AxisValues read_values(const Condition& condition) {
  std::string key;
  for_each_axis([&](const auto& axis) {
    if (is_name_of(axis, condition.axis)) key = fmt::format("grid.{}", axis.name);
  });
  if (key.empty()) throw unknown_axis(condition.axis);
  Draft draft;
  std::ranges::find(keys(), key, &Key::name)->read(condition.values, draft);
  return draft.axes;
}

/// Whether a number agrees with one that was named in all of its digits, of which there are at least `fewest`.
bool agrees(double value, double named, int fewest) {
  const std::string given = shortest(std::abs(named));
  const auto mantissa = std::string_view(given).substr(0, given.find('e'));
  const std::size_t first = std::min(mantissa.find_first_not_of("0."), mantissa.size());
  const auto digits = static_cast<int>(std::ranges::count_if(mantissa.substr(first), [](char c) { return c != '.'; }));
  return fmt::format("{:.{}e}", value, std::max(digits, fewest) - 1) ==
         fmt::format("{:.{}e}", named, std::max(digits, fewest) - 1);
}

/// Return the values of an axis with numbers replaced by those of `named` with which they agree: what tables print in
/// six digits is found by these. In equalities fewer digits suffice.
template <typename Value>
std::vector<Value> as_named(std::vector<Value> values, const std::vector<Value>& named, const Condition& condition) {
  if constexpr (std::is_same_v<Value, double>) {
    const bool equality = condition.relation == "=" || condition.relation == "!=";
    for (const double number : named) {
      if (std::ranges::find(values, number) != values.end()) continue;
      for (double& value : values)
        if (agrees(value, number, equality ? 3 : 6)) value = number;
    }
  }
  return values;
}

/// Whether a value fulfils a condition whose values are `named`.
template <typename Value>
bool fulfils(const Condition& condition, const Value& value, const std::vector<Value>& named) {
  const std::string_view relation = condition.relation;
  const bool equality = relation == "=" || relation == "!=";
  if (named.empty() || (!equality && (named.size() > 1 || !std::is_arithmetic_v<Value>)))
    throw Error(in_quotes(condition.values) + " cannot follow " + in_quotes(relation),
                std::is_arithmetic_v<Value> ? "one number is compared" : "names have no order", remedy);
  const bool among = std::ranges::find(named, value) != named.end();
  if (relation == "!=") return !among;
  if constexpr (std::is_arithmetic_v<Value>)
    if (!among && !equality) return (value < named.front()) == relation.starts_with('<');
  return among && relation.ends_with('=');
}

}  // namespace

Shard parse_shard(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto number = parse<std::uint64_t>(text.substr(0, slash)).number;
  const auto count = parse<std::uint64_t>(text.substr(std::min(slash + 1, text.size()))).number;
  if (!number || !count || *number < 1 || *number > *count || *count > most_shards)
    throw Error(in_quotes(text) + " is not a shard",
                fmt::format("a shard is k/K with whole numbers 1 <= k <= K <= {}", most_shards),
                "Write e.g. 1/5, and 2/5 to 5/5 for the others");
  return {*number, *count};
}

Selection::Selection(const Grid& grid)
    : values_(grid.values()), axis_sizes_(grid.axis_sizes()), combination_size_(grid.combination_size()) {
  for (std::size_t axis = 0; axis < axis_count; ++axis) kept_[axis].assign(axis_sizes_[axis], true);
}

void Selection::keep_where(std::string_view conditions) {
  for (const std::string_view condition : split(conditions, ",")) keep_condition(condition);
}

void Selection::keep_condition(std::string_view text) {
  const Condition condition = parse_condition(text);
  const AxisValues named = read_values(condition);
  std::size_t position = 0;
  for_each_axis([&](const auto& axis) {
    std::vector<bool>& kept = kept_[position++];
    if (!is_name_of(axis, condition.axis)) return;
    const auto values = as_named(values_.*axis.values, named.*axis.values, condition);
    for (std::size_t i = 0; i < kept.size(); ++i)
      kept[i] = fulfils(condition, values[i], named.*axis.values) && kept[i];
    if (std::ranges::find(kept, true) != kept.end()) return;
    throw Error(in_quotes(trimmed(text)) + " leaves nothing",
                "the axis has " + in_quotes(to_text(coordinates(values_.*axis.values))),
                "Ask for values that the axis has");
  });
}

bool Selection::contains(ConfigurationId id) const {
  const AxisCounts positions = axis_positions(id, axis_sizes_);
  for (std::size_t axis = 0; axis < axis_count; ++axis)
    if (!kept_[axis][positions[axis]]) return false;
  const std::uint64_t combination = value(id) / combination_size_;
  const std::uint64_t offset = value(id) % combination_size_;
  // The stretch p of the combination that holds `offset`: floor(p S / K) <= offset < floor((p + 1) S / K).
  const std::uint64_t stretch = ((offset + 1) * shard_.count - 1) / combination_size_;
  return (stretch + combination) % shard_.count == shard_.number - 1;
}

}  // namespace flatsweep::job

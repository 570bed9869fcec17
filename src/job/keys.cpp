#include "job/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"
#include "job/characters.hpp"
#include "job/values.hpp"

namespace flatsweep::job {
namespace {

template <typename Value>
std::vector<Value> parse_values(std::string_view text, [[maybe_unused]] Value (*parse)(std::string_view)) {
  if constexpr (std::is_same_v<Value, double>) {
    return parse_numbers(text);
  } else if constexpr (std::is_integral_v<Value>) {
    const std::vector<std::int64_t> integers = parse_integers(text);
    return {integers.begin(), integers.end()};
  } else {
    std::vector<Value> values;
    for (const std::string_view word : words(text)) values.push_back(parse(word));
    if (values.size() > most_values) throw too_many_values();
    return values;
  }
}

template <typename Value>
Key axis_key(const AxisRow<Value>& axis) {
  const auto values = axis.values;
  return {.name = fmt::format("grid.{}", axis.name),
          .meaning = fmt::format("{}: {}", axis.long_name, axis.range),
          .example = std::string(axis.example),
          .required = (AxisValues().*values).empty(),
          .in_digest = axis.in_digest,
          .read = [values, parse = axis.parse](std::string_view text,
                                               Draft& draft) { draft.axes.*values = parse_values<Value>(text, parse); },
          .write = [values](const Draft& draft) { return to_text(coordinates(draft.axes.*values)); }};
}

/// Return the canonical text of a setting.
template <typename Value>
std::string written(const Value& value) {
  if constexpr (std::is_same_v<Value, bool>)
    return value ? "on" : "off";
  else if constexpr (std::is_same_v<Value, Index>)
    return std::to_string(value);
  else if constexpr (std::is_same_v<Value, double>)
    return shortest(value);
  else if constexpr (std::is_same_v<Value, std::vector<double>>)
    return to_text(value);
  else
    return to_string(value);
}

template <typename Value>
Key setting_key(std::string name, std::string meaning, std::string example, InDigest in_digest,
                Value Settings::*setting, Value (*parse)(std::string_view)) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .example = std::move(example),
          .required = false,
          .in_digest = in_digest,
          .read = [=](std::string_view text, Draft& draft) { draft.settings.*setting = parse(text); },
          .write = [=](const Draft& draft) { return written(draft.settings.*setting); }};
}

void read_name(std::string_view text, Draft& draft) {
  if (!is_job_name(text))
    throw Error(in_quotes(text) + " is not a name", "a name is one line of 1 to 200 bytes, without # and outer spaces",
                "Write e.g. `name = my-sweep`");
  draft.name = text;
}

Index parse_test_samples(std::string_view text) {
  constexpr Index most = 1'000'000'000;
  const Index test_samples = parse_integer(text);
  if (test_samples < 0 || test_samples > most)
    throw Error(setting("test_samples", test_samples) + " is out of range",
                fmt::format("it takes a whole number from 0 to {}", most), "Write 0 for off, or e.g. 10000");
  return test_samples;
}

double parse_train_level(std::string_view word) {
  constexpr double most = 1e3;
  const double level = parse_number(word);
  if (!(level > 0.0 && level <= most))
    throw Error(setting("level", level) + " is out of range", fmt::format("it takes a positive number up to {}", most),
                "Write e.g. 0.3");
  return level;
}

Index parse_train_steps(std::string_view word) {
  constexpr Index most = 1'000'000'000;
  const Index steps = parse_integer(word);
  if (steps < 1 || steps > most)
    throw Error(setting("steps", steps) + " is out of range", fmt::format("it takes a whole number from 1 to {}", most),
                "Write e.g. 20000");
  return steps;
}

std::vector<double> parse_ridge(std::string_view text) {
  std::vector<double> ridge = parse_numbers(text);
  if (ridge.empty())
    throw Error("`ridge` has no values", "it is an axis of the results", "Write positive numbers, e.g. 1e-3 1e-1 10");
  if (const double smallest = std::ranges::min(ridge); smallest <= 0.0)
    throw Error(setting("ridge", smallest) + " is out of range", "it takes positive numbers",
                "Write e.g. 1e-3 1e-1 10");
  if (const auto duplicate = find_duplicate(ridge))
    throw Error(setting("ridge", *duplicate) + " stands twice",
                "the values of an axis are its coordinates and must differ", "Remove one of the two");
  return ridge;
}

/// To add a setting, add its row here with InDigest::unless_default.
std::vector<Key> make_keys() {
  using enum InDigest;
  std::vector<Key> list = {{.name = "name",
                            .meaning = "name of the job, for people: one line without #",
                            .example = "my-sweep",
                            .required = false,
                            .in_digest = unless_default,
                            .read = read_name,
                            .write = [](const Draft& draft) { return draft.name; }}};
  for_each_axis([&](const auto& axis) { list.push_back(axis_key(axis)); });
  const std::vector<Key> settings = {
      setting_key("train.level",
                  "strength of label_noise, sam and weight_decay: their penalty at the first interpolator is level^2 "
                  "mean y^2; a positive number",
                  "0.1", unless_default, &Settings::train_level, parse_train_level),
      setting_key("train.steps", "steps of label_noise, sam and weight_decay at full strength: a whole number", "5000",
                  unless_default, &Settings::train_steps, parse_train_steps),
      setting_key("measure.test_samples",
                  "Monte Carlo points a configuration: a whole number; 0: 10000 for the link quadratic_form, else off",
                  "10000", always, &Settings::test_samples, parse_test_samples),
      setting_key("measure.spectrum", "hessian_max, soft_rank, activation_max and _min: on or off", "on", always,
                  &Settings::spectrum, parse_switch),
      setting_key("measure.ridge", "ridges of soft_rank, in units of the mean eigenvalue: positive numbers",
                  "1e-3 1e-1 10", always, &Settings::ridge, parse_ridge),
      setting_key("measure.best_loss", "smallest loss these features allow: on or off", "on", always,
                  &Settings::best_loss, parse_switch),
      setting_key("output.outer_weights", "outer weights of every configuration in the results: on or off", "on",
                  always, &Settings::outer_weights, parse_switch),
  };
  list.insert(list.end(), settings.begin(), settings.end());
  return list;
}

}  // namespace

const std::vector<Key>& keys() {
  static const std::vector<Key> list = make_keys();
  return list;
}

std::string_view name_today(std::string_view key) {
  const auto* former = std::ranges::find(former_keys, key, &FormerKey::name);
  return former == former_keys.end() ? key : former->name_today;
}

std::string section_of(std::string_view key) {
  const std::size_t dot = key.rfind('.');
  return std::string(key.substr(0, dot == std::string_view::npos ? 0 : dot));
}

std::string leaf_of(std::string_view key) { return std::string(key.substr(key.rfind('.') + 1)); }

bool is_job_name(std::string_view text) {
  return !text.empty() && text.size() <= 200 && trimmed(text) == text &&
         text.find_first_of("#\t") == std::string_view::npos && is_plain(text);
}

}  // namespace flatsweep::job

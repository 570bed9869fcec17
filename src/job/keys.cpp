#include "job/keys.hpp"

#include <algorithm>
#include <type_traits>

#include "flatsweep/core/text.hpp"
#include "job/job_text.hpp"
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
  const AxisValues defaults;
  return {.name = "grid." + std::string(axis.name),
          .meaning = std::string(axis.long_name) + ": " + std::string(axis.range),
          .example = std::string(axis.example),
          .required = (defaults.*values).empty(),
          .in_digest = axis.in_digest,
          .read = [values, parse = axis.parse](std::string_view text,
                                               Draft& draft) { draft.axes.*values = parse_values<Value>(text, parse); },
          .write = [values](const Draft& draft) { return to_text(coordinates(draft.axes.*values)); }};
}

template <typename Value, typename Parse, typename Write>
Key setting_key(std::string name, std::string meaning, std::string example, Value Settings::*setting, Parse parse,
                Write write) {
  return {.name = std::move(name),
          .meaning = std::move(meaning),
          .example = std::move(example),
          .required = false,
          .in_digest = InDigest::unless_default,
          .read = [=](std::string_view text, Draft& draft) { draft.settings.*setting = parse(text); },
          .write = [=](const Draft& draft) { return std::string(write(draft.settings.*setting)); }};
}

Key switch_key(std::string name, std::string meaning, bool Settings::*setting) {
  return setting_key(
      std::move(name), std::move(meaning), "on", setting, parse_switch, [](bool on) { return on ? "on" : "off"; });
}

Key name_key() {
  return {.name = "name",
          .meaning = "name of the job, for people: one line without #",
          .example = "my-sweep",
          .required = false,
          .in_digest = InDigest::unless_default,
          .read =
              [](std::string_view text, Draft& draft) {
                if (!is_job_name(text))
                  throw Error(in_quotes(text) + " is not a name",
                              "a name is one line of 1 to 200 bytes, without # and outer spaces",
                              "Write e.g. `name = my-sweep`");
                draft.name = text;
              },
          .write = [](const Draft& draft) { return draft.name; }};
}

Index parse_test_samples(std::string_view text) {
  constexpr Index most = 1'000'000'000;
  const Index test_samples = parse_integer(text);
  if (test_samples < 0 || test_samples > most) {
    throw Error(in_quotes("test_samples = " + std::to_string(test_samples)) + " is out of range",
                "it takes a whole number from 0 to " + std::to_string(most), "Write 0 for off, or e.g. 10000");
  }
  return test_samples;
}

std::vector<double> parse_ridge(std::string_view text) {
  std::vector<double> ridge = parse_numbers(text);
  if (ridge.empty())
    throw Error("`ridge` has no values", "it is an axis of the results", "Write positive numbers, e.g. 1e-3 1e-1 10");
  if (const double smallest = std::ranges::min(ridge); smallest <= 0.0) {
    throw Error(in_quotes("ridge = " + shortest(smallest)) + " is out of range", "it takes positive numbers",
                "Write e.g. 1e-3 1e-1 10");
  }
  std::vector<double> sorted = ridge;
  std::ranges::sort(sorted);
  if (const auto twin = std::ranges::adjacent_find(sorted); twin != sorted.end()) {
    throw Error(in_quotes("ridge = " + shortest(*twin)) + " stands twice",
                "the values of an axis are its coordinates and must differ", "Remove one of the two");
  }
  return ridge;
}

/// The settings of 0.1, which are part of every digest.
std::vector<Key> first_settings() {
  std::vector<Key> list;
  list.push_back(setting_key(
      "target.coefficients", "coefficients of the target: equal or random", "equal", &Settings::coefficients,
      model::parse_coefficients, [](model::Coefficients value) { return model::to_string(value); }));
  list.push_back(setting_key(
      "target.offset", "offset of the target: a number, or normal:s for one draw a seed", "normal:1", &Settings::offset,
      model::parse_offset, [](const model::Offset& value) { return model::to_string(value); }));
  list.push_back(setting_key(
      "program.objective", "weights of the program: norm or trace", "norm", &Settings::objective,
      model::parse_objective, [](model::Objective value) { return model::to_string(value); }));
  list.push_back(setting_key(
      "measure.test_samples",
      "Monte Carlo points a configuration: a whole number; 0: 10000 for the link quadratic_form, else off", "10000",
      &Settings::test_samples, parse_test_samples, [](Index value) { return std::to_string(value); }));
  list.push_back(switch_key("measure.spectrum", "hessian_max, soft_rank, activation_max and _min: on or off",
                            &Settings::spectrum));
  list.push_back(setting_key("measure.ridge", "ridges of soft_rank, in units of the mean eigenvalue: positive numbers",
                             "1e-3 1e-1 10", &Settings::ridge, parse_ridge,
                             [](const std::vector<double>& value) { return to_text(value); }));
  list.push_back(
      switch_key("measure.best_loss", "smallest loss these features allow: on or off", &Settings::best_loss));
  list.push_back(switch_key("output.outer_weights", "outer weights of every configuration in the results: on or off",
                            &Settings::outer_weights));
  for (Key& key : list) key.in_digest = InDigest::always;
  return list;
}

std::vector<Key> make_keys() {
  std::vector<Key> list = {name_key()};
  for_each_axis([&](const auto& axis) { list.push_back(axis_key(axis)); });
  for (Key& key : first_settings()) list.push_back(std::move(key));
  return list;
}

}  // namespace

const std::vector<Key>& keys() {
  static const std::vector<Key> list = make_keys();
  return list;
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

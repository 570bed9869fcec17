#include "flatsweep/job/axes.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace flatsweep;
using namespace flatsweep::job;

TEST_CASE("an axis has as many values as its list, whatever their type", "[job]") {
  CHECK(Axis{"gamma", "", "1", std::vector<double>{0.1, 0.2, 0.3}}.size() == 3);
  CHECK(Axis{"seed", "", "1", std::vector<std::int64_t>{7}}.size() == 1);
  CHECK(Axis{"link", "", "1", std::vector<std::string>{"matched", "tanh"}}.size() == 2);
}

TEST_CASE("every axis has a row with all its texts, and a default of its own in both uses", "[job]") {
  std::set<std::string_view> names;
  const Configuration configuration{
      {.activation = model::Activation::parse("relu"), .link = model::Link::parse("matched")}};
  const AxisValues defaults;
  for_each_axis([&](const auto& row) {
    CAPTURE(row.name);
    CHECK(names.insert(row.name).second);
    for (const std::string_view text : {row.long_name, row.units, row.range, row.example}) CHECK_FALSE(text.empty());
    const auto& values = defaults.*row.values;
    if (values.empty()) return;
    CHECK(values.size() == 1);
    CHECK(values.front() == configuration.*row.value);
    CHECK(row.within(values.front()));
  });
  CHECK(names.size() == axis_count);
}

TEST_CASE("a configuration is described by the values of its axes", "[job]") {
  const Configuration configuration{{.activation = model::Activation::parse("leaky_relu:0.1"),
                                     .link = model::Link::parse("tanh"),
                                     .noise = 0.25,
                                     .d = 20,
                                     .seed = 7,
                                     .gamma = 0.1}};
  const std::string text = describe(configuration);
  CHECK(text.starts_with("leaky_relu:0.1, tanh, flattest, "));
  for (const char* part : {", noise = 0.25", ", d = 20, ", ", seed = 7", ", gamma = 0.1"})
    CHECK(text.find(part) != std::string::npos);
  const std::vector<std::string_view> left_out = {"seed", "link"};
  const std::string shorter = describe(configuration, left_out);
  CHECK(shorter.starts_with("leaky_relu:0.1, flattest, "));
  CHECK(shorter.find("seed") == std::string::npos);
}

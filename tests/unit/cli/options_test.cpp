#include "cli/options.hpp"

#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"

using namespace flatsweep;
using namespace flatsweep::cli;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;
using Catch::Matchers::StartsWith;

namespace {

Command cook_command() {
  return {
      .name = "cook",
      .brief = "cook a meal",
      .synopsis = "JOB -o FILE [OPTIONS]",
      .summary = "Cooks.",
      .operands = {"JOB"},
      .required = {"JOB", "output"},
      .options = {{"output,o", "FILE", "the meal"},
                  {"hot", "", "serve hot"},
                  {"plates", "N", "number of plates"},
                  {"time", "TIME", ""}},
      .groups = {{"Settings", {{"grid.gamma", "VALUE", "an axis"}}}},
  };
}

Command wash_command() {
  return {
      .name = "wash",
      .brief = "wash the dishes",
      .synopsis = "FILE... [OPTIONS]",
      .summary = "Washes.",
      .operands = {"FILE..."},
      .options = {{"soap", "KIND", ""}, {"gamma", "VALUE", ""}},
  };
}

Options parse_meal(Arguments more) {
  more.insert(more.begin(), {"a.ini", "-o", "b.h5"});
  return parse(cook_command(), more, {wash_command()});
}

}  // namespace

TEST_CASE("operands, flags and values are found by their long names", "[cli]") {
  const Options options = parse_meal({"--hot", "--grid.gamma=0.5", "--plates", "7"});
  CHECK(options.required("JOB") == "a.ini");
  CHECK(options.required("output") == "b.h5");
  CHECK(options.has("hot"));
  CHECK(options.text("grid.gamma") == "0.5");
  CHECK(options.whole_number("plates", 1, 10) == 7);
  CHECK_FALSE(options.has("time"));
  CHECK_FALSE(options.text("time"));
  CHECK_FALSE(options.whole_number("time", 1));
  CHECK_FALSE(options.duration("time"));
  CHECK_THROWS_AS(options.required("time"), ContractViolation);
  CHECK(parse(wash_command(), {"x", "y"}).texts("FILE...") == Arguments{"x", "y"});
  CHECK(parse(wash_command(), {}).texts("FILE...").empty());
}

TEST_CASE("what is missing is named with the usage", "[cli]") {
  CHECK_THROWS_WITH(
      parse(cook_command(), {"-o", "b"}),
      Equals("JOB is missing (flatsweep cook cannot do without). Write flatsweep cook JOB -o FILE [OPTIONS]."));
  CHECK_THROWS_WITH(parse(cook_command(), {"a"}), StartsWith("--output: the option is missing"));
  CHECK(parse(cook_command(), {"--help"}).has("help"));
  CHECK(parse(cook_command(), {"-h"}).has("help"));
}

TEST_CASE("an unknown option is told from one of another command", "[cli]") {
  CHECK_THROWS_WITH(parse_meal({"--hott"}), StartsWith("--hott: unknown option") && Contains("Did you mean --hot?"));
  CHECK_THROWS_WITH(parse_meal({"--soap=x"}), StartsWith("--soap: the option belongs to flatsweep wash"));
  CHECK_THROWS_WITH(parse_meal({"--gamma", "1"}), Contains("Did you mean --grid.gamma?"));
  CHECK_THROWS_WITH(parse(wash_command(), {"-o", "x"}, {cook_command()}), Contains("belongs to flatsweep cook"));
  CHECK_THROWS_AS(parse_meal({"--plate=3"}), Error);
}

TEST_CASE("what Boost cannot read is an error with a remedy", "[cli]") {
  CHECK_THROWS_WITH(parse_meal({"c.ini"}), StartsWith("too many operands"));
  CHECK_THROWS_WITH(parse_meal({"--plates"}),
                    Contains("plates") && Contains("flatsweep cook --help lists the options"));
  CHECK_THROWS_WITH(parse_meal({"--time=1", "--time=2"}), Contains("time"));
}

TEST_CASE("whole numbers have bounds", "[cli]") {
  for (const char* text : {"0", "11", "two", "3x", "-1", "99999999999999999999"}) {
    CAPTURE(text);
    const Options options = parse_meal({std::string("--plates=") + text, "--hot"});
    CHECK_THROWS_WITH(options.whole_number("plates", 1, 10), StartsWith("--plates: `"));
  }
}

TEST_CASE("durations are seconds, minutes or hours", "[cli]") {
  const auto seconds = [](const std::string& text) { return parse_meal({"--time=" + text}).duration("time")->count(); };
  CHECK(seconds("90") == 90.0);
  CHECK(seconds("90s") == 90.0);
  CHECK(seconds("55m") == 3300.0);
  CHECK(seconds("1.5h") == 5400.0);
  for (const char* text : {"5x", "-5m", "0", "m", "inf", "1e10", "nan"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(seconds(text), StartsWith("--time: `"));
  }
}

TEST_CASE("the help has usage, summary and every option", "[cli]") {
  const std::string page = help_page(cook_command());
  CHECK_THAT(page, StartsWith("usage: flatsweep cook JOB -o FILE [OPTIONS]\n\nCooks.\n\n"));
  for (const char* text : {"-o [ --output ] FILE", "serve hot", "Settings:", "--grid.gamma VALUE", "-h [ --help ]"})
    CHECK_THAT(page, Contains(text));
}

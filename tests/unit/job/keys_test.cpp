#include "job/keys.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

using namespace flatsweep::job;

TEST_CASE("keys are distinct, also by their last part", "[job]") {
  std::set<std::string> leaves;
  for (const Key& key : keys()) leaves.insert(leaf_of(key.name));
  CHECK(leaves.size() == keys().size());
}

TEST_CASE("every key reads its own example and writes text that reads back", "[job]") {
  for (const Key& key : keys()) {
    CAPTURE(key.name);
    Draft draft;
    key.read(key.example, draft);
    const std::string canonical = key.write(draft);
    CHECK_FALSE(canonical.empty());
    Draft again;
    key.read(canonical, again);
    CHECK(key.write(again) == canonical);
  }
}

TEST_CASE("a key touches nothing but its own value", "[job]") {
  for (const Key& key : keys()) {
    Draft draft;
    key.read(key.example, draft);
    for (const Key& other : keys()) {
      CAPTURE(key.name, other.name);
      if (&other != &key) CHECK(other.write(draft) == other.write(Draft{}));
    }
  }
}

TEST_CASE("a name splits into section and leaf", "[job]") {
  CHECK(section_of("grid.gamma") == "grid");
  CHECK(leaf_of("grid.gamma") == "gamma");
  CHECK(section_of("name").empty());
  CHECK(leaf_of("name") == "name");
}

TEST_CASE("the README of the jobs has every key under its section, with its default", "[job]") {
  std::ifstream file(FLATSWEEP_JOBS "/README.md");
  std::string section;
  std::set<std::string> documented;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("### `[")) section = line.substr(6, line.find(']') - 6);
    for (const Key& key : keys()) {
      if (section_of(key.name) != section || !line.starts_with("| `" + leaf_of(key.name) + "` |")) continue;
      CAPTURE(line);
      documented.insert(key.name);
      std::string fallback = line.substr(0, line.rfind(" |"));
      fallback.erase(0, fallback.rfind("| ") + 2);
      std::erase(fallback, '`');
      Draft draft;
      if (key.required) {
        CHECK(fallback == "must be given");
      } else {
        key.read(fallback, draft);
        CHECK(key.write(draft) == key.write(Draft{}));
      }
    }
  }
  for (const Key& key : keys()) {
    CAPTURE(key.name);
    if (key.name != "name") CHECK(documented.contains(key.name));
  }
}

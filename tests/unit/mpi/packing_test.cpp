#include "flatsweep/mpi/packing.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "flatsweep/core/error.hpp"

namespace flatsweep::mpi {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Point {
  double x;
  int y;
  bool operator==(const Point&) const = default;
};

/// Has members that are not trivially copyable, so it lists them.
struct Person {
  std::string name;
  std::vector<Point> path;
  Colour colour = Colour::red;

  static auto members(auto& self) { return std::tie(self.name, self.path, self.colour); }
  bool operator==(const Person&) const = default;
};

}  // namespace

TEMPLATE_TEST_CASE("numbers come back as they were", "[mpi]", bool, char, std::uint64_t, double) {
  const TestType value = std::numeric_limits<TestType>::max();
  CHECK(pack(value).size() == sizeof(TestType));
  CHECK(unpack<TestType>(pack(value)) == value);
}

TEST_CASE("texts, vectors and structs come back as they were", "[mpi]") {
  const std::string text("zero\0inside", 11);
  CHECK(unpack<std::string>(pack(text)) == text);
  CHECK(unpack<std::string>(pack(std::string_view(text))) == text);
  CHECK(unpack<std::string>(pack("literal")) == "literal");
  CHECK(unpack<std::string>(pack(std::string())).empty());

  const std::vector<std::string> texts = {"", "one", text};
  CHECK(unpack<std::vector<std::string>>(pack(texts)) == texts);
  CHECK(unpack<std::vector<bool>>(pack(std::vector<bool>{true, false})) == std::vector<bool>{true, false});
  CHECK(unpack<Point>(pack(Point{0.1, -3})) == Point{0.1, -3});
  CHECK(unpack<std::array<int, 3>>(pack(std::array<int, 3>{1, 2, 3})) == std::array<int, 3>{1, 2, 3});

  const std::vector<Person> people = {{"Ada", {{1, 2}, {3, 4}}, Colour::green}, {}};
  CHECK(unpack<std::vector<Person>>(pack(people)) == people);
}

TEST_CASE("values are read in the order in which they were packed", "[mpi]") {
  const Bytes bytes = pack(7, std::string("text"), std::vector<double>{0.5, 0.25});
  Unpacker unpacker(bytes);
  CHECK(unpacker.get<int>() == 7);
  CHECK(unpacker.get<std::string>() == "text");
  CHECK_THROWS_AS(unpacker.finish(), ContractViolation);
  CHECK(unpacker.get<std::vector<double>>() == std::vector<double>{0.5, 0.25});
  CHECK_NOTHROW(unpacker.finish());
}

TEST_CASE("a message of another length breaks the contract", "[mpi]") {
  const Bytes bytes = pack(std::string("four"));
  for (std::size_t length = 0; length < bytes.size(); ++length)
    CHECK_THROWS_AS(unpack<std::string>(std::span(bytes).first(length)), ContractViolation);
  CHECK_THROWS_AS(unpack<int>(pack(1, 2)), ContractViolation);
}

}  // namespace flatsweep::mpi

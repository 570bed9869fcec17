#include "flatsweep/core/contract.hpp"

#include <catch2/catch.hpp>

using namespace flatsweep;

namespace {

void halve_even(int number) { expects(number % 2 == 0); }

}  // namespace

TEST_CASE("kept contracts are silent", "[core]") {
  CHECK_NOTHROW(expects(true));
  CHECK_NOTHROW(ensures(true));
}

TEST_CASE("a broken precondition names the function and the line that states it", "[core]") {
  try {
    halve_even(3);
    FAIL("the contract is broken");
  } catch (const ContractViolation& violation) {
    const std::string message = violation.what();
    CAPTURE(message);
    CHECK(message.find("precondition violated in") == 0);
    CHECK(message.find("halve_even") != std::string::npos);
    CHECK(message.find("contract_test.cpp:9)") != std::string::npos);
  }
}

TEST_CASE("a broken postcondition is a logic error, not bad input", "[core]") {
  CHECK_THROWS_AS(ensures(false), std::logic_error);
  CHECK_THROWS_WITH(ensures(false), Catch::StartsWith("postcondition violated in"));
}

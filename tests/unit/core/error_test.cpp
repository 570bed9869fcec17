#include "flatsweep/core/error.hpp"

#include <catch2/catch.hpp>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "flatsweep/core/stop_request.hpp"

using namespace flatsweep;

namespace {

void halve_even(int number) { expects(number % 2 == 0); }

}  // namespace

TEST_CASE("an error reads problem (why). remedy.", "[core]") {
  const std::string expected = "gamma = 2 (it is a correlation). Write a number in [0, 1].";
  CHECK(std::string(Error("gamma = 2", "it is a correlation", "Write a number in [0, 1]").what()) == expected);
  CHECK(std::string(Error("gamma = 2", "it is a correlation", "Write a number in [0, 1].").what()) == expected);
}

TEST_CASE("an error without a reason has no empty parentheses", "[core]") {
  CHECK(std::string(Error("no job", "", "Name a job file").what()) == "no job. Name a job file.");
}

TEST_CASE("an error is located without a change of its text, and located again from outside", "[core]") {
  const Error error("unknown key", "gama", "Did you mean gamma?");
  const Error located = error.at("fig2.ini:7");
  CHECK(std::string(located.what()) == "fig2.ini:7: unknown key (gama). Did you mean gamma?");
  CHECK(std::string(error.what()) == "unknown key (gama). Did you mean gamma?");
  CHECK_FALSE(error.has_place());
  CHECK(located.has_place());
  CHECK(std::string(located.at("run").what()) == "run: fig2.ini:7: unknown key (gama). Did you mean gamma?");
}

TEST_CASE("a file in use is not an error of the user's input", "[core]") {
  try {
    throw FileInUse("held");
  } catch (const Error&) {
    FAIL("FileInUse is an Error");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "held");
  }
}

TEST_CASE("the nearest word is the one of the fewest edits", "[core]") {
  const std::vector<std::string> words = {"activation", "gamma", "link", "noise", "seed"};
  CHECK(nearest_word("gamma", words) == "gamma");
  CHECK(nearest_word("gama", words) == "gamma");   // insertion
  CHECK(nearest_word("links", words) == "link");   // deletion
  CHECK(nearest_word("nosie", words) == "noise");  // two replacements
  CHECK(nearest_word("activatoin", words) == "activation");
  CHECK(nearest_word("zzzz", {words.data() + 2, 3}) == "link");  // ties: the first
  CHECK(nearest_word("", words) == "link");                      // the shortest
}

TEST_CASE("no candidates, no nearest word", "[core]") { CHECK(nearest_word("gamma", {}).empty()); }

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
    CHECK(message.find("error_test.cpp:15)") != std::string::npos);
  }
}

TEST_CASE("a broken postcondition is a logic error, not bad input", "[core]") {
  CHECK_THROWS_AS(ensures(false), std::logic_error);
  CHECK_THROWS_WITH(ensures(false), Catch::StartsWith("postcondition violated in"));
}

TEST_CASE("an exception stands for an exit code by its type", "[core]") {
  CHECK(exit_code_of(nullptr) == ExitCode::done);
  CHECK(exit_code_of(std::make_exception_ptr(Error("wrong", "", "Mend it"))) == ExitCode::bad_input);
  CHECK(exit_code_of(std::make_exception_ptr(FileInUse("busy"))) == ExitCode::file_in_use);
  CHECK(exit_code_of(std::make_exception_ptr(std::bad_alloc())) == ExitCode::fault);
  CHECK(exit_code_of(std::make_exception_ptr(ContractViolation("precondition", {}))) == ExitCode::fault);
  CHECK(exit_code_of(std::make_exception_ptr(Stopped{})) == ExitCode::fault);
}

TEST_CASE("only a run with the exit code 0 or 3 did everything it was asked to", "[core]") {
  for (int code = 0; code < 256; ++code) CHECK(is_finished(static_cast<ExitCode>(code)) == (code == 0 || code == 3));
}

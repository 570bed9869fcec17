#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"
#include "job/values.hpp"

using namespace flatsweep::job;
using Words = std::vector<std::string_view>;

TEST_CASE("white space separates words, except inside parentheses", "[job]") {
  CHECK(words("").empty());
  CHECK(words(" \t ").empty());
  CHECK(words("a") == Words{"a"});
  CHECK(words("  a\t b  ") == Words{"a", "b"});
  CHECK(words("0.1 lin(0, 1, 5) 2") == Words{"0.1", "lin(0, 1, 5)", "2"});
  CHECK(words("lin(0, 1, 5)0.3 x") == Words{"lin(0, 1, 5)0.3", "x"});
  CHECK(words("log(1, 2") == Words{"log(1, 2"});
  CHECK(words("a) b") == Words{"a)", "b"});
}

TEST_CASE("a comma between values is refused with the list as it should be", "[job]") {
  CHECK_THROWS_WITH(words("relu,quadratic, abs"), Catch::Contains("Write `relu quadratic abs`."));
  CHECK_THROWS_WITH(words("lin(0, 1, 5),1"), Catch::Contains("Write `lin(0, 1, 5) 1`."));
  CHECK_THROWS_AS(words("0,5"), flatsweep::Error);
}

TEST_CASE("trimming removes white space at both ends only", "[job]") {
  CHECK(trimmed(" a b \r\n") == "a b");
  CHECK(trimmed(" \n").empty());
}

TEST_CASE("quoted text is cut without splitting a UTF-8 character", "[job]") {
  CHECK(in_quotes("gamma") == "`gamma`");
  CHECK(in_quotes(std::string(60, 'x')) == "`" + std::string(60, 'x') + "`");
  CHECK(in_quotes(std::string(61, 'x')) == "`" + std::string(60, 'x') + "...`");
  CHECK(in_quotes(std::string(59, 'x') + "\u00e9\u00e9") == "`" + std::string(59, 'x') + "...`");
}

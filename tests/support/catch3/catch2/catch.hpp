#pragma once

// Catch2 3 under the names of Catch2 2, in which the tests are written; tests/flatsweep_test.cmake has it found first.

#include <catch2/catch_all.hpp>
#include <concepts>
#include <string>
#include <utility>

using Catch::Approx;

namespace Catch {

struct TestEventListenerBase : EventListenerBase {
  using EventListenerBase::EventListenerBase;
};

namespace Matchers {

/// Of a text; the library's own is of ranges.
template <typename Text>
requires std::convertible_to<Text, std::string>
auto Contains(Text&& text) { return ContainsSubstring(std::forward<Text>(text)); }

}  // namespace Matchers

using Matchers::Contains;
using Matchers::EndsWith;
using Matchers::Equals;
using Matchers::StartsWith;

}  // namespace Catch

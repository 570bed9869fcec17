#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "flatsweep/core/error.hpp"

namespace flatsweep::model {

/// The finite number that the whole text spells, if it does.
std::optional<double> parse_number(std::string_view text);

/// The part of `text` behind `prefix`, if it starts so.
std::optional<std::string_view> behind(std::string_view text, std::string_view prefix);

/// The error of a `word` that names no `noun`; suggests the nearest of `known`.
Error unknown(std::string_view noun, std::string_view word, std::span<const std::string> known);

}  // namespace flatsweep::model

#pragma once

#include <cstddef>
#include <cstdint>

/// One input of a fuzzing target: it must end in an answer or in an Error, which the target catches. Whatever
/// else happens leaves this function or ends the process, and is a finding. By libFuzzer's name and
/// signature.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

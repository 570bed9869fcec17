#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace flatsweep {

/// What became of a configuration; the numbers are those of the results file.
enum class Status : std::uint8_t {
  pending,     ///< not done yet
  solved,      ///< with a certificate: residual and gap are within their bounds
  infeasible,  ///< no interpolator exists
  inaccurate,  ///< the certificate misses its bounds
  failed,      ///< ended by an exception, or trained to no interpolator; its message says why
  crashed,     ///< crashed its process, several times
};

/// Indexed by Status.
inline constexpr std::array<std::string_view, 6> status_names = {"pending",    "solved", "infeasible",
                                                                 "inaccurate", "failed", "crashed"};

/// Numbers of rows, indexed by Status.
using StatusCounts = std::array<std::uint64_t, status_names.size()>;

/// Return the name that users see, e.g. `infeasible`.
constexpr std::string_view name(Status status) { return status_names[static_cast<std::size_t>(status)]; }

/// Whether a configuration has measures that can be used: it did not fail or crash.
constexpr bool has_result(Status status) {
  return status == Status::solved || status == Status::infeasible || status == Status::inaccurate;
}

}  // namespace flatsweep

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
  failed,      ///< ended by an exception, which its message describes
  crashed,     ///< crashed its process, several times
};

/// Indexed by Status.
inline constexpr std::array<std::string_view, 6> status_names = {"pending",    "solved", "infeasible",
                                                                 "inaccurate", "failed", "crashed"};

/// Return the name that users see, e.g. `infeasible`.
constexpr std::string_view name(Status status) { return status_names[static_cast<std::size_t>(status)]; }

/// Whether a configuration was run to its end; one that failed or crashed was not.
constexpr bool has_result(Status status) {
  return status == Status::solved || status == Status::infeasible || status == Status::inaccurate;
}

}  // namespace flatsweep

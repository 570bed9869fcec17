#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/sample/stream.hpp"

namespace flatsweep::sample {

/// Orthonormal rows (count x d), Haar-distributed: from the Gaussian numbers of one row of the stream.
/// @pre count <= d
Matrix haar_rows(const Stream& stream, std::uint64_t row, Index count, Index d);

}  // namespace flatsweep::sample

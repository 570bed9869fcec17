#pragma once

namespace flatsweep::test {

/// Return how often this program has called malloc, Eigen's calls included. The program lists
/// counted_allocations.cpp among its sources, and is built without sanitizers, which replace malloc too.
long counted_allocations();

}  // namespace flatsweep::test

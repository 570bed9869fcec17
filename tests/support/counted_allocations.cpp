#include "counted_allocations.hpp"

#include <atomic>
#include <cstdlib>

namespace {

std::atomic<long> allocations = 0;

}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);  // NOLINT(readability-identifier-naming)
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
}

long flatsweep::test::counted_allocations() { return allocations; }

#pragma once

#include <cstdint>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

namespace flatsweep::train {

/// Makes this thread treat denormal numbers as zero while it lives: neurons that die decay through them, four times
/// slower than otherwise. Does nothing on CPUs other than x86-64 and AArch64.
class FlushDenormals {
 public:
  /// Switch it on.
  FlushDenormals() : before_(control()) { set_control(before_ | flush); }
  /// Restore what was.
  ~FlushDenormals() { set_control(before_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__SSE2__)
  static constexpr std::uint64_t flush = 0x8040;  // flush to zero, denormals are zero
  static std::uint64_t control() { return _mm_getcsr(); }
  static void set_control(std::uint64_t value) { _mm_setcsr(static_cast<unsigned>(value)); }
#elif defined(__aarch64__)
  static constexpr std::uint64_t flush = std::uint64_t{1} << 24;
  static std::uint64_t control() {
    std::uint64_t value = 0;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void set_control(std::uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
  static constexpr std::uint64_t flush = 0;
  static std::uint64_t control() { return 0; }
  static void set_control(std::uint64_t) {}
#endif

  std::uint64_t before_;
};

}  // namespace flatsweep::train

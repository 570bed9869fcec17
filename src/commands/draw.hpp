#pragma once

#include <cstdint>
#include <random>

namespace flatsweep::cli {

/// Draws `wanted` of `total` things that come one by one, all choices alike likely, the same one every time.
/// Source: selection sampling, Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S.
class Draw {
 public:
  Draw(std::uint64_t wanted, std::uint64_t total) : wanted_(wanted), left_(total) {}

  /// Whether the next thing is drawn. @pre called at most `total` times
  bool next();

 private:
  std::mt19937_64 random_;
  std::uint64_t wanted_;
  std::uint64_t left_;
};

}  // namespace flatsweep::cli

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace flatsweep::fuzz {

/// What is left of a fuzzer's input.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return bytes_; }

  /// The next byte; 0 after the end.
  std::uint8_t byte();

  /// The next `count` bytes, or fewer at the end.
  std::span<const std::uint8_t> bytes(std::size_t count);

  /// From three bytes.
  std::size_t number();

 private:
  std::span<const std::uint8_t> bytes_;
};

/// A sound HDF5 file, and where damage tells: most of its bytes are numbers that are 0.
class Subject {
 public:
  explicit Subject(std::string bytes);

  /// The file after the edits that the input asks for: bytes flipped, replaced, copied, cleared, cut off.
  /// @param forge whether to mend the checksums of the metadata afterwards, as no accident would
  [[nodiscard]] std::string damaged(Input& input, bool forge) const;

 private:
  struct Block {  // of metadata, its checksum in the last four bytes
    std::size_t begin;
    std::size_t size;
  };

  /// Any place of the file, but most likely one of metadata or other bytes that are not 0.
  std::size_t place(Input& input) const;
  void edit(std::string& bytes, Input& input) const;
  void find_blocks();

  std::string bytes_;
  std::vector<std::size_t> dense_;  // places near a byte that is not 0
  std::vector<Block> blocks_;
};

/// The checksum of HDF5's metadata: lookup3 of Bob Jenkins, in the public domain, with the seed 0.
std::uint32_t metadata_checksum(std::span<const char> bytes);

}  // namespace flatsweep::fuzz

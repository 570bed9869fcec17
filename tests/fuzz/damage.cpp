#include "damage.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>

namespace flatsweep::fuzz {
namespace {

constexpr std::size_t checksum_size = 4;

std::uint32_t word(const char* bytes, std::size_t count = 4) {
  std::uint32_t value = 0;
  for (std::size_t k = 0; k < count; ++k) value |= std::uint32_t{static_cast<unsigned char>(bytes[k])} << (8 * k);
  return value;
}

void put_checksum(std::string& bytes, std::size_t begin, std::size_t size) {
  const std::uint32_t sum = metadata_checksum({bytes.data() + begin, size - checksum_size});
  for (std::size_t k = 0; k < checksum_size; ++k)
    bytes[begin + size - checksum_size + k] = static_cast<char>(sum >> (8 * k));
}

}  // namespace

std::uint32_t metadata_checksum(std::span<const char> bytes) {
  std::size_t left = bytes.size();
  std::uint32_t a = 0xdeadbeef + static_cast<std::uint32_t>(left);
  std::uint32_t b = a;
  std::uint32_t c = a;
  const char* at = bytes.data();
  const auto mix = [](std::uint32_t& x, std::uint32_t& y, std::uint32_t z, int turn) {
    x = (x - y) ^ std::rotl(y, turn);
    y += z;
  };
  for (; left > 12; left -= 12, at += 12) {
    a += word(at), b += word(at + 4), c += word(at + 8);
    mix(a, c, b, 4), mix(b, a, c, 6), mix(c, b, a, 8), mix(a, c, b, 16), mix(b, a, c, 19), mix(c, b, a, 4);
  }
  if (left == 0) return c;
  a += word(at, std::min<std::size_t>(left, 4));
  if (left > 4) b += word(at + 4, std::min<std::size_t>(left - 4, 4));
  if (left > 8) c += word(at + 8, left - 8);
  const auto last = [](std::uint32_t& x, std::uint32_t y, int turn) { x = (x ^ y) - std::rotl(y, turn); };
  last(c, b, 14), last(a, c, 11), last(b, a, 25), last(c, b, 16), last(a, c, 4), last(b, a, 14), last(c, b, 24);
  return c;
}

std::uint8_t Input::byte() {
  if (bytes_.empty()) return 0;
  const std::uint8_t first = bytes_.front();
  bytes_ = bytes_.subspan(1);
  return first;
}

std::span<const std::uint8_t> Input::bytes(std::size_t count) {
  const auto taken = bytes_.first(std::min(count, bytes_.size()));
  bytes_ = bytes_.subspan(taken.size());
  return taken;
}

std::size_t Input::number() {
  const std::size_t high = byte();
  const std::size_t middle = byte();
  return high << 16U | middle << 8U | byte();
}

Subject::Subject(std::string bytes) : bytes_(std::move(bytes)) {
  constexpr std::size_t around = 8;
  std::size_t next = 0;
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (bytes_[i] == '\0') continue;
    for (next = std::max(next, i - std::min(i, around)); next < std::min(i + around, bytes_.size()); ++next)
      dense_.push_back(next);
  }
  find_blocks();
}

void Subject::find_blocks() {
  constexpr std::size_t superblock_size = 48;
  constexpr std::size_t largest = 2048;
  constexpr std::array<std::string_view, 6> signatures = {"OHDR", "OCHK", "FRHP", "BTHD", "BTIN", "BTLF"};
  blocks_.push_back({0, superblock_size});
  for (const std::size_t begin : dense_) {
    if (bytes_[begin] < 'B' || begin < superblock_size || begin + 2 * checksum_size > bytes_.size()) continue;
    const std::string_view signature(bytes_.data() + begin, 4);
    if (std::ranges::find(signatures, signature) == signatures.end()) continue;
    for (std::size_t size = 2 * checksum_size; size <= std::min(largest, bytes_.size() - begin); ++size) {
      if (metadata_checksum({bytes_.data() + begin, size - checksum_size}) !=
          word(bytes_.data() + begin + size - checksum_size))
        continue;
      blocks_.push_back({begin, size});
      break;
    }
  }
}

std::size_t Subject::place(Input& input) const {
  constexpr std::size_t anywhere = 1U << 23U;
  const std::size_t number = input.number();
  if (number >= anywhere || dense_.empty()) return (number - std::min(number, anywhere)) % bytes_.size();
  return dense_[number % dense_.size()];
}

void Subject::edit(std::string& bytes, Input& input) const {
  const std::uint8_t kind = input.byte();
  const std::size_t at = place(input);
  if (at >= bytes.size()) return;
  const std::size_t count = std::min<std::size_t>(1 + (kind >> 3U), bytes.size() - at);
  switch (kind % 8) {
    case 0:
    case 1:
      bytes[at] ^= static_cast<char>(1U << (kind >> 3U) % 8);
      break;
    case 2:
      std::ranges::copy(input.bytes(count), bytes.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 3:
      bytes.resize(at);
      break;
    case 4: {
      const std::size_t from = place(input);
      const std::size_t length = std::min({count * 8, bytes.size() - at, bytes_.size() - from});
      std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(from), length,
                  bytes.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    }
    case 5:
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, '\xff');
      break;
    case 6:
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, '\0');
      break;
    default:
      bytes[at] = static_cast<char>(bytes[at] + (kind >> 3U) - 16);
  }
}

std::string Subject::damaged(Input& input, bool forge) const {
  constexpr int most_edits = 64;
  std::string bytes = bytes_;
  for (int edits = 0; edits < most_edits && !input.empty(); ++edits) edit(bytes, input);
  if (!forge) return bytes;
  for (const Block& block : blocks_)
    if (block.begin + block.size <= bytes.size() &&
        !std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(block.begin),
                    bytes.begin() + static_cast<std::ptrdiff_t>(block.begin + block.size),
                    bytes_.begin() + static_cast<std::ptrdiff_t>(block.begin)))
      put_checksum(bytes, block.begin, block.size);
  return bytes;
}

}  // namespace flatsweep::fuzz

#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "flatsweep/core/error.hpp"

/// Values as the bytes of a message. Packable are trivially copyable types without pointers, std::string, std::vector
/// of packable types, and structs of packable members that list them: `static auto members(auto& self) { return
/// std::tie(self.rank, self.host); }`. Ranks of one run share one build, so numbers travel as they lie in memory.
namespace flatsweep::mpi {

using Bytes = std::vector<std::byte>;  ///< the content of a message

/// A struct that lists its members for packing.
template <typename T>
concept HasMembers = requires(T& value) {
  T::members(value);
};

/// Whether T is a std::vector.
template <typename T>
inline constexpr bool is_vector = false;
template <typename T>
inline constexpr bool is_vector<std::vector<T>> = true;

/// Append one packable value, or a std::string_view that Unpacker::get<std::string>() reads.
template <typename T>
void append(Bytes& bytes, const T& value) {
  if constexpr (std::convertible_to<const T&, std::string_view>) {
    const std::string_view text = value;
    append(bytes, text.size());
    const auto content = std::as_bytes(std::span(text));
    bytes.insert(bytes.end(), content.begin(), content.end());
  } else if constexpr (is_vector<T>) {
    append(bytes, value.size());
    for (const typename T::value_type& element : value) append(bytes, element);
  } else if constexpr (HasMembers<const T>) {
    std::apply([&bytes](const auto&... members) { (append(bytes, members), ...); }, T::members(value));
  } else {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    const auto content = std::as_bytes(std::span(&value, 1));
    bytes.insert(bytes.end(), content.begin(), content.end());
  }
}

/// Reads values from the bytes of a message, which outlives it, in the order in which they were packed.
class Unpacker {
 public:
  /// Read from the start of `content`.
  explicit Unpacker(std::span<const std::byte> content) : content_(content) {}

  /// Read the next value.
  /// @throws ContractViolation if the message is too short
  template <typename T>
  [[nodiscard]] T get() {
    static_assert(!std::is_same_v<T, std::string_view> && !std::is_pointer_v<T>);
    if constexpr (std::is_same_v<T, std::string>) {
      const auto bytes = next(get<std::size_t>());
      return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    } else if constexpr (is_vector<T>) {
      T vector;
      for (auto left = get<std::size_t>(); left > 0; --left) vector.push_back(get<typename T::value_type>());
      return vector;
    } else if constexpr (HasMembers<T>) {
      T value;
      std::apply(
          [this](auto&... members) { ((members = this->template get<std::remove_cvref_t<decltype(members)>>()), ...); },
          T::members(value));
      return value;
    } else {
      static_assert(std::is_trivially_copyable_v<T>);
      T value;
      std::memcpy(&value, next(sizeof(T)).data(), sizeof(T));
      return value;
    }
  }

  /// Check that the whole message was read.
  /// @throws ContractViolation if bytes are left
  void finish() const { expects(content_.empty()); }

 private:
  std::span<const std::byte> next(std::size_t bytes) {
    expects(bytes <= content_.size());
    const auto taken = content_.first(bytes);
    content_ = content_.subspan(bytes);
    return taken;
  }

  std::span<const std::byte> content_;
};

/// Return the bytes of one or several values.
template <typename... Values>
[[nodiscard]] Bytes pack(const Values&... values) {
  Bytes bytes;
  (append(bytes, values), ...);
  return bytes;
}

/// Return the value whose pack() is `content`.
/// @throws ContractViolation if `content` is too short or too long
template <typename T>
[[nodiscard]] T unpack(std::span<const std::byte> content) {
  Unpacker unpacker(content);
  T value = unpacker.get<T>();
  unpacker.finish();
  return value;
}

}  // namespace flatsweep::mpi

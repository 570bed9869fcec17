#pragma once

#include <hdf5.h>

#include <stdexcept>
#include <utility>

namespace flatsweep::record::hdf5 {

/// A call of the library that failed, in the library's own words.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// @throws Failure with the innermost entry of the library's error stack
[[noreturn]] void fail(const char* call);

/// Stops the library from printing its error stack; what it says reaches the user through Failure.
void silence();

/// The result of a library call. @throws Failure where it is negative
template <typename Result>
Result check(Result result, const char* call) {
  if (result < 0) fail(call);
  return result;
}

/// Owner of an identifier of the library.
template <herr_t (*close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(other.release()) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close(id_);
  }

  // NOLINTNEXTLINE(google-explicit-constructor): as the library's calls take it
  operator hid_t() const { return id_; }
  hid_t release() { return std::exchange(id_, H5I_INVALID_HID); }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using File = Handle<H5Fclose>;
using Group = Handle<H5Gclose>;
using Dataset = Handle<H5Dclose>;
using Dataspace = Handle<H5Sclose>;
using Datatype = Handle<H5Tclose>;
using Attribute = Handle<H5Aclose>;
using PropertyList = Handle<H5Pclose>;
using Object = Handle<H5Oclose>;

/// The type of T in memory.
template <typename T>
hid_t native_type();
template <>
inline hid_t native_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t native_type<std::int32_t>() {
  return H5T_NATIVE_INT32;
}
template <>
inline hid_t native_type<std::int64_t>() {
  return H5T_NATIVE_INT64;
}
template <>
inline hid_t native_type<std::uint64_t>() {
  return H5T_NATIVE_UINT64;
}
template <>
inline hid_t native_type<std::uint32_t>() {
  return H5T_NATIVE_UINT32;
}
template <>
inline hid_t native_type<std::uint8_t>() {
  return H5T_NATIVE_UINT8;
}

}  // namespace flatsweep::record::hdf5

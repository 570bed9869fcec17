#pragma once

#include <hdf5.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "flatsweep/core/matrix.hpp"

/// HDF5 in terms of arrays and texts; its identifiers are owned, its calls checked. All of it throws Failure.
namespace flatsweep::record::hdf5 {

/// A call of the library that failed, with the library's reason.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// @throws Failure with the innermost entry of the library's error stack
[[noreturn]] void fail(const char* call);

/// Stop the library from printing its error stack, which reaches the user through Failure.
void silence();

/// Return the result of a library call. @throws Failure if it is negative
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

using Dimensions = std::vector<hsize_t>;
/// A matrix as a dataset of it is stored.
using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A type of numbers.
struct NumberType {
  hid_t memory;  ///< as this machine has it
  hid_t file;    ///< little-endian
};

/// Return the type of T: double or an integer.
template <typename T>
NumberType number_type() {
  if constexpr (std::is_same_v<T, double>) return {H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE};
  if constexpr (std::is_same_v<T, std::int32_t>) return {H5T_NATIVE_INT32, H5T_STD_I32LE};
  if constexpr (std::is_same_v<T, std::int64_t>) return {H5T_NATIVE_INT64, H5T_STD_I64LE};
  if constexpr (std::is_same_v<T, std::uint64_t>) return {H5T_NATIVE_UINT64, H5T_STD_U64LE};
  if constexpr (std::is_same_v<T, std::uint32_t>) return {H5T_NATIVE_UINT32, H5T_STD_U32LE};
  return {H5T_NATIVE_UINT8, H5T_STD_U8LE};
}

/// Return whether a file has the signature of HDF5; false if there is none.
bool is_hdf5(const std::filesystem::path& file);

/// What a child process may use.
struct ChildLimits {
  std::chrono::seconds processor_time{10};
  double memory_bytes = 1e9;  ///< beyond what the parent has
};

/// Call `read` in a child process, to find out whether this process would survive it. For data that no checksum covers:
/// if they are damaged, the library may crash, overwrite its memory, never return, or ask for memory without bounds.
/// @return whether `read` returned; false if it threw
/// @throws Failure if the child did not end by itself within its limits
bool returns_in_child(const std::function<void()>& read, const ChildLimits& limits = {});

/// Call `read`, which reads this file, in a child process before this process does: anybody may have written the file.
/// Nothing is tried, and true is returned, if MPI runs and the file has checksums: they turn accidents into errors,
/// though not malice, and not every interconnect supports a process that forks.
/// @return whether `read` returned, if it was tried
/// @throws Failure as returns_in_child
bool survives(const std::filesystem::path& file, const std::function<void()>& read);

/// Open read-only and without a lock, so that a run may write meanwhile.
File open_file(const std::filesystem::path& file);

/// Open for writing, without HDF5's lock: RunLock keeps other writers out.
File open_file_for_writing(const std::filesystem::path& file);

/// Create a file that tracks the order of creation, as netCDF-4 requires.
File create_file(const std::filesystem::path& file);

/// Flush and close, with the errors that a destructor would swallow.
void close(File file);

Group create_group(hid_t parent, const char* name);

/// Return the type of UTF-8 texts of this many bytes, a zero at the end included.
Datatype text_type(std::size_t bytes = H5T_VARIABLE);

/// Create a contiguous dataset, allocated at once and filled with `fill`; a scalar if there are no dimensions.
Dataset create_dataset(hid_t parent, const char* name, hid_t type, const Dimensions& dimensions,
                       std::optional<double> fill = std::nullopt);

/// Create a dataset of NaN that takes no room on the disk.
void create_empty_dataset(hid_t parent, const char* name, const Dimensions& dimensions);

Dataset open_dataset(hid_t parent, const char* name);

/// Open a dataset only if its elements are in one piece within the file: reading it takes no more memory than the file
/// is long, and follows no index that may be damaged.
/// @throws Failure if it ends beyond the file's end
/// @throws Error if it is not in one piece, with what puts it together
Dataset open_contiguous_dataset(hid_t parent, const char* name);

bool has_link(hid_t parent, const char* name);
/// Return the name by which the file of an object was opened.
std::filesystem::path name_of_file(hid_t object);
Dimensions dimensions_of(hid_t dataset);
H5T_class_t class_of(hid_t dataset);

bool has_attribute(hid_t object, const char* name);

/// Write a text of fixed length, which netCDF knows as characters and every reader understands. HDF5 checks its
/// checksum as it reads, as it does not for texts of variable length, which can crash it when damaged.
void write_attribute(hid_t object, const char* name, const std::string& text);

/// Write a text of variable length, the only kind that h5py returns as `str`.
void write_variable_attribute(hid_t object, const char* name, const std::string& text);

/// Read a text of fixed length, or of variable length in a child process.
std::string read_text_attribute(hid_t object, const char* name);

/// Create an attribute of this shape and write its values.
/// @param values in memory, of the type `memory_type`
void write_raw_attribute(hid_t object, const char* name, hid_t file_type, hid_t space, hid_t memory_type,
                         const void* values);

/// Open an attribute that has one value.
Attribute open_attribute(hid_t object, const char* name);

/// Return a dataspace of this shape; a scalar if there are no dimensions.
Dataspace space_of(const Dimensions& dimensions);

/// Return the dataspace of a dataset in which this box is selected.
Dataspace box_of(hid_t dataset, const Dimensions& start, const Dimensions& count);

template <typename T>
T read_number_attribute(hid_t object, const char* name) {
  T number{};
  check(H5Aread(open_attribute(object, name), number_type<T>().memory, &number), "H5Aread");
  return number;
}

/// Write a list of numbers.
template <typename T>
void write_attribute(hid_t object, const char* name, std::span<const T> values) {
  const auto [memory, file] = number_type<T>();
  write_raw_attribute(object, name, file, space_of({values.size()}), memory, values.data());
}

/// Write a scalar.
template <typename T>
requires std::is_arithmetic_v<T>
void write_attribute(hid_t object, const char* name, T number) {
  const auto [memory, file] = number_type<T>();
  write_raw_attribute(object, name, file, space_of({}), memory, &number);
}

/// Write all elements, row-major.
template <typename T>
void write_all(hid_t dataset, std::span<const T> values) {
  check(H5Dwrite(dataset, number_type<T>().memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dwrite");
}

/// Create a dataset of these numbers, row-major; a scalar if there are no dimensions.
template <typename T>
Dataset write_dataset(hid_t parent, const char* name, std::span<const T> values, const Dimensions& dimensions) {
  Dataset dataset = create_dataset(parent, name, number_type<T>().file, dimensions);
  write_all(dataset, values);
  return dataset;
}

/// Read all elements, row-major.
template <typename T>
std::vector<T> read_all(hid_t dataset) {
  const Dataspace space(check(H5Dget_space(dataset), "H5Dget_space"));
  const hssize_t count = check(H5Sget_simple_extent_npoints(space), "H5Sget_simple_extent_npoints");
  if (class_of(dataset) != H5T_FLOAT && class_of(dataset) != H5T_INTEGER)
    throw Failure("a dataset of numbers was expected");
  std::vector<T> values(static_cast<std::size_t>(count));
  check(H5Dread(dataset, number_type<T>().memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dread");
  return values;
}

}  // namespace flatsweep::record::hdf5

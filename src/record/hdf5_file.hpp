#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "record/hdf5_handle.hpp"

/// What this program asks of HDF5, in words of arrays and texts. Everything throws Failure.
namespace flatsweep::record::hdf5 {

using Dimensions = std::vector<hsize_t>;

/// By its first bytes; false where there is none.
bool is_hdf5(const std::filesystem::path& file);

/// Whether a file that anybody may have written is to be tried in a child before this process opens it:
/// always, but where MPI runs only if it has no checksums. They turn all accidents into errors, if not
/// malice; and not every interconnect likes a process that forks.
bool needs_trial(const std::filesystem::path& file);

/// Opens read-only and without a lock, so that a run may write meanwhile.
File open_file(const std::filesystem::path& file);

/// Opens for writing, without HDF5's lock: RunLock keeps other writers out.
File open_file_for_writing(const std::filesystem::path& file);

/// A new file with the creation order tracked, as netCDF-4 wants it.
File create_file(const std::filesystem::path& file);

/// Flushes and closes, with errors that a destructor would swallow.
void close(File file);

Group create_group(hid_t parent, const char* name);

/// UTF-8 of variable length.
Datatype text_type();

/// A contiguous dataset, allocated at once and filled with `fill`. Scalar without dimensions.
Dataset create_dataset(hid_t parent, const char* name, hid_t type, const Dimensions& dimensions,
                       std::optional<double> fill = std::nullopt);

/// Like create_dataset, of NaN that takes no room on the disk.
void create_empty_dataset(hid_t parent, const char* name, const Dimensions& dimensions);

Dataset open_dataset(hid_t parent, const char* name);

/// Only where its elements stand in one piece and within the file: what is read then is no more than the file
/// has, and follows no index that damage could have spoilt. @throws Error too, with what puts them together
Dataset open_contiguous_dataset(hid_t parent, const char* name);

bool has_link(hid_t parent, const char* name);
Dimensions dimensions_of(hid_t dataset);
H5T_class_t class_of(hid_t dataset);

void write_texts(hid_t dataset, const std::vector<std::string>& texts);

/// A text of variable length, as other programs expect it; read in a child process.
void write_attribute(hid_t object, const char* name, const std::string& text);
std::string read_text_attribute(hid_t object, const char* name);

/// A text of fixed length. HDF5 checks its sum as it reads, as it does not for texts of variable length,
/// which can crash it where they are damaged.
void write_checked_text_attribute(hid_t object, const char* name, const std::string& text);
std::string read_checked_text_attribute(hid_t object, const char* name);

bool has_attribute(hid_t object, const char* name);

/// The only number of an attribute.
template <typename T>
T read_number_attribute(hid_t object, const char* name) {
  const Attribute attribute(check(H5Aopen(object, name, H5P_DEFAULT), "H5Aopen"));
  const Dataspace space(check(H5Aget_space(attribute), "H5Aget_space"));
  if (H5Sget_simple_extent_npoints(space) != 1)
    throw Failure(std::string("attribute ") + name + " is not one number");
  T number{};
  check(H5Aread(attribute, native_type<T>(), &number), "H5Aread");
  return number;
}

/// A list of numbers.
template <typename T>
void write_attribute(hid_t object, const char* name, hid_t file_type, std::span<const T> values) {
  const hsize_t count = values.size();
  const Dataspace space(check(H5Screate_simple(1, &count, nullptr), "H5Screate_simple"));
  const Attribute attribute(
      check(H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT), "H5Acreate"));
  check(H5Awrite(attribute, native_type<T>(), values.data()), "H5Awrite");
}

/// A scalar.
template <typename T>
void write_attribute(hid_t object, const char* name, hid_t file_type, T number) {
  const Dataspace space(check(H5Screate(H5S_SCALAR), "H5Screate"));
  const Attribute attribute(
      check(H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT), "H5Acreate"));
  check(H5Awrite(attribute, native_type<T>(), &number), "H5Awrite");
}

/// All elements, row-major.
template <typename T>
void write_all(hid_t dataset, std::span<const T> values) {
  check(H5Dwrite(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dwrite");
}

template <typename T>
std::vector<T> read_all(hid_t dataset) {
  const Dataspace space(check(H5Dget_space(dataset), "H5Dget_space"));
  const hssize_t count = check(H5Sget_simple_extent_npoints(space), "H5Sget_simple_extent_npoints");
  if (class_of(dataset) != H5T_FLOAT && class_of(dataset) != H5T_INTEGER)
    throw Failure("a dataset of numbers was expected");
  std::vector<T> values(static_cast<std::size_t>(count));
  check(H5Dread(dataset, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "H5Dread");
  return values;
}

}  // namespace flatsweep::record::hdf5

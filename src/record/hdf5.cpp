#include "record/hdf5.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"

namespace flatsweep::record::hdf5 {
namespace {

/// After a failed write a file cannot be closed, and the library's own clean-up would crash on it, be it at exit or in
/// MPI_Finalize, which calls it if the library was initialised after MPI. The handles close all that there is to close.
/// The library reads the variable as it starts; by it, it would meet the lock that RunLock holds.
[[maybe_unused]] const herr_t started =
    ::unsetenv("HDF5_USE_FILE_LOCKING") == 0 && H5dont_atexit() >= 0 ? H5open() : -1;

herr_t take_innermost(unsigned position, const H5E_error2_t* entry, void* text) {
  if (position == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = entry->desc;
  return 0;
}

/// Return the access of one process. HDF5's own locks would keep readers out while a run writes, and NFS turns them
/// into locks on every byte.
/// @param newest format of the files that are opened
PropertyList serial_access(H5F_libver_t newest = H5F_LIBVER_LATEST) {
  silence();
  PropertyList access(check(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate"));
  check(H5Pset_file_locking(access, false, true), "H5Pset_file_locking");
  check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, newest), "H5Pset_libver_bounds");
  check(H5Pset_fclose_degree(access, H5F_CLOSE_SEMI), "H5Pset_fclose_degree");
  return access;
}

/// Return how to create an object of this class that tracks the order of its attributes and links.
PropertyList tracked_creation(hid_t of_class) {
  constexpr unsigned tracked = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  PropertyList creation(check(H5Pcreate(of_class), "H5Pcreate"));
  check(H5Pset_attr_creation_order(creation, tracked), "H5Pset_attr_creation_order");
  if (of_class == H5P_DATASET_CREATE)
    check(H5Pset_layout(creation, H5D_CONTIGUOUS), "H5Pset_layout");
  else
    check(H5Pset_link_creation_order(creation, tracked), "H5Pset_link_creation_order");
  return creation;
}

void set_fill(hid_t creation, double fill) {
  check(H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &fill), "H5Pset_fill_value");
}

/// Read a text of variable length. If it is damaged, the library trusts a size that nothing bounds.
std::string read_variable_text(hid_t attribute, const char* name) {
  const auto read = [&] {
    char* pointer = nullptr;
    check(H5Aread(attribute, text_type(), &pointer), "H5Aread");
    std::string text(pointer == nullptr ? "" : pointer);
    H5free_memory(pointer);
    return text;
  };
  if (!returns_in_child([&] { read(); })) throw Failure(fmt::format("attribute {} cannot be read", name));
  return read();
}

/// Return what the system said, if these words of the library tell of a system call that failed; else the words.
std::string_view reason(std::string_view words) {
  constexpr std::string_view before = "error message = '";
  const std::size_t start = words.find(before);
  if (start == std::string_view::npos) return words.empty() ? "failed" : words;
  words.remove_prefix(start + before.size());
  return words.substr(0, words.find('\''));
}

}  // namespace

void fail(const char* call) {
  std::string words;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, &words);
  H5Eclear2(H5E_DEFAULT);
  throw Failure(fmt::format("{}: {}", call, reason(words)));
}

void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

bool is_hdf5(const std::filesystem::path& file) {
  silence();
  return H5Fis_hdf5(file.c_str()) > 0;
}

File open_file(const std::filesystem::path& file) {
  return File(check(H5Fopen(file.c_str(), H5F_ACC_RDONLY, serial_access()), "H5Fopen"));
}

File open_file_for_writing(const std::filesystem::path& file) {
  return File(check(H5Fopen(file.c_str(), H5F_ACC_RDWR, serial_access()), "H5Fopen"));
}

File create_file(const std::filesystem::path& file) {
  const PropertyList access = serial_access(H5F_LIBVER_V18);
  const PropertyList creation = tracked_creation(H5P_FILE_CREATE);
  return File(check(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation, access), "H5Fcreate"));
}

void close(File file) {
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "H5Fflush");
  check(H5Fclose(file.release()), "H5Fclose");
}

Group create_group(hid_t parent, const char* name) {
  const PropertyList creation = tracked_creation(H5P_GROUP_CREATE);
  return Group(check(H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT), "H5Gcreate"));
}

Datatype text_type(std::size_t bytes) {
  Datatype type(check(H5Tcopy(H5T_C_S1), "H5Tcopy"));
  check(H5Tset_size(type, bytes), "H5Tset_size");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

Dataspace space_of(const Dimensions& dimensions) {
  if (dimensions.empty()) return Dataspace(check(H5Screate(H5S_SCALAR), "H5Screate"));
  return Dataspace(
      check(H5Screate_simple(static_cast<int>(dimensions.size()), dimensions.data(), nullptr), "H5Screate_simple"));
}

Dataspace box_of(hid_t dataset, const Dimensions& start, const Dimensions& count) {
  Dataspace space(check(H5Dget_space(dataset), "H5Dget_space"));
  check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "H5Sselect_hyperslab");
  return space;
}

Dataset create_dataset(hid_t parent, const char* name, hid_t type, const Dimensions& dimensions,
                       std::optional<double> fill) {
  const PropertyList creation = tracked_creation(H5P_DATASET_CREATE);
  check(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time");
  check(H5Pset_fill_time(creation, H5D_FILL_TIME_ALLOC), "H5Pset_fill_time");
  if (fill) set_fill(creation, *fill);
  return Dataset(
      check(H5Dcreate2(parent, name, type, space_of(dimensions), H5P_DEFAULT, creation, H5P_DEFAULT), "H5Dcreate"));
}

void create_empty_dataset(hid_t parent, const char* name, const Dimensions& dimensions) {
  const PropertyList creation = tracked_creation(H5P_DATASET_CREATE);
  check(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE), "H5Pset_alloc_time");
  set_fill(creation, not_a_number);
  Dataset(check(H5Dcreate2(parent, name, H5T_IEEE_F64LE, space_of(dimensions), H5P_DEFAULT, creation, H5P_DEFAULT),
                "H5Dcreate"));
}

Dataset open_dataset(hid_t parent, const char* name) {
  return Dataset(check(H5Dopen2(parent, name, H5P_DEFAULT), "H5Dopen"));
}

Dataset open_contiguous_dataset(hid_t parent, const char* name) {
  Dataset dataset = open_dataset(parent, name);
  const haddr_t offset = H5Dget_offset(dataset);
  if (offset == HADDR_UNDEF) {
    H5Eclear2(H5E_DEFAULT);
    throw Error(fmt::format("{} is not in one piece", name), "another program arranged the file anew",
                "Put it together: h5repack -l CONTI FILE NEW, or name another file.");
  }
  const File file(check(H5Iget_file_id(dataset), "H5Iget_file_id"));
  hsize_t file_size = 0;
  check(H5Fget_filesize(file, &file_size), "H5Fget_filesize");
  const hsize_t size = H5Dget_storage_size(dataset);
  if (offset > file_size || size > file_size - offset)
    throw Failure(fmt::format("{} ends beyond the file's end", name));
  return dataset;
}

bool has_link(hid_t parent, const char* name) { return check(H5Lexists(parent, name, H5P_DEFAULT), "H5Lexists") > 0; }

std::filesystem::path name_of_file(hid_t object) {
  std::string name(static_cast<std::size_t>(check(H5Fget_name(object, nullptr, 0), "H5Fget_name")), ' ');
  check(H5Fget_name(object, name.data(), name.size() + 1), "H5Fget_name");
  return name;
}

Dimensions dimensions_of(hid_t dataset) {
  const Dataspace space(check(H5Dget_space(dataset), "H5Dget_space"));
  const int count = check(H5Sget_simple_extent_ndims(space), "H5Sget_simple_extent_ndims");
  Dimensions dimensions(static_cast<std::size_t>(count));
  check(H5Sget_simple_extent_dims(space, dimensions.data(), nullptr), "H5Sget_simple_extent_dims");
  return dimensions;
}

H5T_class_t class_of(hid_t dataset) {
  const Datatype type(check(H5Dget_type(dataset), "H5Dget_type"));
  return check(H5Tget_class(type), "H5Tget_class");
}

bool has_attribute(hid_t object, const char* name) { return check(H5Aexists(object, name), "H5Aexists") > 0; }

void write_raw_attribute(hid_t object, const char* name, hid_t file_type, hid_t space, hid_t memory_type,
                         const void* values) {
  const Attribute attribute(check(H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT), "H5Acreate"));
  check(H5Awrite(attribute, memory_type, values), "H5Awrite");
}

Attribute open_attribute(hid_t object, const char* name) {
  Attribute attribute(check(H5Aopen(object, name, H5P_DEFAULT), "H5Aopen"));
  const Dataspace space(check(H5Aget_space(attribute), "H5Aget_space"));
  if (H5Sget_simple_extent_npoints(space) != 1) throw Failure(fmt::format("attribute {} is not one value", name));
  return attribute;
}

void write_attribute(hid_t object, const char* name, const std::string& text) {
  const Datatype type = text_type(text.size() + 1);
  write_raw_attribute(object, name, type, space_of({}), type, text.c_str());
}

void write_variable_attribute(hid_t object, const char* name, const std::string& text) {
  const Datatype type = text_type();
  const char* pointer = text.c_str();
  write_raw_attribute(object, name, type, space_of({}), type, &pointer);
}

std::string read_text_attribute(hid_t object, const char* name) {
  const Attribute attribute = open_attribute(object, name);
  const Datatype type(check(H5Aget_type(attribute), "H5Aget_type"));
  if (check(H5Tget_class(type), "H5Tget_class") != H5T_STRING)
    throw Failure(fmt::format("attribute {} is not a text", name));
  if (H5Tis_variable_str(type) > 0) return read_variable_text(attribute, name);
  std::string text(H5Tget_size(type), '\0');
  check(H5Aread(attribute, type, text.data()), "H5Aread");
  return text.substr(0, text.find('\0'));
}

}  // namespace flatsweep::record::hdf5

#include "record/hdf5_file.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/environment.hpp"
#include "record/child.hpp"

namespace flatsweep::record::hdf5 {
namespace {

constexpr unsigned tracked = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

// HDF5's own locks would keep readers out while a run writes, and NFS turns them into locks on every byte.
PropertyList serial_access() {
  silence();
  PropertyList access(check(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate"));
  check(H5Pset_file_locking(access, false, true), "H5Pset_file_locking");
  check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18), "H5Pset_libver_bounds");
  check(H5Pset_fclose_degree(access, H5F_CLOSE_SEMI), "H5Pset_fclose_degree");
  return access;
}

PropertyList dataset_creation() {
  PropertyList creation(check(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate"));
  check(H5Pset_attr_creation_order(creation, tracked), "H5Pset_attr_creation_order");
  check(H5Pset_layout(creation, H5D_CONTIGUOUS), "H5Pset_layout");
  return creation;
}

Dataspace space_of(const Dimensions& dimensions) {
  if (dimensions.empty()) return Dataspace(check(H5Screate(H5S_SCALAR), "H5Screate"));
  return Dataspace(check(H5Screate_simple(static_cast<int>(dimensions.size()), dimensions.data(), nullptr),
                         "H5Screate_simple"));
}

void set_fill(hid_t creation, double fill) {
  check(H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &fill), "H5Pset_fill_value");
}

/// Whether the format is one (superblock version 2 and later, as create_file writes it) that has a checksum
/// on all that describes the file, texts of variable length and indices of chunks apart.
bool has_checksums(const std::filesystem::path& file) {
  constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
  constexpr char first_version = 2;
  std::string start(signature.size() + 1, '\0');
  std::ifstream(file, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  return start.starts_with(signature) && start.back() >= first_version;
}

}  // namespace

bool is_hdf5(const std::filesystem::path& file) {
  silence();
  return H5Fis_hdf5(file.c_str()) > 0;
}

bool needs_trial(const std::filesystem::path& file) { return !mpi::is_running() || !has_checksums(file); }

File open_file(const std::filesystem::path& file) {
  return File(check(H5Fopen(file.c_str(), H5F_ACC_RDONLY, serial_access()), "H5Fopen"));
}

File open_file_for_writing(const std::filesystem::path& file) {
  return File(check(H5Fopen(file.c_str(), H5F_ACC_RDWR, serial_access()), "H5Fopen"));
}

File create_file(const std::filesystem::path& file) {
  const PropertyList access = serial_access();
  const PropertyList creation(check(H5Pcreate(H5P_FILE_CREATE), "H5Pcreate"));
  check(H5Pset_link_creation_order(creation, tracked), "H5Pset_link_creation_order");
  check(H5Pset_attr_creation_order(creation, tracked), "H5Pset_attr_creation_order");
  return File(check(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation, access), "H5Fcreate"));
}

void close(File file) {
  check(H5Fflush(file, H5F_SCOPE_GLOBAL), "H5Fflush");
  check(H5Fclose(file.release()), "H5Fclose");
}

Group create_group(hid_t parent, const char* name) {
  const PropertyList creation(check(H5Pcreate(H5P_GROUP_CREATE), "H5Pcreate"));
  check(H5Pset_link_creation_order(creation, tracked), "H5Pset_link_creation_order");
  check(H5Pset_attr_creation_order(creation, tracked), "H5Pset_attr_creation_order");
  return Group(check(H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT), "H5Gcreate"));
}

Datatype text_type() {
  Datatype type(check(H5Tcopy(H5T_C_S1), "H5Tcopy"));
  check(H5Tset_size(type, H5T_VARIABLE), "H5Tset_size");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "H5Tset_cset");
  return type;
}

Dataset create_dataset(hid_t parent, const char* name, hid_t type, const Dimensions& dimensions,
                       std::optional<double> fill) {
  const PropertyList creation = dataset_creation();
  check(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time");
  check(H5Pset_fill_time(creation, H5D_FILL_TIME_ALLOC), "H5Pset_fill_time");
  if (fill) set_fill(creation, *fill);
  return Dataset(check(
      H5Dcreate2(parent, name, type, space_of(dimensions), H5P_DEFAULT, creation, H5P_DEFAULT), "H5Dcreate"));
}

void create_empty_dataset(hid_t parent, const char* name, const Dimensions& dimensions) {
  const PropertyList creation = dataset_creation();
  check(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE), "H5Pset_alloc_time");
  set_fill(creation, std::numeric_limits<double>::quiet_NaN());
  Dataset(check(
      H5Dcreate2(parent, name, H5T_IEEE_F64LE, space_of(dimensions), H5P_DEFAULT, creation, H5P_DEFAULT),
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
    throw Error(std::string(name) + " does not stand in one piece", "another program arranged the file anew",
                "Put it together: h5repack -l CONTI FILE NEW, or name another file.");
  }
  const File file(check(H5Iget_file_id(dataset), "H5Iget_file_id"));
  hsize_t file_size = 0;
  check(H5Fget_filesize(file, &file_size), "H5Fget_filesize");
  const hsize_t size = H5Dget_storage_size(dataset);
  if (offset > file_size || size > file_size - offset)
    throw Failure(std::string(name) + " ends beyond the file's end");
  return dataset;
}

bool has_link(hid_t parent, const char* name) {
  return check(H5Lexists(parent, name, H5P_DEFAULT), "H5Lexists") > 0;
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

void write_texts(hid_t dataset, const std::vector<std::string>& texts) {
  std::vector<const char*> pointers(texts.size());
  std::ranges::transform(texts, pointers.begin(), &std::string::c_str);
  check(H5Dwrite(dataset, text_type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "H5Dwrite");
}

void write_attribute(hid_t object, const char* name, const std::string& text) {
  const Datatype type = text_type();
  const Dataspace scalar(check(H5Screate(H5S_SCALAR), "H5Screate"));
  const Attribute attribute(
      check(H5Acreate2(object, name, type, scalar, H5P_DEFAULT, H5P_DEFAULT), "H5Acreate"));
  const char* pointer = text.c_str();
  check(H5Awrite(attribute, type, &pointer), "H5Awrite");
}

std::string read_text_attribute(hid_t object, const char* name) {
  const Attribute attribute(check(H5Aopen(object, name, H5P_DEFAULT), "H5Aopen"));
  const Dataspace space(check(H5Aget_space(attribute), "H5Aget_space"));
  const Datatype stored(check(H5Aget_type(attribute), "H5Aget_type"));
  if (H5Tis_variable_str(stored) <= 0 || H5Sget_simple_extent_npoints(space) != 1)
    throw Failure(std::string("attribute ") + name + " is not a text");
  return read_in_child([&] {
    char* pointer = nullptr;
    check(H5Aread(attribute, text_type(), &pointer), "H5Aread");
    return std::string(pointer == nullptr ? "" : pointer);
  });
}

void write_checked_text_attribute(hid_t object, const char* name, const std::string& text) {
  const Datatype type(check(H5Tcopy(H5T_C_S1), "H5Tcopy"));
  check(H5Tset_size(type, text.size() + 1), "H5Tset_size");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "H5Tset_cset");
  const Dataspace scalar(check(H5Screate(H5S_SCALAR), "H5Screate"));
  const Attribute attribute(
      check(H5Acreate2(object, name, type, scalar, H5P_DEFAULT, H5P_DEFAULT), "H5Acreate"));
  check(H5Awrite(attribute, type, text.c_str()), "H5Awrite");
}

std::string read_checked_text_attribute(hid_t object, const char* name) {
  const Attribute attribute(check(H5Aopen(object, name, H5P_DEFAULT), "H5Aopen"));
  const Dataspace space(check(H5Aget_space(attribute), "H5Aget_space"));
  const Datatype type(check(H5Aget_type(attribute), "H5Aget_type"));
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 ||
      H5Sget_simple_extent_npoints(space) != 1)
    throw Failure(std::string("attribute ") + name + " is not a text of fixed length");
  std::string text(H5Tget_size(type), '\0');
  check(H5Aread(attribute, type, text.data()), "H5Aread");
  return text.substr(0, text.find('\0'));
}

bool has_attribute(hid_t object, const char* name) { return check(H5Aexists(object, name), "H5Aexists") > 0; }

}  // namespace flatsweep::record::hdf5

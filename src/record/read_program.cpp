#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;

constexpr const char* expected =
    "Store S (n x m), y (n), the attribute q and optionally kappa (m) and the attribute penalty at the file's root or in "
    "its only group.";

/// Return the root if S is in it, else the only group.
hdf5::Object find_program(hid_t file) {
  if (hdf5::has_link(file, "S")) return hdf5::Object(hdf5::check(H5Oopen(file, "/", H5P_DEFAULT), "H5Oopen"));
  H5G_info_t root{};
  hdf5::check(H5Gget_info(file, &root), "H5Gget_info");
  if (root.nlinks != 1) {
    throw Error("there is no program",
                fmt::format("no dataset S at the root, and not one group but {} objects", root.nlinks),
                fmt::format("{} One group of many: h5copy -i IN -o ONE.h5 -s GROUP -d GROUP", expected));
  }
  hdf5::Object group(
      hdf5::check(H5Oopen_by_idx(file, "/", H5_INDEX_NAME, H5_ITER_INC, 0, H5P_DEFAULT), "H5Oopen_by_idx"));
  if (H5Iget_type(group) != H5I_GROUP || !hdf5::has_link(group, "S"))
    throw Error("there is no program", "no dataset S", expected);
  return group;
}

std::string shape_of(const hdf5::Dimensions& dimensions) {
  return dimensions.empty() ? "a scalar" : fmt::format("{}", fmt::join(dimensions, " x "));
}

/// Refuse a dataset whose filter, e.g. h5py's lzf, this HDF5 library does not have.
void require_filters(hid_t dataset, const char* name) {
  const hdf5::PropertyList properties(hdf5::check(H5Dget_create_plist(dataset), "H5Dget_create_plist"));
  for (int k = 0; k < H5Pget_nfilters(properties); ++k) {
    unsigned flags = 0;
    unsigned config = 0;
    std::size_t count = 0;
    std::array<char, 64> filter{};
    const auto index = static_cast<unsigned>(k);
    const H5Z_filter_t id =
        H5Pget_filter2(properties, index, &flags, &count, nullptr, filter.size() - 1, filter.data(), &config);
    if (H5Zfilter_avail(id) <= 0)
      throw Error(fmt::format("{} is compressed by a filter that is not installed", name),
                  fmt::format("filter {} {}", id, filter.data()),
                  "Write it anew with gzip (h5repack -f GZIP=4 IN OUT where the filter is), or name its folder in "
                  "HDF5_PLUGIN_PATH.");
  }
}

/// Refuse a chunked dataset of which some chunks were never written: the library would fill them.
void require_chunks(hid_t dataset, hid_t properties, const char* name, const hdf5::Dimensions& dimensions) {
  hdf5::Dimensions chunk(dimensions.size());
  hdf5::check(H5Pget_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "H5Pget_chunk");
  hsize_t all = 1;
  for (std::size_t k = 0; k < chunk.size(); ++k) all *= (dimensions[k] + chunk[k] - 1) / chunk[k];
  const hdf5::Dataspace space(hdf5::check(H5Dget_space(dataset), "H5Dget_space"));
  hsize_t written = 0;
  hdf5::check(H5Dget_num_chunks(dataset, space, &written), "H5Dget_num_chunks");
  if (written < all)
    throw Error(fmt::format("{} is not all there", name), fmt::format("{} of {} chunks were written", written, all),
                "Write every number.");
}

/// Return where HDF5 looks for a source of a virtual dataset of `file`; empty if nothing is there.
fs::path find_source(const fs::path& file, const fs::path& source) {
  if (source == ".") return file;
  for (const fs::path& candidate : {file.parent_path() / source, file.parent_path() / source.filename(), source})
    if (std::error_code ignored; fs::exists(candidate, ignored)) return candidate;
  return {};
}

/// Refuse a virtual dataset of which some source is missing: the library would fill its part.
/// @param properties how the dataset was created
void require_sources(hid_t dataset, hid_t properties, const char* name, const fs::path& file) {
  if (std::getenv("HDF5_VDS_PREFIX") != nullptr) return;  // leads elsewhere
  const auto text_of = [&](auto get, std::size_t source) {
    std::string text(static_cast<std::size_t>(hdf5::check(get(properties, source, nullptr, 0), "H5Pget_virtual")), ' ');
    get(properties, source, text.data(), text.size() + 1);
    return text;
  };
  std::size_t count = 0;
  hdf5::check(H5Pget_virtual_count(properties, &count), "H5Pget_virtual_count");
  hssize_t mapped = 0;
  for (std::size_t source = 0; source < count; ++source) {
    const hdf5::Dataspace part(hdf5::check(H5Pget_virtual_vspace(properties, source), "H5Pget_virtual_vspace"));
    mapped += H5Sget_select_npoints(part);
    const std::string in_file = text_of(H5Pget_virtual_filename, source);
    if (in_file.find('%') != std::string::npos) return;  // a pattern of names
    const fs::path path = find_source(file, in_file);
    const std::string array = text_of(H5Pget_virtual_dsetname, source);
    if (path.empty() || !hdf5::has_link(hdf5::open_file(path), array.c_str()))
      throw Error(fmt::format("{} is not all there", name),
                  fmt::format("it is virtual, and there is no {} in {}", array, in_file), "Put its sources in place.");
  }
  const hdf5::Dataspace space(hdf5::check(H5Dget_space(dataset), "H5Dget_space"));
  if (mapped < H5Sget_simple_extent_npoints(space))
    throw Error(fmt::format("{} is not all there", name), "its sources have fewer numbers", "Write every number.");
}

/// Refuse a shape whose numbers do not fit into memory, or that has more numbers than the file can hold: a shape alone
/// takes no room in a file.
void require_numbers(hid_t dataset, const char* name, const hdf5::Dimensions& dimensions, const fs::path& file) {
  constexpr double largest_compression = 1032;  // of deflate
  double bytes = sizeof(double);
  for (const hsize_t length : dimensions) bytes *= static_cast<double>(length);
  if (bytes > node_memory_bytes()) {
    throw Error(fmt::format("{} does not fit into memory", name), fmt::format("it is {}", shape_of(dimensions)),
                "Use a node with more memory, or a smaller program.");
  }
  const hdf5::PropertyList properties(hdf5::check(H5Dget_create_plist(dataset), "H5Dget_create_plist"));
  const H5D_layout_t layout = H5Pget_layout(properties);
  if (layout == H5D_VIRTUAL) return require_sources(dataset, properties, name, file);
  if (bytes > sizeof(double) * largest_compression * static_cast<double>(H5Dget_storage_size(dataset))) {
    throw Error(fmt::format("{} is not all there", name),
                fmt::format("it is {}, and the file has fewer numbers", shape_of(dimensions)), "Write every number.");
  }
  if (layout == H5D_CHUNKED) require_chunks(dataset, properties, name, dimensions);
}

/// Refuse numbers that stand for others by the conventions of netCDF, which HDF5 does not know.
void require_plain(hid_t dataset, const char* name, std::span<const double> numbers) {
  for (const char* packing : {"scale_factor", "add_offset"})
    if (hdf5::has_attribute(dataset, packing))
      throw Error(fmt::format("{} is packed", name), fmt::format("it has the attribute {}", packing),
                  "Store the numbers themselves: ncpdq -U IN OUT");
  for (const char* filling : {"_FillValue", "missing_value"}) {
    if (!hdf5::has_attribute(dataset, filling)) continue;
    const auto missing = std::ranges::find(numbers, hdf5::read_number_attribute<double>(dataset, filling));
    if (missing != numbers.end())
      throw Error(fmt::format("{} is not all there", name),
                  fmt::format("entry {}, row-major, is its {}", missing - numbers.begin(), filling),
                  "Write every number.");
  }
}

/// An array as its file has it.
struct Array {
  hdf5::Dimensions shape;
  std::vector<double> numbers;  ///< row-major
  bool column_major = false;    ///< Octave or MATLAB wrote it: the axes are in reverse order
};

/// @throws Error if it is not all there, or not of finite numbers
Array read_array(hid_t program, const char* name) {
  if (!hdf5::has_link(program, name)) throw Error(fmt::format("the program has no dataset {}", name), "", expected);
  const hdf5::Object object(hdf5::check(H5Oopen(program, name, H5P_DEFAULT), "H5Oopen"));
  const bool in_group = H5Iget_type(object) == H5I_GROUP;  // Octave's `save -hdf5`
  if (in_group && !hdf5::has_link(object, "value"))
    throw Error(fmt::format("{} is a group without a dataset value", name), "", expected);
  const hdf5::Dataset dataset = in_group ? hdf5::open_dataset(object, "value") : hdf5::open_dataset(program, name);
  Array array;
  array.column_major = in_group || hdf5::has_attribute(dataset, "MATLAB_class");
  array.shape = hdf5::dimensions_of(dataset);
  const H5T_class_t type = hdf5::class_of(dataset);
  if (type != H5T_FLOAT && type != H5T_INTEGER) throw Error(fmt::format("{} holds no numbers", name), "", expected);
  require_numbers(dataset, name, array.shape, hdf5::name_of_file(dataset));
  require_filters(dataset, name);
  array.numbers = hdf5::read_all<double>(dataset);
  const auto wrong = std::ranges::find_if_not(array.numbers, [](double number) { return std::isfinite(number); });
  if (wrong != array.numbers.end()) {
    throw Error(fmt::format("{} is not finite", name),
                fmt::format("entry {}, row-major", wrong - array.numbers.begin()), "Store finite numbers.");
  }
  require_plain(dataset, name, array.numbers);
  return array;
}

[[noreturn]] void throw_wrong_shape(const char* name, const hdf5::Dimensions& shape) {
  throw Error(fmt::format("{} has the wrong shape", name), fmt::format("it is {}", shape_of(shape)), expected);
}

/// Read a vector of shape n, n x 1 or 1 x n; a number is a vector of length 1.
Vector read_vector(hid_t program, const char* name) {
  const Array array = read_array(program, name);
  if (std::ranges::count_if(array.shape, [](hsize_t length) { return length != 1; }) > 1)
    throw_wrong_shape(name, array.shape);
  return Eigen::Map<const Vector>(array.numbers.data(), static_cast<Index>(array.numbers.size()));
}

void require_length(const char* name, const Vector& vector, Index length) {
  if (vector.size() != length) {
    throw Error(fmt::format("{} does not fit S", name), fmt::format("{} entries instead of {}", vector.size(), length),
                expected);
  }
}

/// Read S, transposed if its writer stores the axes in reverse order, or if only so it fits y.
/// @param samples n, the length of y
Matrix read_activations(const Array& array, Index samples) {
  if (array.shape.size() != 2) throw_wrong_shape("S", array.shape);
  if (array.numbers.empty()) throw Error("S is empty", "", expected);
  const auto rows = static_cast<Index>(array.shape[0]);
  const auto columns = static_cast<Index>(array.shape[1]);
  const Eigen::Map<const hdf5::RowMajorMatrix> stored(array.numbers.data(), rows, columns);
  if (rows != columns && rows != samples && columns == samples) return stored.transpose();
  if (array.column_major && columns == samples) return stored.transpose();
  return stored;
}

double read_attribute(hid_t program, const char* name) {
  const hdf5::Datatype type(hdf5::check(H5Aget_type(hdf5::open_attribute(program, name)), "H5Aget_type"));
  const H5T_class_t kind = H5Tget_class(type);
  if (kind != H5T_FLOAT && kind != H5T_INTEGER && kind != H5T_ENUM)
    throw Error(fmt::format("the attribute {} is no number", name),
                kind == H5T_STRING ? "it is a text" : "it is of another type",
                fmt::format("Store a number, in h5py f.attrs[\"{}\"] = 1.5, not \"1.5\".", name));
  return hdf5::read_number_attribute<double>(program, name);
}

/// Read a number that is an attribute, or a dataset of one entry; nothing if it is neither.
std::optional<double> read_number(hid_t program, const char* name) {
  if (hdf5::has_attribute(program, name)) return read_attribute(program, name);
  if (!hdf5::has_link(program, name)) return std::nullopt;
  const Vector stored = read_vector(program, name);
  if (stored.size() != 1)
    throw Error(fmt::format("{} is no number", name), fmt::format("it has {} entries", stored.size()), expected);
  return stored(0);
}

double read_exponent(hid_t program) {
  const std::optional<double> stored = read_number(program, "q");
  if (!stored) throw Error("the program has no attribute q", "", expected);
  return *stored;
}

ProgramData read(const fs::path& path) {
  const hdf5::File file = hdf5::open_file(path);
  const hdf5::Object program = find_program(file);
  ProgramData data;
  const Array activations = read_array(program, "S");
  data.labels = read_vector(program, "y");
  data.activations = read_activations(activations, data.labels.size());
  require_length("y", data.labels, data.activations.rows());
  data.kappa = hdf5::has_link(program, "kappa") ? read_vector(program, "kappa") : Vector::Ones(data.activations.cols());
  require_length("kappa", data.kappa, data.activations.cols());
  data.q = read_exponent(program);
  data.penalty = read_number(program, "penalty").value_or(0.0);
  solve::require_valid({data.activations, data.labels, data.kappa, data.q, data.penalty});
  return data;
}

/// Return the limits of a child that reads a file of any program.
hdf5::ChildLimits limits_for(const fs::path& file) {
  constexpr double slowest = 1e7;  // bytes/s, unpacking included
  std::error_code ignored;
  const auto bytes = static_cast<double>(fs::file_size(file, ignored));
  return {std::chrono::seconds(10 + static_cast<std::int64_t>(bytes / slowest)), node_memory_bytes()};
}

}  // namespace

ProgramData read_program(const fs::path& file) {
  require_readable(file);
  if (std::error_code ignored; fs::exists(file, ignored) && !hdf5::is_hdf5(file))
    throw Error(fmt::format("cannot read a program from {}", file.string()), "it is no HDF5 file",
                fmt::format("{} MATLAB writes HDF5 by save -v7.3, and nccopy -k nc4 makes it of netCDF.", expected));
  try {
    hdf5::returns_in_child([&] { read(file); }, limits_for(file));  // what it throws comes again here
    return read(file);
  } catch (const Error& error) {
    throw error.at(file.string());
  } catch (const hdf5::Failure& failure) {
    throw Error(fmt::format("cannot read a program from {}", file.string()), failure.what(), expected);
  }
}

}  // namespace flatsweep::record

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;

constexpr const char* expected =
    "Store S (n x m), y (n), optionally kappa (m) and the attribute q at the file's root or in its only group.";

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

/// Refuse a shape whose numbers do not fit into memory, or that has more numbers than the file can hold: a shape alone
/// takes no room in a file.
void require_numbers(hid_t dataset, const char* name, const hdf5::Dimensions& dimensions) {
  constexpr double largest_compression = 1032;  // of deflate
  double bytes = sizeof(double);
  for (const hsize_t length : dimensions) bytes *= static_cast<double>(length);
  if (bytes > node_memory_bytes()) {
    throw Error(fmt::format("{} does not fit into memory", name), fmt::format("it is {}", shape_of(dimensions)),
                "Use a node with more memory, or a smaller program.");
  }
  if (bytes > sizeof(double) * largest_compression * static_cast<double>(H5Dget_storage_size(dataset))) {
    throw Error(fmt::format("{} is not all there", name),
                fmt::format("it is {}, and the file has fewer numbers", shape_of(dimensions)), "Write every number.");
  }
}

std::vector<double> read_numbers(hid_t program, const char* name, std::size_t axes) {
  if (!hdf5::has_link(program, name)) throw Error(fmt::format("the program has no dataset {}", name), "", expected);
  const hdf5::Dataset dataset = hdf5::open_dataset(program, name);
  const hdf5::Dimensions dimensions = hdf5::dimensions_of(dataset);
  if (dimensions.size() != axes)
    throw Error(fmt::format("{} has the wrong shape", name), fmt::format("it is {}", shape_of(dimensions)), expected);
  const H5T_class_t type = hdf5::class_of(dataset);
  if (type != H5T_FLOAT && type != H5T_INTEGER) throw Error(fmt::format("{} holds no numbers", name), "", expected);
  require_numbers(dataset, name, dimensions);
  std::vector<double> numbers = hdf5::read_all<double>(dataset);
  const auto wrong = std::ranges::find_if_not(numbers, [](double number) { return std::isfinite(number); });
  if (wrong != numbers.end()) {
    throw Error(fmt::format("{} is not finite", name), fmt::format("entry {}, row-major", wrong - numbers.begin()),
                "Store finite numbers.");
  }
  return numbers;
}

Vector read_vector(hid_t program, const char* name, Index length) {
  const std::vector<double> numbers = read_numbers(program, name, 1);
  if (static_cast<Index>(numbers.size()) != length) {
    throw Error(fmt::format("{} does not fit S", name), fmt::format("{} entries instead of {}", numbers.size(), length),
                expected);
  }
  return Eigen::Map<const Vector>(numbers.data(), length);
}

Matrix read_activations(hid_t program) {
  const std::vector<double> numbers = read_numbers(program, "S", 2);
  if (numbers.empty()) throw Error("S is empty", "", expected);
  const hdf5::Dimensions shape = hdf5::dimensions_of(hdf5::open_dataset(program, "S"));
  return Eigen::Map<const hdf5::RowMajorMatrix>(numbers.data(), static_cast<Index>(shape[0]),
                                                static_cast<Index>(shape[1]));
}

double read_exponent(hid_t program) {
  if (!hdf5::has_attribute(program, "q")) throw Error("the program has no attribute q", "", expected);
  const auto q = hdf5::read_number_attribute<double>(program, "q");
  if (!(q >= 1 && q <= 2)) throw Error("q is out of range", fmt::format("it is {:f}", q), "Choose q from 1 to 2.");
  return q;
}

void require_valid_weights(const ProgramData& program) {
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const bool is_zero = program.activations.col(j).isZero(0.0);
    if (program.kappa(j) < 0 || (program.kappa(j) == 0 && !is_zero)) {
      throw Error("kappa is out of range",
                  fmt::format("entry {} is {:f} and column {} of S is {}", j, program.kappa(j), j,
                              is_zero ? "zero" : "not zero"),
                  "Weights are positive, or zero if the column of S is.");
    }
  }
}

ProgramData read(const fs::path& path) {
  const hdf5::File file = hdf5::open_file(path);
  const hdf5::Object program = find_program(file);
  ProgramData data;
  data.activations = read_activations(program);
  data.labels = read_vector(program, "y", data.activations.rows());
  data.kappa = hdf5::has_link(program, "kappa") ? read_vector(program, "kappa", data.activations.cols())
                                                : Vector::Ones(data.activations.cols());
  data.q = read_exponent(program);
  require_valid_weights(data);
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

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "flatsweep/record/layout.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {

/// Read from an open results file of this job which axes and variables it has.
/// @throws hdf5::Failure if that cannot be read; Error if it lacks what every file has
Layout read_layout(hid_t file, const job::Job& job);

/// A box of the grid that is one contiguous stretch of row-major indices.
struct GridBox {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
  std::uint64_t rows;
};

/// Return the rows first, ..., first + rows - 1 of a grid of this shape as boxes, in order.
std::vector<GridBox> boxes(std::uint64_t first, std::uint64_t rows, std::span<const std::uint64_t> shape);

/// The variables of an open results file, read and written by runs of consecutive rows: one library call a box, each a
/// contiguous stretch of the file.
class Variables {
 public:
  /// @throws hdf5::Failure if a variable is missing or has another shape
  Variables(hid_t file, const Layout& layout);

  /// Write values.size() / per_row rows from `first` on.
  template <typename T>
  void write(const std::string& name, std::uint64_t first, std::span<const T> values) const {
    transfer(
        name, first, values.size(),
        [&](hid_t dataset, hid_t memory, hid_t file, std::size_t offset) {
          hdf5::check(
              H5Dwrite(dataset, hdf5::number_type<T>().memory, memory, file, H5P_DEFAULT, values.data() + offset),
              "H5Dwrite");
        });
  }

  /// Read values.size() / per_row rows from `first` on.
  template <typename T>
  void read(const std::string& name, std::uint64_t first, std::span<T> values) const {
    transfer(
        name, first, values.size(),
        [&](hid_t dataset, hid_t memory, hid_t file, std::size_t offset) {
          hdf5::check(
              H5Dread(dataset, hdf5::number_type<T>().memory, memory, file, H5P_DEFAULT, values.data() + offset),
              "H5Dread");
        });
  }

  /// Return the numbers of `count` rows from `first` on.
  template <typename T>
  [[nodiscard]] std::vector<T> read(const std::string& name, std::uint64_t first, std::size_t count) const {
    std::vector<T> values(count * find(name).per_row);
    read<T>(name, first, values);
    return values;
  }

  /// Return the place of a variable's first number, in bytes from the start of the file.
  [[nodiscard]] haddr_t offset(const std::string& name) const;

 private:
  struct Stored {
    hdf5::Dataset dataset;
    hdf5::Dataspace space;
    std::size_t per_row;
    bool has_extra_axis;
  };

  /// @throws Error if there is no such variable
  [[nodiscard]] const Stored& find(const std::string& name) const;

  /// Call `call(dataset, memory space, file space, offset)` a box, with the offset of its first number among the
  /// caller's.
  template <typename Call>
  void transfer(const std::string& name, std::uint64_t first, std::size_t elements, Call call) const {
    const Stored& variable = find(name);
    std::size_t offset = 0;
    for (const GridBox& box : boxes(first, elements / variable.per_row, shape_)) {
      const hsize_t count = box.rows * variable.per_row;
      select(variable, box);
      call(variable.dataset, hdf5::space_of({count}), variable.space, offset);
      offset += count;
    }
  }

  static void select(const Stored& variable, const GridBox& box);

  std::vector<std::uint64_t> shape_;
  std::map<std::string, Stored> variables_;
};

}  // namespace flatsweep::record

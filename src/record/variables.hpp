#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <type_traits>
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

/// The variables of an open results file, read and written by runs of consecutive rows: one library call a
/// box, each a contiguous stretch of the file.
class Variables {
 public:
  /// @throws hdf5::Failure if a variable is missing or has another shape
  Variables(hid_t file, const Layout& layout);

  /// Write values.size() / per_row rows from `first` on.
  template <typename T>
  void write(const std::string& name, std::uint64_t first, std::span<const T> values) const {
    transfer(
        name, first, values.size(),
        [&](const Transfer& part) {
          hdf5::check(H5Dwrite(part.dataset, hdf5::native_type<T>(), part.memory, part.file, H5P_DEFAULT,
                               values.data() + part.offset),
                      "H5Dwrite");
        });
  }

  /// Read values.size() / per_row rows from `first` on; NaN for variables that the file lacks.
  template <typename T>
  void read(const std::string& name, std::uint64_t first, std::span<T> values) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (missing_.contains(name)) {
        std::ranges::fill(values, not_a_number);
        return;
      }
    }
    transfer(name, first, values.size(), [&](const Transfer& part) {
      hdf5::check(H5Dread(part.dataset, hdf5::native_type<T>(), part.memory, part.file, H5P_DEFAULT,
                          values.data() + part.offset),
                  "H5Dread");
    });
  }

  /// Return the place of a variable's first number, in bytes from the start of the file.
  [[nodiscard]] haddr_t offset(const std::string& name) const;

  /// Return the elements a row. @throws Error for an unknown name
  [[nodiscard]] std::size_t per_row(const std::string& name) const { return find(name).per_row; }

 private:
  struct Column {
    hdf5::Dataset dataset;
    hdf5::Dataspace space;
    std::size_t per_row;
    bool has_extra_axis;
  };

  struct Transfer {
    hid_t dataset;
    hid_t memory;
    hid_t file;
    std::size_t offset;  // of the part in the caller's values
  };

  [[nodiscard]] const Column& find(const std::string& name) const;

  template <typename Call>
  void transfer(const std::string& name, std::uint64_t first, std::size_t elements, Call call) const {
    const Column& column = find(name);
    std::size_t offset = 0;
    for (const GridBox& box : boxes(first, elements / column.per_row, shape_)) {
      const hsize_t count = box.rows * column.per_row;
      select(column, box);
      const hdf5::Dataspace memory(hdf5::check(H5Screate_simple(1, &count, nullptr), "H5Screate_simple"));
      call(Transfer{column.dataset, memory, column.space, offset});
      offset += count;
    }
  }

  static void select(const Column& column, const GridBox& box);

  std::vector<std::uint64_t> shape_;
  std::set<std::string> missing_;
  std::map<std::string, Column, std::less<>> columns_;
};

}  // namespace flatsweep::record

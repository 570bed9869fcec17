#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "flatsweep/record/layout.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {

/// A box of the grid that is one contiguous stretch of row-major indices.
struct GridBox {
  hdf5::Dimensions start;
  hdf5::Dimensions count;
  std::uint64_t rows;
};

/// Return the rows first, ..., first + rows - 1 of a grid of this shape as boxes, in order.
std::vector<GridBox> boxes(std::uint64_t first, std::uint64_t rows, std::span<const std::uint64_t> shape);

/// The variables of an open results file, read and written by runs of consecutive rows: one library call a box, each a
/// contiguous stretch of the file.
class Variables {
 public:
  /// Find out which axes and variables the file of this job has, and open the variables.
  /// @throws hdf5::Failure if that cannot be read or a variable has another shape; Error if the file lacks what every
  ///         file has
  Variables(hid_t file, const job::Job& job);

  [[nodiscard]] const Layout& layout() const { return layout_; }

  /// Write values.size() / per_row rows from `first` on.
  template <typename T>
  void write(const std::string& name, std::uint64_t first, std::span<const T> values) const {
    transfer(name, first, values, H5Dwrite, "H5Dwrite");
  }

  /// Read values.size() / per_row rows from `first` on.
  template <typename T>
  void read(const std::string& name, std::uint64_t first, std::span<T> values) const {
    transfer(name, first, values, H5Dread, "H5Dread");
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
    std::size_t per_row;
    bool has_extra_axis;
  };

  /// @throws Error if there is no such variable
  [[nodiscard]] const Stored& find(const std::string& name) const;

  template <typename T, typename Call>
  void transfer(const std::string& name, std::uint64_t first, std::span<T> values, Call call, const char* what) const {
    const Stored& variable = find(name);
    const hid_t type = hdf5::number_type<std::remove_const_t<T>>().memory;
    for (GridBox& box : boxes(first, values.size() / variable.per_row, shape_)) {
      const std::size_t count = box.rows * variable.per_row;
      if (variable.has_extra_axis) {
        box.start.push_back(0);
        box.count.push_back(variable.per_row);
      }
      const hdf5::Dataspace space = hdf5::box_of(variable.dataset, box.start, box.count);
      hdf5::check(call(variable.dataset, type, hdf5::space_of({count}), space, H5P_DEFAULT, values.data()), what);
      values = values.subspan(count);
    }
  }

  Layout layout_;
  std::vector<std::uint64_t> shape_;
  std::map<std::string, Stored> variables_;
};

}  // namespace flatsweep::record

#include "record/variables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::record {
namespace {

/// Return the names in the root group, in the order in which they were made; if the file does not know that, in the
/// order of this layout.
std::vector<std::string> names_in(hid_t file, const Layout& known) {
  H5G_info_t info{};
  hdf5::check(H5Gget_info(file, &info), "H5Gget_info");
  std::vector<std::string> names;
  const auto read = [&](H5_index_t order) {
    names.clear();
    for (hsize_t i = 0; i < info.nlinks; ++i) {
      std::array<char, 256> name{};
      if (H5Lget_name_by_idx(file, ".", order, H5_ITER_INC, i, name.data(), name.size() - 1, H5P_DEFAULT) < 0)
        return false;
      names.emplace_back(name.data());
    }
    return true;
  };
  if (read(H5_INDEX_CRT_ORDER)) return names;
  if (!read(H5_INDEX_NAME)) hdf5::fail("H5Lget_name_by_idx");
  std::ranges::stable_sort(names, {}, [&](const std::string& name) {
    return std::ranges::find(known.variables(), name, &Variable::name) - known.variables().begin();
  });
  return names;
}

/// Put names into the order in which checksums take their values, if the file has all of them: a program that wrote it
/// anew, as NCO does, may have sorted them.
void order_by_checksum(hid_t file, std::vector<std::string>& names) {
  if (!hdf5::has_link(file, "checksum")) return;
  const hdf5::Dataset checksum = hdf5::open_dataset(file, "checksum");
  if (!hdf5::has_attribute(checksum, "variables")) return;
  std::istringstream text(hdf5::read_text_attribute(checksum, "variables"));
  const std::vector<std::string> values{std::istream_iterator<std::string>(text), {}};
  const auto is_there = [&](const std::string& value) { return std::ranges::find(names, value) != names.end(); };
  if (std::ranges::all_of(values, is_there))
    std::ranges::stable_sort(names, {}, [&](const std::string& name) { return std::ranges::find(values, name); });
}

/// Return a variable that this program does not know, if the dataset is one over the axes of this shape.
std::optional<Variable> unknown_variable(hid_t file, const std::string& name, const std::vector<std::uint64_t>& shape) {
  try {
    const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(file, name.c_str());
    const hdf5::Dimensions dimensions = hdf5::dimensions_of(dataset);
    if (dimensions.size() < shape.size() || !std::ranges::equal(shape, std::span(dimensions).first(shape.size())))
      return std::nullopt;
    const std::size_t per_row = std::accumulate(dimensions.begin() + static_cast<std::ptrdiff_t>(shape.size()),
                                                dimensions.end(), std::size_t{1}, std::multiplies<>());
    const ElementType type = hdf5::class_of(dataset) == H5T_FLOAT ? ElementType::float64 : ElementType::int32;
    return Variable{name, "unknown to this program", "1", type, not_a_number, per_row == 1 ? "" : "unknown", per_row};
  } catch (const hdf5::Failure&) {  // a group, or text
    return std::nullopt;
  }
}

/// Return the layout of an open file.
Layout read_layout(hid_t file, const job::Job& job) {
  const Layout known(job);
  std::vector<std::string> names = names_in(file, known);
  order_by_checksum(file, names);
  const auto has = [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); };
  std::vector<std::string> axes;
  std::vector<std::uint64_t> shape;
  for (const job::Axis& axis : known.axes()) {
    if (!has(axis.name)) continue;
    axes.push_back(axis.name);
    shape.push_back(axis.size());
  }
  std::vector<Variable> stored;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(known.variables(), name, &Variable::name);
    if (found != known.variables().end())
      stored.push_back(*found);  // Variables compares its shape
    else if (std::ranges::find(axes, name) == axes.end())
      if (const auto variable = unknown_variable(file, name, shape)) stored.push_back(*variable);
  }
  return {job, axes, stored};
}

}  // namespace

std::vector<GridBox> boxes(std::uint64_t first, std::uint64_t rows, std::span<const std::uint64_t> shape) {
  const std::size_t axes = shape.size();
  std::vector<std::uint64_t> stride(axes, 1);
  for (std::size_t k = axes - 1; k > 0; --k) stride[k - 1] = stride[k] * shape[k];
  expects(first + rows <= stride[0] * shape[0]);

  std::vector<GridBox> covering;
  for (std::uint64_t at = first, end = first + rows; at < end; at += covering.back().rows) {
    std::size_t axis = 0;  // the slowest one of which a whole step fits here
    while (at % stride[axis] != 0 || at + stride[axis] > end) ++axis;
    const std::uint64_t position = at / stride[axis] % shape[axis];
    const std::uint64_t steps = std::min((end - at) / stride[axis], shape[axis] - position);

    GridBox box{hdf5::Dimensions(axes), hdf5::Dimensions(axes, 1), steps * stride[axis]};
    for (std::size_t k = 0; k < axes; ++k) box.start[k] = at / stride[k] % shape[k];
    box.count[axis] = steps;
    for (std::size_t k = axis + 1; k < axes; ++k) box.count[k] = shape[k];
    covering.push_back(std::move(box));
  }
  return covering;
}

Variables::Variables(hid_t file, const job::Job& job) : layout_(read_layout(file, job)), shape_(layout_.shape()) {
  for (const Variable& variable : layout_.variables()) {
    hdf5::Dataset dataset = hdf5::open_contiguous_dataset(file, variable.name.c_str());
    hdf5::Dimensions expected(shape_.begin(), shape_.end());
    if (!variable.extra_axis.empty()) expected.push_back(variable.per_row);
    const H5T_class_t type = variable.type == ElementType::float64 ? H5T_FLOAT : H5T_INTEGER;
    if (hdf5::dimensions_of(dataset) != expected || hdf5::class_of(dataset) != type)
      throw hdf5::Failure(fmt::format("variable {} has another shape or type than the axes ask for", variable.name));
    variables_.emplace(variable.name, Stored{std::move(dataset), variable.per_row, !variable.extra_axis.empty()});
  }
}

haddr_t Variables::offset(const std::string& name) const {
  const haddr_t offset = H5Dget_offset(find(name).dataset);
  if (offset == HADDR_UNDEF) hdf5::fail("H5Dget_offset");
  return offset;
}

const Variables::Stored& Variables::find(const std::string& name) const {
  const auto found = variables_.find(name);
  if (found != variables_.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [other, stored] : variables_) known.push_back(other);
  throw Error(fmt::format("there is no variable {}", name), fmt::format("nearest: {}", nearest_word(name, known)),
              "Name one of the file.");
}

}  // namespace flatsweep::record

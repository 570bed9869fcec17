#include "record/variables.hpp"

#include "flatsweep/core/error.hpp"

namespace flatsweep::record {

Variables::Variables(hid_t file, const Layout& layout) : shape_(layout.shape()) {
  for (const Variable& variable : layout.variables()) {
    hdf5::Dataset dataset = hdf5::open_contiguous_dataset(file, variable.name.c_str());
    hdf5::Dimensions expected(shape_.begin(), shape_.end());
    if (!variable.extra_axis.empty()) expected.push_back(variable.per_row);
    const H5T_class_t type = variable.type == ElementType::float64 ? H5T_FLOAT : H5T_INTEGER;
    if (hdf5::dimensions_of(dataset) != expected || hdf5::class_of(dataset) != type)
      throw hdf5::Failure("variable " + variable.name + " has another shape or type than the axes ask for");
    hdf5::Dataspace space(hdf5::check(H5Dget_space(dataset), "H5Dget_space"));
    columns_.emplace(variable.name, Column{std::move(dataset), std::move(space), variable.per_row,
                                           !variable.extra_axis.empty()});
  }
}

haddr_t Variables::offset(const std::string& name) const {
  const haddr_t offset = H5Dget_offset(find(name).dataset);
  if (offset == HADDR_UNDEF) hdf5::fail("H5Dget_offset");
  return offset;
}

const Variables::Column& Variables::find(const std::string& name) const {
  const auto found = columns_.find(name);
  if (found != columns_.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [other, column] : columns_) known.push_back(other);
  throw Error("there is no variable " + name, "nearest: " + nearest_word(name, known),
              "Name one of the file.");
}

void Variables::select(const Column& column, const GridBox& box) {
  std::vector<hsize_t> start = box.start;
  std::vector<hsize_t> count = box.count;
  if (column.has_extra_axis) {
    start.push_back(0);
    count.push_back(column.per_row);
  }
  hdf5::check(H5Sselect_hyperslab(column.space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
              "H5Sselect_hyperslab");
}

}  // namespace flatsweep::record

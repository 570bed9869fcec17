#include "record/netcdf.hpp"

#include <hdf5_hl.h>

#include <array>
#include <cstdio>
#include <variant>

namespace flatsweep::record::netcdf {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;  // clang 16 does not find it itself

// DIMENSION_LIST, as H5DSattach_scale writes it; but no REFERENCE_LIST on the scales, by which h5diff would
// come back to every variable from every axis, those it was told to exclude among them.
void attach(const hdf5::Dataset& variable, const std::vector<const hdf5::Dataset*>& dimensions) {
  std::vector<hobj_ref_t> references(dimensions.size());
  std::vector<hvl_t> lists;
  for (std::size_t k = 0; k < dimensions.size(); ++k) {
    hdf5::check(H5Rcreate(&references[k], *dimensions[k], ".", H5R_OBJECT, -1), "H5Rcreate");
    lists.push_back({1, &references[k]});
  }
  const hdf5::Datatype type(hdf5::check(H5Tvlen_create(H5T_STD_REF_OBJ), "H5Tvlen_create"));
  const hsize_t count = lists.size();
  const hdf5::Dataspace space(hdf5::check(H5Screate_simple(1, &count, nullptr), "H5Screate_simple"));
  const hdf5::Attribute attribute(hdf5::check(
      H5Acreate2(variable, "DIMENSION_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT), "H5Acreate"));
  hdf5::check(H5Awrite(attribute, type, lists.data()), "H5Awrite");
}

hdf5::Dimensions lengths_of(const std::vector<const hdf5::Dataset*>& dimensions) {
  hdf5::Dimensions lengths;
  for (const hdf5::Dataset* dimension : dimensions)
    lengths.push_back(hdf5::dimensions_of(*dimension).front());
  return lengths;
}

}  // namespace

hdf5::Dataset create_coordinate(hid_t parent, const job::Axis& axis) {
  const auto create = [&](hid_t type) {
    return hdf5::create_dataset(parent, axis.name.c_str(), type, {axis.size()});
  };
  hdf5::Dataset dataset = std::visit(Overloaded{[&](const std::vector<double>& values) {
                                                  hdf5::Dataset numbers = create(H5T_IEEE_F64LE);
                                                  hdf5::write_all<double>(numbers, values);
                                                  return numbers;
                                                },
                                                [&](const std::vector<std::int64_t>& values) {
                                                  hdf5::Dataset numbers = create(H5T_STD_I64LE);
                                                  hdf5::write_all<std::int64_t>(numbers, values);
                                                  return numbers;
                                                },
                                                [&](const std::vector<std::string>& values) {
                                                  hdf5::Dataset texts = create(hdf5::text_type());
                                                  hdf5::write_texts(texts, values);
                                                  return texts;
                                                }},
                                     axis.values);
  hdf5::check(H5DSset_scale(dataset, axis.name.c_str()), "H5DSset_scale");
  hdf5::write_attribute(dataset, "long_name", axis.long_name);
  hdf5::write_attribute(dataset, "units", axis.units);
  return dataset;
}

hdf5::Dataset create_dimension(hid_t parent, const std::string& name, hsize_t length) {
  hdf5::Dataset dataset = hdf5::create_dataset(parent, name.c_str(), H5T_IEEE_F32BE, {length});
  std::array<char, 80> label;  // the text by which netCDF knows it
  std::snprintf(label.data(), label.size(), "This is a netCDF dimension but not a netCDF variable.%10d",
                static_cast<int>(length));
  hdf5::check(H5DSset_scale(dataset, label.data()), "H5DSset_scale");
  return dataset;
}

hdf5::Dataset create_variable(hid_t parent, const std::string& name, hid_t type, double fill,
                              const std::vector<const hdf5::Dataset*>& dimensions,
                              const std::string& long_name, const std::string& units) {
  hdf5::Dataset dataset = hdf5::create_dataset(parent, name.c_str(), type, lengths_of(dimensions), fill);
  attach(dataset, dimensions);
  hdf5::write_attribute(dataset, "long_name", long_name);
  hdf5::write_attribute(dataset, "units", units);
  if (hdf5::class_of(dataset) == H5T_FLOAT)
    hdf5::write_attribute<double>(dataset, "_FillValue", type, std::span(&fill, 1));
  return dataset;
}

hdf5::Dataset create_text_variable(hid_t parent, const std::string& name,
                                   const std::vector<const hdf5::Dataset*>& dimensions,
                                   const std::string& long_name) {
  hdf5::Dataset dataset =
      hdf5::create_dataset(parent, name.c_str(), character_type(), lengths_of(dimensions));
  attach(dataset, dimensions);
  hdf5::write_attribute(dataset, "long_name", long_name);
  hdf5::write_attribute(dataset, "_Encoding", std::string("utf-8"));
  return dataset;
}

hdf5::Datatype character_type() { return hdf5::Datatype(hdf5::check(H5Tcopy(H5T_C_S1), "H5Tcopy")); }

}  // namespace flatsweep::record::netcdf

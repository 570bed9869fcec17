#include "netcdf.hpp"

#include <hdf5_hl.h>

#include <cstdio>
#include <variant>

namespace flatsweep::record::netcdf {

namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

void attach(const hdf5::Dataset& variable, const std::vector<const hdf5::Dataset*>& dimensions) {
  for (unsigned k = 0; k < dimensions.size(); ++k) {
    hdf5::check(H5DSattach_scale(variable, *dimensions[k], k), "H5DSattach_scale");
  }
}

hdf5::Dimensions lengths_of(const std::vector<const hdf5::Dataset*>& dimensions) {
  hdf5::Dimensions lengths;
  for (const hdf5::Dataset* dimension : dimensions) {
    lengths.push_back(hdf5::dimensions_of(*dimension).front());
  }
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

job::Axis read_coordinate(hid_t parent, const std::string& name) {
  const hdf5::Dataset dataset = hdf5::open_dataset(parent, name.c_str());
  if (hdf5::dimensions_of(dataset).size() != 1) throw hdf5::Failure(name + " is not an axis");
  job::Axis axis{
      name, hdf5::read_text_attribute(dataset, "long_name"), hdf5::read_text_attribute(dataset, "units"), {}};
  switch (hdf5::class_of(dataset)) {
    case H5T_STRING:
      axis.values = hdf5::read_texts(dataset);
      break;
    case H5T_INTEGER:
      axis.values = hdf5::read_all<std::int64_t>(dataset);
      break;
    default:
      axis.values = hdf5::read_all<double>(dataset);
  }
  return axis;
}

hdf5::Dataset create_dimension(hid_t parent, const std::string& name, hsize_t length) {
  hdf5::Dataset dataset = hdf5::create_dataset(parent, name.c_str(), H5T_IEEE_F32BE, {length});
  char label[80];  // the text by which netCDF knows it
  std::snprintf(label, sizeof label, "This is a netCDF dimension but not a netCDF variable.%10d",
                static_cast<int>(length));
  hdf5::check(H5DSset_scale(dataset, label), "H5DSset_scale");
  return dataset;
}

hdf5::Dataset create_variable(hid_t parent, const std::string& name, hid_t type, double fill,
                              const std::vector<const hdf5::Dataset*>& dimensions,
                              const std::string& long_name, const std::string& units) {
  hdf5::Dataset dataset = hdf5::create_dataset(parent, name.c_str(), type, lengths_of(dimensions), fill);
  attach(dataset, dimensions);
  hdf5::write_attribute(dataset, "long_name", long_name);
  hdf5::write_attribute(dataset, "units", units);
  if (hdf5::class_of(dataset) == H5T_FLOAT) {
    hdf5::write_attribute<double>(dataset, "_FillValue", type, std::span(&fill, 1));
  }
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

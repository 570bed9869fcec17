#pragma once

#include <string>
#include <vector>

#include "flatsweep/job/axes.hpp"
#include "record/hdf5_file.hpp"

/// The conventions that make an HDF5 file a netCDF-4 file.
namespace flatsweep::record::netcdf {

/// A dimension and the values along it: a dataset of the axis' name.
hdf5::Dataset create_coordinate(hid_t parent, const job::Axis& axis);

/// A dimension without values.
hdf5::Dataset create_dimension(hid_t parent, const std::string& name, hsize_t length);

/// A variable over `dimensions`, with its attributes; `_FillValue` where the type is floating-point.
hdf5::Dataset create_variable(hid_t parent, const std::string& name, hid_t type, double fill,
                              const std::vector<const hdf5::Dataset*>& dimensions,
                              const std::string& long_name, const std::string& units);

/// Texts of fixed length as characters: the last dimension is the length.
hdf5::Dataset create_text_variable(hid_t parent, const std::string& name,
                                   const std::vector<const hdf5::Dataset*>& dimensions,
                                   const std::string& long_name);

/// Single characters, as create_text_variable stores them.
hdf5::Datatype character_type();

}  // namespace flatsweep::record::netcdf

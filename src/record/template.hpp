#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_file.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {

/// Root attribute in which files of version 0.1 repeat `resolved` as a text of fixed length.
inline constexpr const char* old_job_attribute = "layout_job";

/// Write the template of a results file: every object and attribute, all rows pending.
/// @throws hdf5::Failure
void write_template(const std::filesystem::path& path, const job::Job& job, const Layout& layout,
                    const Provenance& provenance);

/// Write the attributes `flag_values` and `flag_meanings` of a dataset of statuses.
void describe_status(hid_t dataset);

/// The conventions that make an HDF5 file a netCDF-4 file.
namespace netcdf {

/// Create a dimension with the values along it: a dataset of the axis' name.
hdf5::Dataset create_coordinate(hid_t parent, const job::Axis& axis);

/// Create a dimension without values.
hdf5::Dataset create_dimension(hid_t parent, const std::string& name, hsize_t length);

/// Dimensions of a variable.
using Scales = std::vector<const hdf5::Dataset*>;

/// Create a variable with its attributes; with `_FillValue` if the type is floating-point.
hdf5::Dataset create_variable(hid_t parent, const Variable& variable, const Scales& dimensions);

/// Create a variable of texts of fixed length, as characters: the last dimension is the length.
hdf5::Dataset create_text_variable(hid_t parent, const std::string& name, const std::string& long_name,
                                   const Scales& dimensions);

}  // namespace netcdf

}  // namespace flatsweep::record

#include "record/template.hpp"

#include <fmt/ranges.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include "flatsweep/experiment/outcome.hpp"
#include "record/activity.hpp"
#include "record/run_log.hpp"

namespace flatsweep::record {
namespace {

using netcdf::Scales;

constexpr const char* checksum_algorithm =
    "CRC-32 (zlib.crc32) of the little-endian bytes of id (uint64, row-major index), status (uint8), iterations (int32) and the variables in the order of the attribute `variables`, each in its own type and with its whole extra axis";

hid_t file_type(ElementType type) {
  const std::array types = {H5T_IEEE_F64LE, H5T_STD_I32LE, H5T_STD_U32LE, H5T_STD_U64LE, H5T_STD_U8LE};  // in its order
  return types.at(static_cast<std::size_t>(type));
}

void describe_checksum(hid_t dataset, const Layout& layout) {
  std::vector<std::string> names;
  for (const Variable& variable : layout.values())
    if (variable.extra_axis != "unknown") names.push_back(variable.name);
  if (layout.has("solver_path")) names.emplace_back("solver_path");
  hdf5::write_attribute(dataset, "algorithm", checksum_algorithm);
  hdf5::write_attribute(dataset, "variables", fmt::format("{}", fmt::join(names, " ")));
}

void describe_solver_path(hid_t dataset) {
  std::array<std::uint8_t, solve::rung_names.size()> masks{};
  for (std::size_t rung = 0; rung < masks.size(); ++rung) masks[rung] = static_cast<std::uint8_t>(1U << rung);
  hdf5::write_attribute<std::uint8_t>(dataset, "flag_masks", masks);
  hdf5::write_attribute(dataset, "flag_meanings", fmt::format("{}", fmt::join(solve::rung_names, " ")));
}

void write_root_attributes(hid_t file, const job::Job& job, const Provenance& provenance) {
  hdf5::write_attribute(file, "Conventions", "CF-1.8");
  hdf5::write_attribute(file, "layout_version", std::int32_t{2});  // 0.1 reads 1, and says so
  const std::vector<std::pair<const char*, std::string>> texts = {
      {"title", job.name},
      {"source", "flatsweep"},
      {"job", job.text},
      {"resolved", job.resolved()},
      {"digest", job.digest()},
      {"version", provenance.build.version},
      {"commit", provenance.build.commit},
      {"compiler", provenance.build.compiler},
      {"flags", provenance.build.flags},
      {"mpi", provenance.mpi},
      {"hdf5", provenance.hdf5},
      {"blas", provenance.blas},
  };
  for (const auto& [name, text] : texts) hdf5::write_attribute(file, name, text);
}

/// Write DIMENSION_LIST as H5DSattach_scale does, but no REFERENCE_LIST on the scales: it would lead h5diff from every
/// axis back to every variable, also to those that it is to exclude.
void attach(const hdf5::Dataset& variable, const Scales& dimensions) {
  std::vector<hobj_ref_t> references(dimensions.size());
  std::vector<hvl_t> lists;
  for (std::size_t k = 0; k < dimensions.size(); ++k) {
    hdf5::check(H5Rcreate(&references[k], *dimensions[k], ".", H5R_OBJECT, -1), "H5Rcreate");
    lists.push_back({1, &references[k]});
  }
  const hdf5::Datatype type(hdf5::check(H5Tvlen_create(H5T_STD_REF_OBJ), "H5Tvlen_create"));
  hdf5::write_raw_attribute(variable, "DIMENSION_LIST", type, hdf5::space_of({lists.size()}), type, lists.data());
}

/// Create a dataset of numbers or texts.
template <typename T>
hdf5::Dataset create_values(hid_t parent, const char* name, const std::vector<T>& values) {
  if constexpr (std::is_arithmetic_v<T>) {
    return hdf5::write_dataset<T>(parent, name, values, {values.size()});
  } else {
    hdf5::Dataset texts = hdf5::create_dataset(parent, name, hdf5::text_type(), {values.size()});
    std::vector<const char*> pointers(values.size());
    std::ranges::transform(values, pointers.begin(), &std::string::c_str);
    hdf5::check(H5Dwrite(texts, hdf5::text_type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "H5Dwrite");
    return texts;
  }
}

/// Create a dataset over these dimensions.
hdf5::Dataset create_over(hid_t parent, const std::string& name, hid_t type, const Scales& dimensions,
                          const std::string& long_name, std::optional<double> fill = std::nullopt) {
  hdf5::Dimensions lengths;
  for (const hdf5::Dataset* dimension : dimensions) lengths.push_back(hdf5::dimensions_of(*dimension).front());
  hdf5::Dataset dataset = hdf5::create_dataset(parent, name.c_str(), type, lengths, fill);
  attach(dataset, dimensions);
  hdf5::write_attribute(dataset, "long_name", long_name);
  return dataset;
}

}  // namespace

void write_template(const std::filesystem::path& path, const job::Job& job, const Layout& layout,
                    const Provenance& provenance) {
  hdf5::File file = hdf5::create_file(path);
  write_root_attributes(file, job, provenance);
  {
    std::map<std::string, hdf5::Dataset> scales;
    for (const job::Axis& axis : layout.axes()) scales[axis.name] = netcdf::create_coordinate(file, axis);
    for (const job::Axis& axis : layout.extra_axes()) scales[axis.name] = netcdf::create_coordinate(file, axis);
    for (const Variable& variable : layout.variables()) {
      if (variable.extra_axis == "unknown") continue;
      Scales dimensions;
      for (const job::Axis& axis : layout.axes()) dimensions.push_back(&scales.at(axis.name));
      if (!variable.extra_axis.empty()) dimensions.push_back(&scales.at(variable.extra_axis));
      const hdf5::Dataset dataset = netcdf::create_variable(file, variable, dimensions);
      if (variable.name == "status") describe_status(dataset);
      if (variable.name == "solver_path") describe_solver_path(dataset);
      if (variable.name == "checksum") describe_checksum(dataset, layout);
    }
    create_run_log(file);
    create_activity(file);
  }
  hdf5::close(std::move(file));
}

void describe_status(hid_t dataset) {
  std::array<std::uint8_t, status_names.size()> flags{};
  std::iota(flags.begin(), flags.end(), std::uint8_t{0});
  hdf5::write_attribute<std::uint8_t>(dataset, "flag_values", flags);
  hdf5::write_attribute(dataset, "flag_meanings", fmt::format("{}", fmt::join(status_names, " ")));
}

namespace netcdf {

hdf5::Dataset create_coordinate(hid_t parent, const job::Axis& axis) {
  hdf5::Dataset dataset =
      std::visit([&](const auto& values) { return create_values(parent, axis.name.c_str(), values); }, axis.values);
  hdf5::check(H5DSset_scale(dataset, axis.name.c_str()), "H5DSset_scale");
  hdf5::write_attribute(dataset, "long_name", axis.long_name);
  hdf5::write_attribute(dataset, "units", axis.units);
  return dataset;
}

hdf5::Dataset create_dimension(hid_t parent, const std::string& name, hsize_t length) {
  hdf5::Dataset dataset = hdf5::create_dataset(parent, name.c_str(), H5T_IEEE_F32BE, {length});
  // The text by which netCDF recognises it.
  const std::string label = fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}", length);
  hdf5::check(H5DSset_scale(dataset, label.c_str()), "H5DSset_scale");
  return dataset;
}

hdf5::Dataset create_variable(hid_t parent, const Variable& variable, const Scales& dimensions) {
  hdf5::Dataset dataset =
      create_over(parent, variable.name, file_type(variable.type), dimensions, variable.long_name, variable.fill);
  hdf5::write_attribute(dataset, "units", variable.units);
  if (variable.type == ElementType::float64) hdf5::write_attribute(dataset, "_FillValue", std::span(&variable.fill, 1));
  return dataset;
}

hdf5::Dataset create_text_variable(hid_t parent, const std::string& name, const std::string& long_name,
                                   const Scales& dimensions) {
  hdf5::Dataset dataset = create_over(parent, name, H5T_C_S1, dimensions, long_name);
  hdf5::write_attribute(dataset, "_Encoding", "utf-8");
  return dataset;
}

}  // namespace netcdf

}  // namespace flatsweep::record

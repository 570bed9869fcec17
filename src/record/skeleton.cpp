#include "record/skeleton.hpp"

#include <array>
#include <map>

#include "flatsweep/experiment/outcome.hpp"
#include "record/array_file.hpp"
#include "record/journal_file.hpp"
#include "record/netcdf.hpp"

namespace flatsweep::record {
namespace {

hid_t file_type(ElementType type) {
  switch (type) {
    case ElementType::float64:
      return H5T_IEEE_F64LE;
    case ElementType::int32:
      return H5T_STD_I32LE;
    case ElementType::uint32:
      return H5T_STD_U32LE;
    case ElementType::uint8:
      break;
  }
  return H5T_STD_U8LE;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void describe_checksum(hid_t dataset, const Layout& layout) {
  std::vector<std::string> names;
  for (const Variable& variable : layout.values())
    if (variable.extra_axis != "unknown") names.push_back(variable.name);
  if (layout.has("solver_path")) names.emplace_back("solver_path");
  hdf5::write_attribute(
      dataset, "algorithm",
      std::string(
          "CRC-32 (zlib.crc32) of the little-endian bytes of id (uint64, row-major index), status (uint8), iterations (int32) and the variables in the order of the attribute `variables`, each in its own type and with its whole extra axis"));
  hdf5::write_attribute(dataset, "variables", join(names));
}

void describe_solver_path(hid_t dataset) {
  std::array<std::uint8_t, solve::rung_names.size()> masks{};
  for (std::size_t rung = 0; rung < masks.size(); ++rung) masks[rung] = static_cast<std::uint8_t>(1U << rung);
  hdf5::write_attribute<std::uint8_t>(dataset, "flag_masks", H5T_STD_U8LE, masks);
  hdf5::write_attribute(dataset, "flag_meanings", join({solve::rung_names.begin(), solve::rung_names.end()}));
}

void write_root_attributes(hid_t file, const job::Job& job, const Provenance& provenance) {
  hdf5::write_attribute(file, "Conventions", std::string("CF-1.8"));
  hdf5::write_attribute<std::int32_t>(file, "layout_version", H5T_STD_I32LE, 2);  // 0.1 reads 1, and says so
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
  hdf5::write_checked_text_attribute(file, job_attribute, job.resolved());
}

}  // namespace

void write_skeleton(const std::filesystem::path& path, const job::Job& job, const Layout& layout,
                    const Provenance& provenance) {
  hdf5::File file = hdf5::create_file(path);
  write_root_attributes(file, job, provenance);
  {
    std::map<std::string, hdf5::Dataset> scales;
    for (const job::Axis& axis : layout.axes()) scales[axis.name] = netcdf::create_coordinate(file, axis);
    for (const job::Axis& axis : layout.extra_axes())
      scales[axis.name] = netcdf::create_coordinate(file, axis);
    for (const Variable& variable : layout.variables()) {
      if (variable.extra_axis == "unknown") continue;
      std::vector<const hdf5::Dataset*> dimensions;
      for (const job::Axis& axis : layout.axes()) dimensions.push_back(&scales.at(axis.name));
      if (!variable.extra_axis.empty()) dimensions.push_back(&scales.at(variable.extra_axis));
      const hdf5::Dataset dataset =
          netcdf::create_variable(file, variable.name, file_type(variable.type), variable.fill, dimensions,
                                  variable.long_name, variable.units);
      if (variable.name == "status") describe_status(dataset);
      if (variable.name == "solver_path") describe_solver_path(dataset);
      if (variable.name == "checksum") describe_checksum(dataset, layout);
    }
    create_journal(file);
  }
  hdf5::close(std::move(file));
}

}  // namespace flatsweep::record

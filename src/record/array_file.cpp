#include "record/array_file.hpp"

#include <array>
#include <numeric>

namespace flatsweep::record {
namespace {

using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::span<const double> numbers_of(const double* first, Index count) {
  return {first, static_cast<std::size_t>(count)};
}

}  // namespace

void ArrayFile::write(const char* name, double number) {
  hdf5::write_all<double>(hdf5::create_dataset(file_, name, H5T_IEEE_F64LE, {}), std::span(&number, 1));
}

void ArrayFile::write(const char* name, std::int64_t number) {
  hdf5::write_all<std::int64_t>(hdf5::create_dataset(file_, name, H5T_STD_I64LE, {}), std::span(&number, 1));
}

void ArrayFile::write(const char* name, Status status) {
  const hdf5::Dataset dataset = hdf5::create_dataset(file_, name, H5T_STD_U8LE, {});
  const auto byte = static_cast<std::uint8_t>(status);
  hdf5::write_all<std::uint8_t>(dataset, std::span(&byte, 1));
  describe_status(dataset);
}

void ArrayFile::write_vector(const char* name, VectorView vector) {
  const hdf5::Dataset dataset =
      hdf5::create_dataset(file_, name, H5T_IEEE_F64LE, {static_cast<hsize_t>(vector.size())});
  hdf5::write_all<double>(dataset, numbers_of(vector.data(), vector.size()));
}

void ArrayFile::write_matrix(const char* name, MatrixView matrix) {
  const RowMajorMatrix rows = matrix;
  const hdf5::Dataset dataset = hdf5::create_dataset(
      file_, name, H5T_IEEE_F64LE, {static_cast<hsize_t>(rows.rows()), static_cast<hsize_t>(rows.cols())});
  hdf5::write_all<double>(dataset, numbers_of(rows.data(), rows.size()));
}

void ArrayFile::write_nothing(const char* name, const hdf5::Dimensions& dimensions) {
  hdf5::create_empty_dataset(file_, name, dimensions);
}

void ArrayFile::write_attribute(const char* name, double number) {
  hdf5::write_attribute<double>(file_, name, H5T_IEEE_F64LE, number);
}

void ArrayFile::write_attribute(const char* name, std::int64_t number) {
  hdf5::write_attribute<std::int64_t>(file_, name, H5T_STD_I64LE, number);
}

void ArrayFile::write_attribute(const char* name, const std::string& text) {
  hdf5::write_attribute(file_, name, text);
}

void describe_status(hid_t dataset) {
  std::array<std::uint8_t, status_names.size()> flags{};
  std::iota(flags.begin(), flags.end(), std::uint8_t{0});
  std::string meanings;
  for (const std::string_view name : status_names) meanings.append(meanings.empty() ? "" : " ").append(name);
  hdf5::write_attribute<std::uint8_t>(dataset, "flag_values", H5T_STD_U8LE, flags);
  hdf5::write_attribute(dataset, "flag_meanings", meanings);
}

}  // namespace flatsweep::record

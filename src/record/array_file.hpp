#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "record/hdf5.hpp"
#include "record/template.hpp"

namespace flatsweep::record {

/// A new HDF5 file of named arrays, for h5py and other programs. All of it throws hdf5::Failure.
class ArrayFile {
 public:
  ArrayFile(const std::filesystem::path& file, const char* title) : file_(hdf5::create_file(file)) {
    hdf5::write_attribute(file_, "title", title);
  }

  void write(const char* name, double number) {
    hdf5::write_all<double>(create(name, H5T_IEEE_F64LE, {}), std::span(&number, 1));
  }

  void write(const char* name, std::int64_t number) {
    hdf5::write_all<std::int64_t>(create(name, H5T_STD_I64LE, {}), std::span(&number, 1));
  }

  /// Write a status as uint8, with its meanings as attributes.
  void write(const char* name, Status status) {
    const hdf5::Dataset dataset = create(name, H5T_STD_U8LE, {});
    const auto byte = static_cast<std::uint8_t>(status);
    hdf5::write_all<std::uint8_t>(dataset, std::span(&byte, 1));
    describe_status(dataset);
  }

  void write_vector(const char* name, const VectorView& vector) {
    hdf5::write_all<double>(create(name, H5T_IEEE_F64LE, {static_cast<hsize_t>(vector.size())}),
                            numbers_of(vector.data(), vector.size()));
  }

  /// Write a matrix, row-major.
  void write_matrix(const char* name, const MatrixView& matrix) {
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = matrix;
    hdf5::write_all<double>(
        create(name, H5T_IEEE_F64LE, {static_cast<hsize_t>(rows.rows()), static_cast<hsize_t>(rows.cols())}),
        numbers_of(rows.data(), rows.size()));
  }

  /// Write NaN of this shape, which takes no room.
  void write_nothing(const char* name, const hdf5::Dimensions& dimensions) {
    hdf5::create_empty_dataset(file_, name, dimensions);
  }

  void write_attribute(const char* name, double number) {
    hdf5::write_attribute<double>(file_, name, H5T_IEEE_F64LE, number);
  }

  void write_attribute(const char* name, std::int64_t number) {
    hdf5::write_attribute<std::int64_t>(file_, name, H5T_STD_I64LE, number);
  }

  /// Write a text of variable length, which h5py returns as `str`; flatsweep reads none of them.
  void write_attribute(const char* name, const std::string& text) { hdf5::write_variable_attribute(file_, name, text); }

  void close() { hdf5::close(std::move(file_)); }

 private:
  hdf5::Dataset create(const char* name, hid_t type, const hdf5::Dimensions& dimensions) {
    return hdf5::create_dataset(file_, name, type, dimensions);
  }

  static std::span<const double> numbers_of(const double* first, Index count) {
    return {first, static_cast<std::size_t>(count)};
  }

  hdf5::File file_;
};

}  // namespace flatsweep::record

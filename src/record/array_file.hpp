#pragma once

#include <cstdint>
#include <string>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "record/hdf5_file.hpp"

namespace flatsweep::record {

/// A new HDF5 file of named arrays. Everything throws hdf5::Failure.
class ArrayFile {
 public:
  explicit ArrayFile(const std::filesystem::path& file) : file_(hdf5::create_file(file)) {}

  void write(const char* name, double number);
  void write(const char* name, std::int64_t number);

  /// As uint8 with its meanings as attributes.
  void write(const char* name, Status status);

  void write_vector(const char* name, VectorView vector);

  /// Row-major, rows x columns.
  void write_matrix(const char* name, MatrixView matrix);

  /// NaN of this shape, without the room for it.
  void write_nothing(const char* name, const hdf5::Dimensions& dimensions);

  void write_attribute(const char* name, double number);
  void write_attribute(const char* name, std::int64_t number);
  void write_attribute(const char* name, const std::string& text);

  void close() { hdf5::close(std::move(file_)); }

 private:
  hdf5::File file_;
};

/// `flag_values` and `flag_meanings` of a dataset of statuses.
void describe_status(hid_t dataset);

}  // namespace flatsweep::record

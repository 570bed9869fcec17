#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::test {

/// Reads a file of golden data: groups with scalar attributes and real datasets.
/// Every member throws std::runtime_error if the file does not hold what is asked for.
class GoldenFile {
 public:
  explicit GoldenFile(const std::filesystem::path& path);
  ~GoldenFile();
  GoldenFile(const GoldenFile&) = delete;
  GoldenFile& operator=(const GoldenFile&) = delete;

  /// Return the folder of golden files.
  static std::filesystem::path directory();

  /// Return the names of the groups at the root, in alphabetical order.
  [[nodiscard]] std::vector<std::string> groups() const;

  /// Return a scalar attribute.
  [[nodiscard]] double number(const std::string& group, const std::string& attribute) const;
  /// Return an attribute that is a text.
  [[nodiscard]] std::string text(const std::string& group, const std::string& attribute) const;

  /// Return a dataset: one of two dimensions as it is, one of one dimension as a column.
  [[nodiscard]] Matrix matrix(const std::string& group, const std::string& dataset) const;
  /// Return the same as a vector, column after column.
  [[nodiscard]] Vector vector(const std::string& group, const std::string& dataset) const;

 private:
  std::int64_t file_;  // hid_t
};

}  // namespace flatsweep::test

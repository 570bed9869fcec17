#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::support {

/// Read access to a file of golden data: groups with scalar attributes and real datasets.
/// Every member throws std::runtime_error for what the file does not hold.
class GoldenFile {
 public:
  explicit GoldenFile(const std::filesystem::path& path);
  ~GoldenFile();
  GoldenFile(const GoldenFile&) = delete;
  GoldenFile& operator=(const GoldenFile&) = delete;

  /// One of the files copied to tests/regression/golden.
  static std::filesystem::path directory();

  /// Names of the groups at the root, in alphabetical order.
  [[nodiscard]] std::vector<std::string> groups() const;

  [[nodiscard]] double number(const std::string& group, const std::string& attribute) const;
  [[nodiscard]] std::string text(const std::string& group, const std::string& attribute) const;

  /// A dataset of two dimensions (stored row-major), or of one as a column.
  [[nodiscard]] Matrix matrix(const std::string& group, const std::string& dataset) const;
  [[nodiscard]] Vector vector(const std::string& group, const std::string& dataset) const;

 private:
  std::int64_t file_;  // hid_t
};

}  // namespace flatsweep::support

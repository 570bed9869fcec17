#include "golden_file.hpp"

#include <hdf5.h>

#include <array>
#include <stdexcept>

namespace flatsweep::test {
namespace {

/// Owns an HDF5 handle. @throws std::runtime_error if the handle is invalid
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle(hid_t id, Close close, const std::string& what) : id_(id), close_(close) {
    if (id_ < 0) throw std::runtime_error("golden file: cannot open " + what);
  }
  ~Handle() { close_(id_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

void require(herr_t code, const std::string& what) {
  if (code < 0) throw std::runtime_error("golden file: cannot read " + what);
}

hid_t open_attribute(hid_t file, const std::string& group, const std::string& attribute) {
  return H5Aopen_by_name(file, group.c_str(), attribute.c_str(), H5P_DEFAULT, H5P_DEFAULT);
}

}  // namespace

GoldenFile::GoldenFile(const std::filesystem::path& path) : file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
  if (file_ < 0) throw std::runtime_error("golden file: cannot open " + path.string());
}

GoldenFile::~GoldenFile() { H5Fclose(file_); }

std::filesystem::path GoldenFile::directory() { return FLATSWEEP_GOLDEN_DIRECTORY; }

std::vector<std::string> GoldenFile::groups() const {
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  require(H5Literate(file_, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names), "the list of groups");
  return names;
}

double GoldenFile::number(const std::string& group, const std::string& attribute) const {
  const std::string what = group + "/" + attribute;
  const Handle id(open_attribute(file_, group, attribute), H5Aclose, what);
  double value = 0.0;
  require(H5Aread(id, H5T_NATIVE_DOUBLE, &value), what);
  return value;
}

std::string GoldenFile::text(const std::string& group, const std::string& attribute) const {
  const std::string what = group + "/" + attribute;
  const Handle id(open_attribute(file_, group, attribute), H5Aclose, what);
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose, what);
  require(H5Tset_size(type, H5T_VARIABLE), what);
  require(H5Tset_cset(type, H5T_CSET_UTF8), what);
  char* raw = nullptr;
  require(H5Aread(id, type, &raw), what);
  std::string value(raw);
  H5free_memory(raw);
  return value;
}

Matrix GoldenFile::matrix(const std::string& group, const std::string& dataset) const {
  const std::string what = group + "/" + dataset;
  const Handle id(H5Dopen(file_, what.c_str(), H5P_DEFAULT), H5Dclose, what);
  const Handle space(H5Dget_space(id), H5Sclose, what);
  std::array<hsize_t, 2> size = {1, 1};
  if (H5Sget_simple_extent_ndims(space) > 2) throw std::runtime_error("golden file: not a matrix: " + what);
  require(H5Sget_simple_extent_dims(space, size.data(), nullptr), what);
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> values(size[0], size[1]);
  require(H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), what);
  return values;
}

Vector GoldenFile::vector(const std::string& group, const std::string& dataset) const {
  return matrix(group, dataset).reshaped();
}

}  // namespace flatsweep::test

#include "flatsweep/record/new_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "flatsweep/core/error.hpp"
#include "record/descriptor.hpp"
#include "record/hdf5_handle.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;

Error cannot_write(const fs::path& file, const std::string& why) {
  return Error("cannot write " + file.string(), why,
               "Name a file in a directory that exists, is writable and has room.");
}

// fsync of a directory makes a rename in it durable; some file systems refuse it, and need it not.
void sync_directory(const fs::path& directory) {
  const Descriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.valid()) ::fsync(descriptor.number());
}

void sync(const fs::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  if (!descriptor.valid() || ::fsync(descriptor.number()) != 0)
    throw cannot_write(file, std::strerror(errno));
}

struct Temporary {
  fs::path path;
  bool renamed = false;

  ~Temporary() {
    std::error_code ignored;
    if (!renamed) fs::remove(path, ignored);
  }
};

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

fs::path temporary_name(const fs::path& file) { return file.string() + ".tmp"; }

void write_new_file(const fs::path& file, const std::function<void(const fs::path&)>& write) {
  require_place(file);
  Temporary temporary{temporary_name(file)};
  try {
    write(temporary.path);
    sync(temporary.path);
    fs::rename(temporary.path, file);
  } catch (const hdf5::Failure& failure) {
    throw cannot_write(file, failure.what());
  } catch (const fs::filesystem_error& failure) {
    throw cannot_write(file, failure.code().message());
  }
  temporary.renamed = true;
  sync_directory(directory_of(file));
}

void require_place(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_directory(directory_of(file), ignored))
    throw cannot_write(file, directory_of(file).string() + " is not a directory");
  if (fs::exists(file, ignored) && !fs::is_regular_file(file, ignored)) {
    throw cannot_write(file,
                       fs::is_directory(file, ignored) ? "it is a directory" : "it is no ordinary file");
  }
}

void require_absent(const fs::path& file, Existing existing) {
  std::error_code ignored;
  if (existing == Existing::refuse && fs::exists(file, ignored))
    throw Error(file.string() + " exists", "it would be lost", "Name another file, or add --overwrite.");
}

}  // namespace flatsweep::record

#include "flatsweep/record/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;

bool has_title(hid_t file, const char* title) {
  return hdf5::has_attribute(file, "title") && hdf5::read_text_attribute(file, "title") == title;
}

FileKind kind_by_marks(const fs::path& name) {
  const hdf5::File file = hdf5::open_file(name);
  if (hdf5::has_attribute(file, "layout_version")) return FileKind::results;
  if (has_title(file, experiment_title)) return FileKind::experiment;
  if (has_title(file, program_solution_title)) return FileKind::program_solution;
  return FileKind::foreign_hdf5;
}

FileKind kind_of_hdf5(const fs::path& name) {
  try {
    const bool is_readable = hdf5::survives(name, [&] { kind_by_marks(name); });
    return is_readable ? kind_by_marks(name) : FileKind::unreadable_hdf5;
  } catch (const hdf5::Failure&) {
    return FileKind::unreadable_hdf5;
  }
}

Error cannot_write(const fs::path& file, const std::string& why) {
  return Error(fmt::format("cannot write {}", file.string()), why,
               "Name a file in a directory that exists, is writable and has room.");
}

/// Make a rename in a directory durable. Some file systems refuse the call, and do not need it.
void sync_directory(const fs::path& directory) {
  const Descriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.is_open()) ::fsync(descriptor.number());
}

void sync(const fs::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  if (!descriptor.is_open() || ::fsync(descriptor.number()) != 0) throw cannot_write(file, std::strerror(errno));
}

/// A file that is removed unless it was renamed.
struct Temporary {
  fs::path path;
  bool renamed = false;

  ~Temporary() {
    std::error_code ignored;
    if (!renamed) fs::remove(path, ignored);
  }
};

fs::path directory_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

}  // namespace

FileKind kind_of(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return FileKind::absent;
  if (!fs::is_regular_file(file, ignored)) return FileKind::no_hdf5;  // to open a pipe would wait for its writer
  if (fs::file_size(file, ignored) == 0) return FileKind::empty;
  return hdf5::is_hdf5(file) ? kind_of_hdf5(file) : FileKind::no_hdf5;
}

std::string_view describe(FileKind kind) {
  constexpr auto descriptions = std::to_array<std::string_view>(
      {"no file", "an empty file", "a results file of flatsweep run",
       "the file of one configuration by flatsweep solve", "the solution of a program by flatsweep solve",
       "an HDF5 file that cannot be opened", "an HDF5 file of another program", "no HDF5 file"});
  static_assert(descriptions.size() == static_cast<std::size_t>(FileKind::no_hdf5) + 1);
  return descriptions[static_cast<std::size_t>(kind)];
}

fs::path target_of(const fs::path& file) {
  constexpr int most = 40;  // as the system follows
  fs::path target = file;
  std::error_code none;
  for (int i = 0; i < most && fs::is_symlink(target, none); ++i)
    target = target.parent_path() / fs::read_symlink(target);
  return target;
}

void require_readable(const fs::path& file) {
  const auto refuse = [&](const char* why) {
    throw Error(fmt::format("cannot read {}", file.string()), why, "Name a file that you may read.");
  };
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor.is_open() && errno != ENOENT && errno != ENXIO) refuse(std::strerror(errno));
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) refuse("it is a directory");
  if (fs::exists(file, ignored) && !fs::is_regular_file(file, ignored)) refuse("it is no ordinary file");
}

void require_no_results(const fs::path& file) {
  require_not_in_use(file);
  if (kind_of(file) == FileKind::results)
    throw Error(fmt::format("{} is not overwritten", file.string()), "it is a results file of flatsweep run",
                "Name another file after -o.");
}

void require_own(const fs::path& file) {
  require_readable(file);
  const FileKind kind = kind_of(file);
  if (kind < FileKind::unreadable_hdf5) return;
  throw Error(fmt::format("{} is not overwritten", file.string()),
              fmt::format("it is {}, which flatsweep did not write", describe(kind)),
              "Name another file, or delete this one yourself.");
}

void require_absent(const fs::path& file, Existing existing) {
  std::error_code ignored;
  if (existing == Existing::refuse && fs::exists(file, ignored))
    throw Error(fmt::format("{} exists", file.string()), "it would be lost", "Name another file, or add --overwrite.");
}

void require_place(const fs::path& file) {
  std::error_code ignored;
  if (file.empty()) throw cannot_write(file, "the name is empty");
  if (fs::is_symlink(target_of(file), ignored)) throw cannot_write(file, std::strerror(ELOOP));
  const fs::path directory = directory_of(target_of(file));
  if (!fs::is_directory(directory, ignored))
    throw cannot_write(file, fmt::format("{} is not a directory", directory.string()));
  if (fs::is_directory(file, ignored)) throw cannot_write(file, "it is a directory");
  if (fs::exists(file, ignored) && !fs::is_regular_file(file, ignored))
    throw cannot_write(file, "it is no ordinary file");
}

void require_creatable(const fs::path& file) {
  const fs::path temporary = temporary_name(file);
  if (::access(directory_of(temporary).c_str(), W_OK | X_OK) != 0) throw cannot_write(file, std::strerror(errno));
  struct stat there {};
  if (::lstat(temporary.c_str(), &there) != 0) {
    if (errno != ENOENT) throw cannot_write(file, std::strerror(errno));
  } else if (!S_ISREG(there.st_mode)) {  // a link would lead the writer elsewhere
    throw cannot_write(file, fmt::format("{}, under which it is written, is no ordinary file", temporary.string()));
  }
}

fs::path temporary_name(const fs::path& file) {
  const fs::path target = target_of(file);
  return target.parent_path() / fmt::format(".{}.flatsweep-tmp", target.filename().string());
}

void write_new_file(const fs::path& file, const std::function<void(const fs::path&)>& write) {
  require_place(file);
  require_creatable(file);
  const fs::path target = target_of(file);
  Temporary temporary{temporary_name(target)};
  try {
    write(temporary.path);
    sync(temporary.path);
    fs::rename(temporary.path, target);
  } catch (const hdf5::Failure& failure) {
    throw cannot_write(file, failure.what());
  } catch (const fs::filesystem_error& failure) {
    throw cannot_write(file, failure.code().message());
  }
  temporary.renamed = true;
  sync_directory(directory_of(target));
}

}  // namespace flatsweep::record

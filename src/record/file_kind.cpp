#include "flatsweep/record/file_kind.hpp"

#include "flatsweep/core/error.hpp"
#include "record/child.hpp"
#include "record/hdf5_file.hpp"

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
  const auto in_one_letter = [&] { return std::string(1, static_cast<char>(kind_by_marks(name))); };
  try {
    if (!hdf5::needs_trial(name)) return kind_by_marks(name);
    return static_cast<FileKind>(hdf5::read_in_child(in_one_letter).front());
  } catch (const hdf5::Failure&) {
    return FileKind::unreadable_hdf5;
  }
}

bool is_own(FileKind kind) {
  return kind == FileKind::results || kind == FileKind::experiment || kind == FileKind::program_solution;
}

}  // namespace

FileKind kind_of(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return FileKind::absent;
  if (fs::is_regular_file(file, ignored) && fs::file_size(file, ignored) == 0) return FileKind::empty;
  return hdf5::is_hdf5(file) ? kind_of_hdf5(file) : FileKind::no_hdf5;
}

std::string_view describe(FileKind kind) {
  switch (kind) {
    case FileKind::absent:
      return "no file";
    case FileKind::empty:
      return "an empty file";
    case FileKind::results:
      return "a results file of flatsweep run";
    case FileKind::experiment:
      return "the file of one configuration by flatsweep solve";
    case FileKind::program_solution:
      return "the solution of a program by flatsweep solve";
    case FileKind::unreadable_hdf5:
      return "an HDF5 file that cannot be opened";
    case FileKind::foreign_hdf5:
      return "an HDF5 file of another program";
    case FileKind::no_hdf5:
      break;
  }
  return "no HDF5 file";
}

void require_own(const fs::path& file) {
  const FileKind kind = kind_of(file);
  if (kind == FileKind::absent || kind == FileKind::empty || is_own(kind)) return;
  throw Error(file.string() + " is not overwritten",
              "it is " + std::string(describe(kind)) + ", which flatsweep did not write",
              "Name another file, or delete this one yourself.");
}

}  // namespace flatsweep::record

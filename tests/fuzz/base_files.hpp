#pragma once

#include <filesystem>

namespace flatsweep::fuzz {

/// A results file with rows of every status, messages and runs, always the same bytes.
void write_results(const std::filesystem::path& file);

/// The same with outer weights, its objects moved to a file of HDF5's oldest format, as other programs write
/// it.
void write_old_results(const std::filesystem::path& file);

/// The solution of a program.
void write_solution(const std::filesystem::path& file);

/// A program as h5py would write it: HDF5's oldest format, a group, chunks, compression.
void write_program(const std::filesystem::path& file);

}  // namespace flatsweep::fuzz

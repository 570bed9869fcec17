#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "record/hdf5_file.hpp"
#include "record/journal_tables.hpp"

// Columns of the groups /runs and /messages: one number, or one text of fixed length, a row.
namespace flatsweep::record::journal {

/// Datasets for texts, one a column, with a dimension for each of their widths.
void create_texts(hid_t group, const hdf5::Dataset& rows, std::span<const TextColumn> columns);

/// @param cell of the memory type `type`
void write_cell(hid_t group, const char* name, std::size_t row, hid_t type, const void* cell);

template <typename T>
void write_number(hid_t group, const char* name, std::size_t row, T number) {
  write_cell(group, name, row, hdf5::native_type<T>(), &number);
}

/// Cut between two UTF-8 characters where it is too long.
void write_text(hid_t group, const TextColumn& column, std::size_t row, const std::string& text);

/// @throws hdf5::Failure where there are not as many rows
template <typename T>
std::vector<T> read_numbers(hid_t group, const char* name, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows})
    throw hdf5::Failure(std::string("the rows of ") + name + " are not as many");
  return hdf5::read_all<T>(dataset);
}

/// No checksum covers the texts, and terminals and parsers of JSON read them: what is no character is a `?`.
/// @throws hdf5::Failure where they have another shape
std::vector<std::string> read_texts(hid_t group, const TextColumn& column, std::size_t rows);

}  // namespace flatsweep::record::journal

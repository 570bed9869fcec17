#include "record/journal_columns.hpp"

#include <boost/locale/utf.hpp>
#include <map>

#include "flatsweep/core/text.hpp"
#include "record/netcdf.hpp"

namespace flatsweep::record::journal {
namespace {

std::string fixed_width(std::string text, std::size_t width) {
  text.resize(first_bytes(text, width).size());
  text.resize(width, '\0');
  return text;
}

std::string legible(std::string_view text) {
  std::string characters;
  for (const char* at = text.begin(); at != text.end();) {
    const char* const start = at;
    const auto point = boost::locale::utf::utf_traits<char>::decode(at, text.end());
    const bool is_character = boost::locale::utf::is_valid_codepoint(point) && point >= 0x20 && point != 0x7f;
    const bool is_space = point == '\n' || point == '\t';
    characters.append(is_character ? std::string(start, at) : is_space ? " " : "?");
  }
  return characters;
}

}  // namespace

void create_texts(hid_t group, const hdf5::Dataset& rows, std::span<const TextColumn> columns) {
  std::map<std::size_t, hdf5::Dataset> lengths;
  for (const TextColumn& column : columns) {
    hdf5::Dataset& length = lengths[column.width];
    if (length < 0)
      length = netcdf::create_dimension(group, "string" + std::to_string(column.width), column.width);
    netcdf::create_text_variable(group, column.name, {&rows, &length}, column.long_name);
  }
}

void write_cell(hid_t group, const char* name, std::size_t row, hid_t type, const void* cell) {
  const hdf5::Dataset dataset = hdf5::open_dataset(group, name);
  hdf5::Dimensions count = hdf5::dimensions_of(dataset);
  count[0] = 1;
  hdf5::Dimensions start(count.size(), 0);
  start[0] = row;
  const hdf5::Dataspace space(hdf5::check(H5Dget_space(dataset), "H5Dget_space"));
  hdf5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
              "H5Sselect_hyperslab");
  const hdf5::Dataspace memory(hdf5::check(
      H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), "H5Screate_simple"));
  hdf5::check(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, cell), "H5Dwrite");
}

void write_text(hid_t group, const TextColumn& column, std::size_t row, const std::string& text) {
  write_cell(group, column.name, row, netcdf::character_type(), fixed_width(text, column.width).data());
}

std::vector<std::string> read_texts(hid_t group, const TextColumn& column, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, column.name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows, column.width})
    throw hdf5::Failure(std::string("the texts ") + column.name + " have another shape");
  std::string characters(rows * column.width, '\0');
  hdf5::check(H5Dread(dataset, netcdf::character_type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()),
              "H5Dread");
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string cell = characters.substr(row * column.width, column.width);
    texts.push_back(legible(cell.substr(0, cell.find('\0'))));
  }
  return texts;
}

}  // namespace flatsweep::record::journal

#include "flatsweep/report/table.hpp"

#include <algorithm>
#include <functional>
#include <ostream>

#include "flatsweep/core/contract.hpp"
#include "report/gamma_table.hpp"
#include "report/grid_text.hpp"
#include "report/table_csv.hpp"
#include "report/table_text.hpp"

namespace flatsweep::report {
namespace {

using record::Layout;
using record::ResultsReader;

constexpr std::uint64_t section_rows = 1 << 16;

/// @return how many tables were left out, since none of their rows is done
std::uint64_t for_each_table(const ResultsReader& reader,
                             const std::function<void(std::uint64_t first_row, const GammaTable&)>& visit) {
  const std::vector<job::Axis>& axes = reader.layout().axes();
  expects(axes.size() >= 2 && axes.back().name == "gamma" && axes[axes.size() - 2].name == "seed");
  const std::size_t gammas = axes.back().size();
  const std::uint64_t table_rows = axes[axes.size() - 2].size() * gammas;
  std::uint64_t left_out = 0;
  const std::uint64_t step = std::max<std::uint64_t>(1, section_rows / table_rows) * table_rows;
  for (std::uint64_t first = 0; first < reader.rows(); first += step) {
    const TableSection section(reader, first, std::min(step, reader.rows() - first));
    for (std::uint64_t offset = 0; offset < section.size(); offset += table_rows) {
      const GammaTable table = tabulate(section.rows(offset, table_rows), gammas);
      if (table.empty())
        ++left_out;
      else
        visit(first + offset, table);
    }
  }
  return left_out;
}

}  // namespace

void print_tables(std::ostream& out, const ResultsReader& reader) {
  print_text_heading(out, reader);
  const std::uint64_t left_out =
      for_each_table(reader, [&](std::uint64_t first_row, const GammaTable& table) {
        print_text(out, reader.layout(), first_row, table);
      });
  if (left_out > 0) out << left_out << (left_out == 1 ? " table has" : " tables have") << " no row yet.\n";
}

void print_tables_csv(std::ostream& out, const ResultsReader& reader) {
  print_csv_heading(out, reader.layout());
  for_each_table(reader, [&](std::uint64_t first_row, const GammaTable& table) {
    print_csv(out, reader.layout(), first_row, table);
  });
}

}  // namespace flatsweep::report

#include "flatsweep/report/table.hpp"

#include <algorithm>
#include <ostream>

#include "flatsweep/core/contract.hpp"
#include "gamma_table.hpp"
#include "grid_text.hpp"

namespace flatsweep::report {

namespace {

using record::Layout;
using record::ResultsReader;

constexpr std::size_t block_rows = 1 << 16;

/// The columns of a block of rows that tables need.
class Block {
 public:
  Block(const ResultsReader& reader, std::uint64_t first, std::size_t rows)
      : statuses_(rows), flatness_(rows), exact_(rows), monte_carlo_(rows) {
    reader.read_statuses(first, statuses_);  // before the values, which a run writes first
    reader.read("flatness", first, flatness_);
    reader.read("population_loss", first, exact_);
    reader.read("population_loss_mc", first, monte_carlo_);
  }

  [[nodiscard]] std::size_t size() const { return statuses_.size(); }
  [[nodiscard]] TableEntry operator[](std::size_t i) const {
    return {statuses_[i], flatness_[i], exact_[i], monte_carlo_[i]};
  }

 private:
  std::vector<Status> statuses_;
  std::vector<double> flatness_;
  std::vector<double> exact_;
  std::vector<double> monte_carlo_;
};

// The axes that tell one table from another, at one of its rows.
std::vector<std::string> heading(const Layout& layout, std::uint64_t row) {
  std::vector<std::string> parts = varying_values(layout, row);
  std::erase_if(
      parts, [](const std::string& part) { return part.starts_with("gamma ") || part.starts_with("seed "); });
  return parts;
}

void print_table(std::ostream& out, const Layout& layout, std::uint64_t first_row, const GammaTable& table) {
  const std::vector<std::string> parts = heading(layout, first_row);
  if (!parts.empty()) print_list(out, parts);
  table.print(out);
}

}  // namespace

void print_tables(std::ostream& out, const ResultsReader& reader) {
  const Layout& layout = reader.layout();
  const std::vector<job::Axis>& axes = layout.axes();
  expects(axes.size() >= 2 && axes.back().name == "gamma" && axes[axes.size() - 2].name == "seed");
  const job::Axis& gamma = axes.back();
  const std::uint64_t table_rows = axes[axes.size() - 2].size() * gamma.size();

  std::vector<std::string> common = constant_values(layout);
  common.push_back("means over " + std::to_string(axes[axes.size() - 2].size()) + " seeds");
  out << reader.job().name << '\n';
  print_list(out, common);
  out << '\n';

  GammaTable table(gamma);
  for (std::uint64_t first = 0; first < layout.rows(); first += block_rows) {
    const Block block(reader, first, std::min<std::uint64_t>(block_rows, layout.rows() - first));
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::uint64_t row = first + i;
      table.add(row % gamma.size(), block[i]);
      if ((row + 1) % table_rows != 0) continue;
      if (!table.empty()) print_table(out, layout, row, table);
      table = GammaTable(gamma);
    }
  }
}

}  // namespace flatsweep::report

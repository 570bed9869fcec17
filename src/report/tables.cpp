#include "flatsweep/report/tables.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "flatsweep/report/curves.hpp"
#include "flatsweep/report/head.hpp"
#include "flatsweep/report/verdict.hpp"
#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

using record::Layout;

constexpr std::size_t number_width = 11;

/// The numbers of rows of some statuses, under a heading.
struct CountColumn {
  const char* name;
  std::vector<Status> statuses;
};

const std::vector<CountColumn> count_columns = {{"solved", {Status::solved}},
                                                {"infeas", {Status::infeasible}},
                                                {"inacc", {Status::inaccurate}},
                                                {"fail", {Status::failed, Status::crashed}},
                                                {"todo", {Status::pending}}};

const std::vector<Status> unsolved = {Status::infeasible, Status::inaccurate, Status::failed, Status::crashed};

std::uint64_t count(const StatusCounts& counts, const std::vector<Status>& statuses) {
  std::uint64_t sum = 0;
  for (const Status status : statuses) sum += counts[static_cast<std::size_t>(status)];
  return sum;
}

std::string right(const std::string& text, std::size_t width = number_width) {
  return fmt::format("{:>{}}", text, width);
}

void print_head(std::ostream& out, const Curve& curve) {
  out << fmt::format("{:10}{:>22}{:>22}\n{:>9} ", "", "flatness", curve.monte_carlo ? "loss (MC)" : "relative loss",
                     "gamma");
  for (const char* column : {"mean", "std error", "mean", "std error"}) out << right(column);
  for (const CountColumn& column : count_columns) out << right(column.name, 8);
  out << '\n';
}

/// Whether a finished seed of the gamma is not solved.
bool is_marked(const Curve& curve, std::size_t k) { return count(curve.counts[k], unsolved) > 0; }

void print_gamma(std::ostream& out, const job::Axis& gamma, const Curve& curve, std::size_t k) {
  out << right(value_text(gamma, curve.gammas[k]), 9) << (is_marked(curve, k) ? '*' : ' ');
  for (const Mean& mean : {curve.flatness.means[k], curve.loss[k]})
    out << right(number_text(mean.value, 4)) << right(number_text(mean.standard_error, 4));
  for (const CountColumn& column : count_columns) out << fmt::format("{:8}", count(curve.counts[k], column.statuses));
  out << '\n';
}

void print_correlations(std::ostream& out, const Curve& curve) {
  const auto print = [&](const std::string& name, const std::string& over_gamma, const std::string& over_rows) {
    out << fmt::format("{:36}{:>12}{:>12}\n", name, over_gamma, over_rows);
  };
  print("Spearman correlation with the loss", "over gamma", "over rows");
  for (const MeasuredCurve* measure : curve.measures())
    print("  " + measure->name, correlation_text(measure->spearman_over_gamma),
          correlation_text(measure->spearman_over_rows));
}

void print_curve(std::ostream& out, const Layout& layout, const Curve& curve) {
  const job::Axis& gamma = gamma_axis(layout);
  const auto name = named_values(layout, curve.first_row,
                                 [](const job::Axis& axis) { return axis.size() > 1 && !is_within_curve(axis); });
  if (!name.empty()) print_list(out, name);
  const StatusCounts total = curve.total();
  const bool has_solved = total[static_cast<std::size_t>(Status::solved)] > 0;
  if (has_solved) {
    print_head(out, curve);
    for (std::size_t k = 0; k < curve.gammas.size(); ++k) print_gamma(out, gamma, curve, k);
  }
  out << fmt::format("rows: {}\n", counts_text(total));
  if (has_solved) {
    out << sentences_of(curve, gamma);
    print_correlations(out, curve);
  }
  out << '\n';
}

}  // namespace

void print_tables(std::ostream& out, const record::ResultsReader& reader, const job::Selection& selection) {
  out << "Means over solved seeds with their standard errors. * marks a gamma with a finished seed that is\n"
         "not solved: no verdict (flattest gamma, least loss, correlation over gamma) counts it. Correlations\n"
         "are those of the means over gamma, and of all solved rows.\n\n";
  CurveReader curves(reader, selection);
  while (const auto curve = curves.next()) print_curve(out, reader.layout(), *curve);
}

}  // namespace flatsweep::report

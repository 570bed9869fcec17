#include "flatsweep/report/verdict_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <ostream>
#include <utility>
#include <variant>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/report/verdict.hpp"
#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

constexpr std::size_t gap = 2;  // columns between columns

std::uint64_t pending(const StatusCounts& counts) { return counts[static_cast<std::size_t>(Status::pending)]; }

/// Return how many seeds are finished at every gamma.
std::uint64_t finished_seeds(const Curve& curve, std::uint64_t seeds) {
  std::uint64_t most_pending = 0;
  for (const StatusCounts& counts : curve.counts) most_pending = std::max(most_pending, pending(counts));
  return seeds - std::min(seeds, most_pending);
}

std::string gamma_at(const Curve& curve, const job::Axis& gamma, std::optional<std::size_t> k) {
  return k ? number_text(std::get<std::vector<double>>(gamma.values)[curve.gammas[*k]], 3) : "-";
}

std::string loss_at(const Curve& curve, std::optional<std::size_t> k) {
  if (!k) return "-";
  return number_text(curve.loss[*k].value, 3) + (curve.monte_carlo ? "~" : "");
}

/// Return the least mean at a gamma that counts.
double least_possible_loss(const Curve& curve) {
  double least = not_a_number;
  for (std::size_t k = 0; k < curve.gammas.size(); ++k)
    if (curve.in_verdicts[k]) least = std::fmin(least, curve.best_loss[k].value);
  return least;
}

std::string spearman_text(const MeasuredCurve& flatness) {
  const auto& [lower, upper] = flatness.spearman_interval;
  if (std::isnan(flatness.spearman_over_gamma)) return "-";
  const std::string correlation = fmt::format("{:.2f}", flatness.spearman_over_gamma);
  return std::isnan(lower) ? correlation : fmt::format("{} [{:.2f}, {:.2f}]", correlation, lower, upper);
}

bool tells_curves_apart(const job::Axis& axis) { return axis.size() > 1 && !is_within_curve(axis); }

std::string counted(std::uint64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::size_t VerdictTable::Column::width() const {
  std::size_t width = heading.size();
  for (const std::string& text : texts) width = std::max(width, text.size());
  return width;
}

VerdictTable::VerdictTable(const record::ResultsReader& reader, const job::Selection& selection)
    : seeds_{"seeds"},
      gammas_{"gammas"},
      flattest_{"flattest"},
      flattest_loss_{"loss"},
      best_{"best"},
      least_loss_{"loss"},
      possible_{"possible"},
      spearman_{"Spearman"},
      verdict_{"verdict", true},
      short_verdict_{"verdict", true} {
  for (const job::Axis& axis : reader.layout().axes())
    if (tells_curves_apart(axis)) axes_.push_back({axis.name, true});
  CurveReader curves(reader, selection);
  while (const auto curve = curves.next()) add(*curve, reader.layout());
  pending_curves_ = curves.pending_curves();
  counts_ = curves.counts();
  torn_rows_ = curves.torn_rows();
}

void VerdictTable::add(const Curve& curve, const record::Layout& layout) {
  const job::Axis& gamma = gamma_axis(layout);
  const std::vector<std::size_t> along = positions(layout, curve.first_row);
  auto column = axes_.begin();
  for (std::size_t k = 0; k < along.size(); ++k)
    if (const job::Axis& axis = layout.axes()[k]; tells_curves_apart(axis))
      (column++)->texts.push_back(value_text(axis, along[k]));

  const StatusCounts& first = curve.counts.front();
  const std::uint64_t seeds = std::reduce(first.begin(), first.end());
  const std::uint64_t done = finished_seeds(curve, seeds);
  has_pending_seeds_ = has_pending_seeds_ || done < seeds;
  seeds_.texts.push_back(done < seeds ? fmt::format("{}/{}", done, seeds) : fmt::format("{}", seeds));
  const std::size_t gammas = curve.gammas.size();
  const auto counting = static_cast<std::size_t>(std::ranges::count(curve.in_verdicts, true));
  has_other_gammas_ = has_other_gammas_ || counting < gammas;
  gammas_.texts.push_back(counting < gammas ? fmt::format("{}/{}", counting, gammas) : fmt::format("{}", gammas));

  flattest_.texts.push_back(gamma_at(curve, gamma, curve.flattest_gamma));
  flattest_loss_.texts.push_back(loss_at(curve, curve.flattest_gamma));
  best_.texts.push_back(gamma_at(curve, gamma, curve.least_loss_gamma));
  least_loss_.texts.push_back(loss_at(curve, curve.least_loss_gamma));
  const double possible = least_possible_loss(curve);
  possible_.texts.push_back(number_text(possible, 3));
  has_possible_loss_ = has_possible_loss_ || !std::isnan(possible);
  spearman_.texts.push_back(spearman_text(curve.flatness));
  verdict_.texts.push_back(short_words_of(curve));
  short_verdict_.texts.push_back(abbreviation_of(curve));
  has_monte_carlo_ = has_monte_carlo_ || curve.monte_carlo;
  has_losses_above_mean_ = has_losses_above_mean_ || curve.beats_mean() == false;
}

VerdictTable::Arrangement VerdictTable::arrangement(std::size_t axes_above, bool abbreviated) const {
  Arrangement chosen{axes_above, {}};
  for (std::size_t k = axes_above; k < axes_.size(); ++k) chosen.columns.push_back(&axes_[k]);
  if (has_pending_seeds_) chosen.columns.push_back(&seeds_);
  if (has_other_gammas_) chosen.columns.push_back(&gammas_);
  for (const Column* column : {&flattest_, &flattest_loss_, &best_, &least_loss_}) chosen.columns.push_back(column);
  if (has_possible_loss_) chosen.columns.push_back(&possible_);
  chosen.columns.push_back(&spearman_);
  chosen.columns.push_back(abbreviated ? &short_verdict_ : &verdict_);
  return chosen;
}

VerdictTable::Arrangement VerdictTable::arrange(std::size_t width) const {
  const auto fits = [&](const Arrangement& arrangement) {
    std::size_t sum = 0;
    for (const Column* column : arrangement.columns) sum += column->width() + gap;
    return sum <= width + gap;
  };
  for (std::size_t above = 0; above <= axes_.size(); ++above)
    for (const bool abbreviated : {false, true})
      if (Arrangement chosen = arrangement(above, abbreviated); fits(chosen)) return chosen;
  return arrangement(axes_.size(), true);
}

std::vector<std::string> VerdictTable::values_above(std::size_t axes, std::size_t curve) const {
  std::vector<std::string> values;
  for (std::size_t k = 0; k < axes; ++k)
    values.push_back(fmt::format("{} {}", axes_[k].heading, axes_[k].texts[curve]));
  return values;
}

void VerdictTable::print(std::ostream& out, std::size_t width, std::size_t most_curves) const {
  const std::size_t curves = verdict_.texts.size();
  if (curves == 0) return;
  const Arrangement chosen = arrange(width);
  const auto print_line = [&](const auto& text_of) {
    std::string line;
    for (const Column* column : chosen.columns) {
      const std::string& text = text_of(*column);
      line += column->left ? fmt::format("{:<{}}", text, column->width() + gap)
                           : fmt::format("{:>{}}{:{}}", text, column->width(), "", gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  };
  print_line([](const Column& column) -> const std::string& { return column.heading; });
  std::vector<std::string> above;
  for (std::size_t curve = 0; curve < std::min(curves, most_curves); ++curve) {
    if (auto values = values_above(chosen.axes_above, curve); values != above) {
      above = std::move(values);
      print_list(out, above, width);
    }
    print_line([&](const Column& column) -> const std::string& { return column.texts[curve]; });
  }
  if (curves > most_curves) out << fmt::format("and {} more\n", counted(curves - most_curves, "curve"));
}

void VerdictTable::print_legend(std::ostream& out, std::size_t width) const {
  if (!verdict_.texts.empty()) {
    std::string text =
        "flattest, best: the gammas of least mean flatness and least mean loss, each with its mean loss (relative: 1 is "
        "that of predicting the mean). Spearman: rank correlation of mean flatness and mean loss over gamma, with its "
        "95 % interval over seeds; flatter is better if it lies above 0, worse if below.";
    if (has_losses_above_mean_) text += " none < x: no gamma beats predicting the mean, at loss x.";
    if (has_other_gammas_) text += " gammas: those that count, whose finished seeds are all solved.";
    if (has_possible_loss_) text += " possible: the least loss that the features of some gamma allow.";
    if (has_monte_carlo_) text += " ~: population loss by Monte Carlo, not relative.";
    print_text(out, text, width);
  }
  if (pending_curves_ > 0)
    out << counted(pending_curves_, "curve") << (pending_curves_ == 1 ? " has" : " have") << " no row yet.\n";
}

}  // namespace flatsweep::report

#include "gamma_table.hpp"

#include <cmath>
#include <iomanip>
#include <limits>
#include <ostream>

#include "flatsweep/report/rank_correlation.hpp"
#include "grid_text.hpp"

namespace flatsweep::report {

void GammaTable::Mean::add(double number) {
  if (std::isnan(number)) return;
  sum += number;
  ++count;
}

double GammaTable::Mean::get() const {
  return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

void GammaTable::add(std::size_t gamma_position, const TableEntry& entry) {
  Line& line = lines_[gamma_position];
  done_ += entry.status == Status::pending ? 0 : 1;
  switch (entry.status) {
    case Status::pending:
      ++line.pending;
      return;
    case Status::infeasible:
      ++line.infeasible;
      return;
    case Status::solved:
      break;
    default:
      ++line.failed;
      return;
  }
  ++line.solved;
  line.flatness.add(entry.flatness);
  const bool monte_carlo = !std::isnan(entry.population_loss_mc);
  line.loss.add(monte_carlo ? entry.population_loss_mc : entry.population_loss);
  monte_carlo_ = monte_carlo_ || monte_carlo;
}

std::optional<std::size_t> GammaTable::flattest() const {
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < lines_.size(); ++k) {
    if (lines_[k].flatness.count == 0) continue;
    if (!best || lines_[k].flatness.get() < lines_[*best].flatness.get()) best = k;
  }
  return best;
}

double GammaTable::rank_correlation_of_means() const {
  std::vector<double> flatness;
  std::vector<double> loss;
  for (const Line& line : lines_) {
    if (line.flatness.count == 0 || line.loss.count == 0) continue;
    flatness.push_back(line.flatness.get());
    loss.push_back(line.loss.get());
  }
  return rank_correlation(flatness, loss);
}

void GammaTable::print(std::ostream& out) const {
  out << std::right << std::setw(12) << "gamma" << std::setw(15) << "flatness" << std::setw(15)
      << (monte_carlo_ ? "loss (MC)" : "loss") << std::setw(10) << "solved" << std::setw(12) << "infeasible"
      << std::setw(10) << "failed" << std::setw(10) << "pending" << '\n';
  for (std::size_t k = 0; k < lines_.size(); ++k) {
    const Line& line = lines_[k];
    out << std::setw(12) << value_text(*gamma_, k) << std::setw(15) << number_text(line.flatness.get())
        << std::setw(15) << number_text(line.loss.get()) << std::setw(10) << line.solved << std::setw(12)
        << line.infeasible << std::setw(10) << line.failed << std::setw(10) << line.pending << '\n';
  }
  const std::optional<std::size_t> best = flattest();
  out << "flattest at gamma " << (best ? value_text(*gamma_, *best) : "-")
      << "; Spearman correlation of mean flatness and mean loss over gamma: "
      << number_text(std::round(rank_correlation_of_means() * 1000) / 1000) << "\n\n";
}

}  // namespace flatsweep::report

#include "flatsweep/report/head.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ostream>
#include <string_view>

#include "flatsweep/job/axes.hpp"
#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

/// Return the sizes, or if they are many the least and the largest.
std::string text_of(std::string_view name, const std::set<Index>& sizes) {
  constexpr std::size_t most = 5;
  if (sizes.size() <= most) return fmt::format("{} {}", name, fmt::join(sizes, " "));
  return fmt::format("{} {} to {}", name, *sizes.begin(), *sizes.rbegin());
}

std::string number_of(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string gammas_text(const std::vector<double>& gammas) {
  const auto [least, most] = std::ranges::minmax(gammas);
  if (gammas.size() == 1) return fmt::format("gamma {}", number_text(least));
  return fmt::format("{} from {} to {}", number_of(gammas.size(), "gamma"), number_text(least), number_text(most));
}

/// Whether a key is that of an axis which has several values, or which the sizes, seeds or gammas stand for.
bool is_told_otherwise(const std::string& key, const std::vector<job::Axis>& axes) {
  constexpr std::array<std::string_view, 5> others = {"sample_ratio", "width_ratio", "d", "seed", "gamma"};
  bool told = false;
  std::size_t position = 0;
  job::for_each_axis([&](const auto& row) {
    const bool is_several = axes[position++].size() > 1;
    if (key == fmt::format("grid.{}", row.name))
      told = is_several || std::ranges::find(others, row.name) != others.end();
  });
  return told;
}

}  // namespace

Sizes sizes_of(const job::Grid& grid) {
  Sizes sizes;
  for (std::uint64_t row = 0; row < grid.size(); row += grid.combination_size()) {
    const job::Configuration configuration = grid[ConfigurationId{row}];
    sizes.d.insert(configuration.d);
    sizes.samples.insert(configuration.samples);
    sizes.width.insert(configuration.width);
  }
  return sizes;
}

std::vector<std::string> head_of(const job::Job& job) {
  const Sizes sizes = sizes_of(job.grid);
  const job::AxisValues& values = job.grid.values();
  std::vector<std::string> parts = {text_of("d", sizes.d), text_of("n", sizes.samples), text_of("m", sizes.width),
                                    number_of(values.seed.size(), "seed"), gammas_text(values.gamma)};
  const std::vector<job::Axis> axes = job.grid.axes();
  for (const auto& [key, value] : job.given())
    if (!is_told_otherwise(key, axes)) parts.push_back(fmt::format("{} {}", key.substr(key.find('.') + 1), value));
  return parts;
}

std::string counts_text(const StatusCounts& counts) {
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < counts.size(); ++k)
    if (counts[k] > 0) parts.push_back(fmt::format("{} {}", counts[k], status_names[k]));
  return fmt::format("{}", fmt::join(parts, ", "));
}

void print_head(std::ostream& out, const job::Job& job, const StatusCounts& counts, std::size_t width) {
  out << fmt::format("{}: {}\n", job.name, counts_text(counts));
  print_list(out, head_of(job), width);
}

}  // namespace flatsweep::report

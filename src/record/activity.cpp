#include "record/activity.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "record/template.hpp"

namespace flatsweep::record {
namespace {

constexpr std::size_t most_ranks = 1024;
constexpr const char* group_name = "runs/activity";
using Seconds = std::chrono::duration<double>;

bool has_activity(hid_t file) { return hdf5::has_link(file, "runs") && hdf5::has_link(file, group_name); }

hdf5::Group open_group(hid_t file) {
  return hdf5::Group(hdf5::check(H5Gopen2(file, group_name, H5P_DEFAULT), "H5Gopen"));
}

}  // namespace

double activity_bytes() { return 2.0 * sizeof(double) * most_ranks; }

void create_activity(hid_t file) {
  using enum ElementType;
  const hdf5::Group group = hdf5::create_group(file, group_name);
  const hdf5::Dataset rank = netcdf::create_dimension(group, "rank", most_ranks);
  netcdf::create_variable(
      group, {"configuration", "row-major index of what the rank computes", "1", float64, not_a_number}, {&rank});
  netcdf::create_variable(group, {"since", "since when", "seconds since 1970-01-01 00:00:00", float64, not_a_number},
                          {&rank});
}

std::vector<Activity> read_activity(hid_t file) {
  if (!has_activity(file)) return {};
  const hdf5::Group group = open_group(file);
  const auto configuration = hdf5::read_all<double>(hdf5::open_contiguous_dataset(group, "configuration"));
  const auto since = hdf5::read_all<double>(hdf5::open_contiguous_dataset(group, "since"));
  if (since.size() != configuration.size()) throw hdf5::Failure("the rows of /runs/activity are not as many");
  constexpr double least_second = 0.0, last_second = 9e9;  // of a clock that counts nanoseconds in 63 bits
  std::vector<Activity> activities;
  for (std::size_t rank = 0; rank < configuration.size(); ++rank) {
    const bool is_at_work = configuration[rank] >= 0.0 && configuration[rank] < 0x1p63;
    if (!is_at_work || !(since[rank] >= least_second && since[rank] < last_second)) continue;
    const auto start = std::chrono::duration_cast<Run::Clock::duration>(Seconds(since[rank]));
    activities.push_back({static_cast<int>(rank), ConfigurationId{static_cast<std::uint64_t>(configuration[rank])},
                          Run::Clock::time_point(start)});
  }
  return activities;
}

ActivityWriter::ActivityWriter(hid_t file) {
  if (!has_activity(file)) return;
  const hdf5::Group group = open_group(file);
  configuration_ = hdf5::open_contiguous_dataset(group, "configuration");
  since_ = hdf5::open_contiguous_dataset(group, "since");
}

void ActivityWriter::begin(int rank, ConfigurationId id) const {
  write(rank, static_cast<double>(value(id)), Seconds(Run::Clock::now().time_since_epoch()).count());
}

void ActivityWriter::end(int rank) const { write(rank, not_a_number, not_a_number); }

void ActivityWriter::clear() const {
  if (configuration_ < 0) return;
  const std::vector<double> none(most_ranks, not_a_number);
  hdf5::write_all<double>(configuration_, none);
  hdf5::write_all<double>(since_, none);
}

void ActivityWriter::write(int rank, double configuration, double since) const {
  const auto row = static_cast<hsize_t>(rank);
  if (configuration_ < 0 || row >= most_ranks) return;
  const auto write_cell = [row](hid_t dataset, double cell) {
    hdf5::check(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, hdf5::space_of({1}), hdf5::box_of(dataset, {row}, {1}),
                         H5P_DEFAULT, &cell),
                "H5Dwrite");
  };
  write_cell(since_, since);
  write_cell(configuration_, configuration);
}

}  // namespace flatsweep::record

#pragma once

#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/record/results_file.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {

/// Return the bytes that the group /runs/activity takes in a file.
double activity_bytes();

/// Create the group /runs/activity: the configuration that each of the first ranks computes, and since when.
/// @pre the file has the group /runs
void create_activity(hid_t file);

/// Read which ranks compute a configuration, as far as the file says it. A rank that was killed seems to go on.
std::vector<Activity> read_activity(hid_t file);

/// Writes what a rank is at; nothing into a file that has no place for it.
class ActivityWriter {
 public:
  explicit ActivityWriter(hid_t file);

  void begin(int rank, ConfigurationId id) const;
  void end(int rank) const;
  /// Let no rank be at work.
  void clear() const;

 private:
  void write(int rank, double configuration, double since) const;

  hdf5::Dataset configuration_;
  hdf5::Dataset since_;
};

}  // namespace flatsweep::record

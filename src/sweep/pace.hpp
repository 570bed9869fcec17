#pragma once

#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::sweep {

/// How fast a results file fills, from the file alone.
struct Pace {
  double rows_per_second;  // that the workers of its last run do, by the seconds that finished rows took; 0 if unknown
  double remaining_seconds;  // until no row is pending, as the run itself predicts it: by the cost model
};

/// Return the pace at which the last run works, or would if it went on. A run that was asked for a part of the job ends
/// earlier.
/// @pre the file has a run
Pace pace_of(const record::ResultsReader& reader);

}  // namespace flatsweep::sweep

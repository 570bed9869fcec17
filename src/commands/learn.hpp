#pragma once

#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"

namespace flatsweep::cli {

/// A cost model that knows what some of the rows took which earlier runs finished.
/// @param ledger where the rows of `reader` stand
schedule::CostModel learn(const record::ResultsReader& reader, const schedule::Ledger& ledger);

}  // namespace flatsweep::cli

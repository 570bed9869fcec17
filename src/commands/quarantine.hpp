#pragma once

#include <vector>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/ledger.hpp"

namespace flatsweep::cli {

/// Deaths of its process by its own fault after which a configuration is not tried again.
inline constexpr int most_deaths = 3;

/// Configurations without a row that have killed their process so often.
std::vector<ConfigurationId> read_deadly(const record::ResultsReader& reader);

/// Those of them that are open become `crashed`. On rank 0
void quarantine(const std::vector<ConfigurationId>& deadly, schedule::Ledger& ledger,
                record::ResultsWriter& writer);

}  // namespace flatsweep::cli

#pragma once

#include <string>

#include "flatsweep/record/journal.hpp"
#include "flatsweep/record/provenance.hpp"

namespace flatsweep::cli {

/// What makes the results file: this program and the libraries it runs with.
record::Provenance provenance();

/// This run as a row of /runs; it starts now.
record::Run describe_run(int ranks, const std::string& hosts);

}  // namespace flatsweep::cli

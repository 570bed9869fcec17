#pragma once

#include <filesystem>

#include "flatsweep/job/job.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/provenance.hpp"

namespace flatsweep::record {

/// Root attribute from which this program reads the job back: `resolved` again, of fixed length.
inline constexpr const char* job_attribute = "layout_job";

/// Every object and attribute of a results file, its rows pending. @throws hdf5::Failure
void write_skeleton(const std::filesystem::path& path, const job::Job& job, const Layout& layout,
                    const Provenance& provenance);

}  // namespace flatsweep::record

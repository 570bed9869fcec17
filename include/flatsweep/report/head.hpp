#pragma once

#include <cstddef>
#include <iosfwd>
#include <set>
#include <string>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/report/curves.hpp"

namespace flatsweep::report {

/// The sizes that occur in a study, ascending.
struct Sizes {
  std::set<Index> d;        ///< input dimension
  std::set<Index> samples;  ///< n
  std::set<Index> width;    ///< m
};

/// Return the sizes of all configurations of a grid.
Sizes sizes_of(const job::Grid& grid);

/// Return what the curves of a study have in common, for its head: d, n and m, the numbers of seeds and gammas, and
/// every other setting that is not the default; the axes of several values, which tell the curves apart, are left out.
std::vector<std::string> head_of(const job::Job& job);

/// Return the numbers of rows that are not 0: `480 solved, 20 infeasible`.
std::string counts_text(const StatusCounts& counts);

/// Print the job's name, the numbers of rows, and head_of.
void print_head(std::ostream& out, const job::Job& job, const StatusCounts& counts, std::size_t width);

}  // namespace flatsweep::report

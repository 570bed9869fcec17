#include "flatsweep/record/merge.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared.hpp"

namespace flatsweep::cli {
namespace {

void print_report(const record::MergeReport& report, std::size_t shards, const std::string& file) {
  std::cout << fmt::format("{} {} merged into {}: {} of {} configurations{}\n", shards,
                           shards == 1 ? "shard" : "shards", file, report.merged, report.rows,
                           report.merged < report.rows ? ", the others are pending" : "");
  if (report.torn > 0)
    std::cout << fmt::format("{} torn rows were left out, since their checksums do not fit\n", report.torn);
}

ExitCode merge(const Options& options) {
  const std::string& file = options.required("output");
  std::vector<std::filesystem::path> shards;
  for (const std::string& shard : options.texts("SHARD...")) {
    require_distinct(file, shard);
    shards.emplace_back(shard);
  }
  print_report(merge_results(shards, file, existing(options)), shards.size(), file);
  return ExitCode::done;
}

}  // namespace

Command merge_command() {
  return {
      .name = "merge",
      .brief = "put the rows of several files of one job into one file",
      .synopsis = "SHARD... -o FILE",
      .summary =
          "Puts the rows of several results files of one job (flatsweep run --shard k/K) into one, equal to that\n"
          "of a run without --shard. What no shard has stays pending: flatsweep run JOB -o FILE does it.",
      .operands = {"SHARD..."},
      .required = {"SHARD...", "output"},
      .options = {{"output,o", "FILE", "the merged results file"}, {"overwrite", "", "replace FILE"}},
      .execute = merge,
  };
}

}  // namespace flatsweep::cli

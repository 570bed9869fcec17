#include "flatsweep/record/merge.hpp"

#include <iostream>

#include "cli_options.hpp"
#include "commands/commands.hpp"
#include "commands/distinct_files.hpp"

namespace flatsweep::cli {
namespace {

CommandLine merge_command_line() {
  po::options_description options("Options", 100);
  options.add_options()("output,o", po::value<std::string>()->value_name("FILE"), "the merged results file")(
      "overwrite", "replace FILE")("help,h", "this page");
  return {
      "flatsweep merge SHARD... -o FILE",
      "Puts the rows of several results files of one job (flatsweep run --shard k/K) into one, equal to that\n"
      "of a run without --shard. What no shard has stays pending: flatsweep run JOB -o FILE does it.",
      options,
      {"SHARD..."},
      1,
      {"output"}};
}

void print_report(const record::MergeReport& report, std::size_t shards, const std::string& file) {
  std::cout << shards << (shards == 1 ? " shard" : " shards") << " merged into " << file << ": "
            << report.merged << " of " << report.rows << " configurations";
  if (report.merged < report.rows) std::cout << ", the others are pending";
  std::cout << '\n';
  if (report.torn > 0)
    std::cout << report.torn << " torn rows were left out, since their checksums do not fit\n";
}

}  // namespace

int merge(const Arguments& arguments) {
  const auto options = parse(merge_command_line(), arguments);
  if (!options) return everything_done;
  const std::string file = *text(*options, "output");
  std::vector<std::filesystem::path> shards;
  for (const std::string& shard : texts(*options, "SHARD...")) {
    require_distinct(file, shard);
    shards.emplace_back(shard);
  }
  print_report(merge_results(shards, file, existing(*options)), shards.size(), file);
  return everything_done;
}

}  // namespace flatsweep::cli

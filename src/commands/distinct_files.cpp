#include "commands/distinct_files.hpp"

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/new_file.hpp"

namespace flatsweep::cli {

void require_distinct(const std::filesystem::path& output, const std::filesystem::path& input) {
  for (const std::filesystem::path& written : {output, record::temporary_name(output)}) {
    std::error_code absent;
    if (std::filesystem::equivalent(written, input, absent))
      throw Error("this would overwrite " + input.string(), "the command reads it",
                  "Write another name after -o.")
          .at("-o " + output.string());
  }
}

}  // namespace flatsweep::cli

#pragma once

#include <array>
#include <cstddef>

namespace flatsweep::record {

/// A text of fixed length in a group's rows: netCDF characters, rows x width.
struct TextColumn {
  const char* name;
  const char* long_name;
  std::size_t width;
};

inline constexpr std::size_t run_rows = 1024;
inline constexpr std::size_t message_rows = 4096;

inline constexpr std::array<TextColumn, 4> run_texts = {{
    {"hosts", "hosts of the ranks", 256},
    {"cpu_model", "CPU model of rank 0", 128},
    {"blas_kernel", "BLAS kernel of rank 0", 128},
    {"build", "version and commit of the program", 64},
}};

inline constexpr TextColumn message_text = {"text", "why the configuration failed", 256};

/// Bytes of the groups /runs and /messages.
constexpr double journal_bytes() {
  double run = 2 * sizeof(double) + 2 * sizeof(int);
  for (const TextColumn& column : run_texts) run += static_cast<double>(column.width);
  return run_rows * run + message_rows * static_cast<double>(sizeof(double) + message_text.width);
}

}  // namespace flatsweep::record

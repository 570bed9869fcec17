// replay FOLDER...: feeds every file of the folders to the fuzzing target, without libFuzzer.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string_view>
#include <vector>

#include "target.hpp"

namespace fs = std::filesystem;

namespace {

void replay(const fs::path& file) {
  std::cerr << file.string() << std::endl;  // the last one named is the one that ends the process
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), {});
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t fed = 0;
  for (const std::string_view folder : std::vector<std::string_view>(argv + 1, argv + argc)) {
    if (!fs::is_directory(folder)) continue;  // nothing was found yet
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    std::ranges::for_each(files, replay);
    fed += files.size();
  }
  std::cout << fed << " inputs, each an answer or an Error\n";
  return fed > 0 ? 0 : 1;
}

#include "flatsweep/core/platform.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

namespace flatsweep {
namespace {

namespace fs = std::filesystem;

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// Return the limit in bytes that a file holds; `max` and an absent file are none.
double read_limit(const fs::path& file) {
  std::ifstream in(file);
  double bytes = unlimited;
  if (in >> bytes) return bytes;
  return unlimited;
}

/// Return the least limit of a control group and those that contain it.
double least_limit(const fs::path& root, const fs::path& group, const char* file) {
  double least = read_limit(root / file);
  fs::path folder = root;
  for (const fs::path& part : group.relative_path()) least = std::min(least, read_limit((folder /= part) / file));
  return least;
}

/// Return the limit of the control group of this process, of version 2 (`0::/group`) or 1 (`7:memory:/group`).
double control_group_limit() {
  double least = unlimited;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    std::istringstream fields(line);
    std::string number, controllers, group;
    std::getline(std::getline(std::getline(fields, number, ':'), controllers, ':'), group);
    if (controllers.empty())
      least = std::min(least, least_limit("/sys/fs/cgroup", group, "memory.max"));
    else if (("," + controllers + ",").find(",memory,") != std::string::npos)
      least = std::min(least, least_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
  }
  return least;
}

}  // namespace

double node_memory_bytes() {
  const double built_in = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  return std::min(built_in, control_group_limit());
}

}  // namespace flatsweep

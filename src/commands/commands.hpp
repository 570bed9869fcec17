#pragma once

#include "cli.hpp"

namespace flatsweep::cli {

int run(const Arguments& arguments);

}  // namespace flatsweep::cli

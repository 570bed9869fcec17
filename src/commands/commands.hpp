#pragma once

#include "cli.hpp"

namespace flatsweep::cli {

int run(const Arguments& arguments);
int doctor(const Arguments& arguments);
int plan(const Arguments& arguments);
int solve(const Arguments& arguments);
int status(const Arguments& arguments);
int show(const Arguments& arguments);
int export_table(const Arguments& arguments);
int verify(const Arguments& arguments);
int merge(const Arguments& arguments);

}  // namespace flatsweep::cli

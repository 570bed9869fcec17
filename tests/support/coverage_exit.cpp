// Coverage builds link _exit, by which a forked child ends, to this: it writes the counts of executed lines
// first.
extern "C" {

#include <gcov.h>

[[noreturn]] void __real__exit(int status);

[[noreturn]] void __wrap__exit(int status) {
  __gcov_dump();
  __real__exit(status);
}
}

#!/usr/bin/python3
"""A row's status is the last of it to be written, so that whatever is killed leaves no row that claims to be whole."""
import collections
import unittest

import h5py

from support import FEW_ROWS, QUICK, ProgramTest

# Appends a line `offset count` to $WRITES before each write to the results file.
WRITES = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  ssize_t (*next)(int, const void*, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  char link[64], name[4096] = "", line[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  if (readlink(link, name, sizeof name - 1) > 9 && strcmp(name + strlen(name) - 9, "/order.h5") == 0) {
    int log = open(getenv("WRITES"), O_WRONLY | O_CREAT | O_APPEND, 0666);
    int length = snprintf(line, sizeof line, "%ld %zu\\n", (long)offset, count);
    if (write(log, line, length) != length) abort();
    close(log);
  }
  return next(file, bytes, count, offset);
}
"""


class Order(ProgramTest):
    def columns(self):
        """By name: first byte, bytes a row."""
        with h5py.File(self.folder / "order.h5") as opened:
            shape = opened["status"].shape
            rows = opened["status"].size
            return rows, {name: (data.id.get_offset(), data.id.get_storage_size() // rows)
                          for name, data in opened.items()
                          if isinstance(data, h5py.Dataset) and data.ndim >= len(shape) and data.shape[:len(shape)] == shape}

    def writes(self):
        """By row, the names of the columns in the order of their writing."""
        rows, columns = self.columns()
        order = collections.defaultdict(list)
        for line in (self.folder / "writes").read_text(encoding="ascii").splitlines():
            offset, count = map(int, line.split())
            for name, (first, width) in columns.items():
                if first <= offset < first + rows * width:
                    for row in range((offset - first) // width, (offset + count - first) // width):
                        order[row].append(name)
        return rows, set(columns), order

    def test_the_status_of_a_row_is_written_once_and_last(self):
        environment = self.preload("writes", WRITES) | {"WRITES": str(self.folder / "writes")}
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                (self.folder / "writes").unlink(missing_ok=True)
                self.flatsweep("run", QUICK, *FEW_ROWS, "-o", "order.h5", "--overwrite", "--quiet", ranks=ranks, env=environment)
                rows, columns, order = self.writes()
                self.assertEqual(sorted(order), list(range(rows)))
                for row, names in order.items():
                    self.assertEqual(set(names), columns, f"row {row}")
                    self.assertEqual(names.index("status"), len(names) - 1, f"row {row}: {names}")


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""A configuration that kills its process, by a library that is loaded before the program's own."""
import subprocess

from support import QUICK

# n = 102, m = 204 where d = 17: the activations are 166464 bytes, which nothing else is.
DEADLY_JOB = [QUICK, "--grid.activation=relu", "--grid.indices=2", "--grid.d=12 17 13", "--grid.seed=0",
              "--grid.gamma=0.3", "--measure.test_samples=0"]
SOURCE = """
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
void* __libc_malloc(size_t size);
void* malloc(size_t size) {
  if (size >= 166464 && size < 166464 + 128 && (CONDITION)) { FAULT; }
  return __libc_malloc(size);
}
"""
SEGMENTATION_FAULT = "*(volatile int*)8 = 1"
KILL_FROM_OUTSIDE = "kill(getpid(), SIGKILL)"


def deadly(folder, fault=SEGMENTATION_FAULT, condition="1"):
    """The library; its process dies by `fault` where d = 17."""
    library = folder / "deadly.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(library)], check=True, text=True,
                   input=SOURCE.replace("FAULT", fault).replace("CONDITION", condition))
    return library


def deadly_once(folder, name="died"):
    """The same, but only the first process that gets there dies; once for each `name`."""
    return deadly(folder, condition=f'open("{folder}/{name}", O_CREAT | O_EXCL, 0600) >= 0')

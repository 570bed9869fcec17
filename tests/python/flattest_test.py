#!/usr/bin/python3
"""flatsweep.flattest computes the bits of `flatsweep solve --program`, names a bad argument, stops at once, and leaks nothing."""
import fractions
import gc
import os
import pathlib
import subprocess
import sys
import threading
import time
import tracemalloc
import unittest

import h5py
import numpy
import pandas
import scipy.sparse

import flatsweep
from support import ProgramTest, seeded

S, Y = numpy.array([[1.0, 0, 1], [0, 1, 1]]), numpy.array([1.0, 1])


def at_offset(array, bytes_):
    """A column-major copy that begins so many bytes after a multiple of 64."""
    room = numpy.empty(array.size * 8 + 128, dtype=numpy.uint8)
    start = -room.ctypes.data % 64 + bytes_
    copy = room[start:start + array.size * 8].view(numpy.float64).reshape(array.shape, order="F")
    copy[...] = array
    return copy


class SameBits(ProgramTest):
    def draw(self, random, k):
        """Rectangular and square, degenerate and scaled programs: S, y, q, kappa."""
        r = numpy.random.default_rng(random.getrandbits(64))
        n = int(r.integers(1, 60))
        m = n + int(r.integers(0, 2 * n + 1))
        s = r.standard_normal((n, m))
        if k % 4 == 1:
            s = numpy.maximum(s, 0)
        if k % 4 == 2:
            s *= 10 ** r.uniform(-6, 6, (n, 1))
        if k % 4 == 3:
            s[:, 0] = 0
            s[-1] = s[0]  # y decides whether there is a solution
        y = s @ r.standard_normal(m) if k % 5 else r.standard_normal(n)
        return s, y, (1.0, 4 / 3, 2.0)[k % 3], r.uniform(0.5, 2, m)

    def test_fifty_programs_have_the_bits_of_the_command_line(self):
        random = seeded()
        statuses = set()
        for k in range(50):
            s, y, q, kappa = self.draw(random, k)
            penalty = 0.1 if k % 7 == 6 else 0.0
            with h5py.File(self.folder / "p.h5", "w") as file:
                file["S"], file["y"], file["kappa"] = s, y, kappa
                file.attrs["q"], file.attrs["penalty"] = q, penalty
            self.flatsweep("solve", "--program", "p.h5", "-o", "s.h5", "--overwrite")
            with h5py.File(self.folder / "s.h5") as file:
                expected = {name: dataset[()] for name, dataset in file.items()}
                names = file["status"].attrs["flag_meanings"]
            names = (names.decode() if isinstance(names, bytes) else str(names)).split()
            for given in (s, numpy.asfortranarray(s), *(at_offset(s, shift) for shift in (0, 8, 16, 24, 32, 56))):
                solution = flatsweep.flattest(given, y, q, kappa, penalty)
                self.assertEqual(solution.status, names[expected["status"]], k)
                for name in ("outer_weights", "dual", "objective", "residual", "gap", "rank", "iterations"):
                    numpy.testing.assert_array_equal(getattr(solution, name), expected[name], f"program {k}: {name}")
            statuses.add(solution.status)
        self.assertLessEqual({"solved", "infeasible"}, statuses)

    def test_any_kind_of_array_is_the_same_program(self):
        expected = flatsweep.flattest(S, Y)
        big = numpy.zeros((4, 6))
        big[::2, ::2] = S
        frozen = numpy.asfortranarray(S)
        frozen.flags.writeable = False
        kinds = (S.tolist(), S.astype(bool), S.astype(int), S.astype(numpy.float32), S.astype(numpy.longdouble), S.astype(">f8"),
                 numpy.asfortranarray(S), frozen, big[::2, ::2], S[::-1, ::-1][::-1, ::-1], S.T.copy().T, pandas.DataFrame(S),
                 numpy.matrix(S), numpy.ma.masked_array(S))
        for s in kinds:
            for y in (Y, Y.tolist(), Y[:, None], Y[None], Y.astype(numpy.int8), pandas.Series(Y), (True, True)):
                numpy.testing.assert_array_equal(flatsweep.flattest(s, y).outer_weights, expected.outer_weights)
        for q in (1, numpy.float32(1), numpy.int8(1), fractions.Fraction(1)):
            solution = flatsweep.flattest(S, Y, q, pandas.Series([1, 1, 1]), penalty=numpy.float64(0), threads=numpy.int64(1))
            numpy.testing.assert_array_equal(solution.outer_weights, expected.outer_weights)

    def test_a_column_major_array_is_neither_copied_nor_changed(self):
        s = numpy.asfortranarray(numpy.random.default_rng(1).standard_normal((100, 3000)))
        before = s.copy()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        flatsweep.flattest(s, numpy.ones(100), 2.0)
        self.assertLess(tracemalloc.get_traced_memory()[1], s.nbytes / 2)  # of NumPy, which reports its arrays
        flatsweep.flattest(numpy.ascontiguousarray(s), numpy.ones(100), 2.0)
        self.assertGreaterEqual(tracemalloc.get_traced_memory()[1], s.nbytes)
        numpy.testing.assert_array_equal(s, before)

    def test_the_bits_are_those_for_any_number_of_threads(self):
        r = numpy.random.default_rng(3)
        s, y = r.standard_normal((150, 300)), r.standard_normal(150)
        numpy.testing.assert_array_equal(flatsweep.flattest(s, y, threads=2).outer_weights, flatsweep.flattest(s, y).outer_weights)


def with_entry(array, place, value):
    array = numpy.array(array, dtype=float)
    array[place] = value
    return array


NAN, INF = float("nan"), float("inf")
BAD = [  # argument that the message names, arguments
    ("S", (S[0], Y)),
    ("S", (S[None], Y)),
    ("S", (numpy.zeros((0, 3)), Y)),
    ("S", (numpy.zeros((2, 0)), Y)),
    ("S", ([], Y)),
    ("S", (None, Y)),
    ("S", ("S", Y)),
    ("S", ([["1", "0"], ["0", "1"]], Y)),
    ("S", (S.astype(object), Y)),
    ("S", (S.astype(complex), Y)),
    ("S", ([[1, 0], [1]], Y)),
    ("S", (with_entry(S, (0, 1), NAN), Y)),
    ("S", (with_entry(S, (1, 2), -INF), Y)),
    ("S looks transposed", (S.T, Y)),
    ("S looks transposed", (numpy.ones((9, 4)), numpy.ones(4))),
    ("S", (numpy.ma.masked_equal(S, 0), Y)),
    ("S", (1.0, [1.0])),
    ("S", (numpy.array(1.0), [1.0])),
    ("S", (numpy.ones((2, 2, 2)), Y)),
    ("S", (S.astype("datetime64[s]"), Y)),
    ("S", (pandas.DataFrame({"a": [1.0, 2], "b": ["x", "y"]}), Y)),
    ("S", (scipy.sparse.csr_matrix(S), Y)),
    ("S", (numpy.longdouble("1e400") * S, Y)),
    ("S", (10**400 * S.astype(int).astype(object), Y)),
    ("S", ({"S": S}, Y)),
    ("S", (b"S", Y)),
    ("y", (S, [1.0, 1, 1, 1])),
    ("y", (S, S)),
    ("y", (S, [])),
    ("y", (S, [1.0, NAN])),
    ("y", (S, [INF, 1.0])),
    ("y", (S, ["1", "1"])),
    ("y", (S, numpy.array([1, None]))),
    ("y", (S, None)),
    ("y", (S, 1.0)),
    ("y", (S, Y.astype(complex))),
    ("y", (S, Y[None, :, None].repeat(2, axis=0))),
    ("y", (S, numpy.ma.masked_equal([1, 0], 0))),
    ("q", (S, Y, 0.5)),
    ("q", (S, Y, 0.9999)),
    ("q", (S, Y, 2.5)),
    ("q", (S, Y, NAN)),
    ("q", (S, Y, "1")),
    ("q", (S, Y, [1.0])),
    ("q", (S, Y, None)),
    ("q", (S, Y, True)),
    ("q", (S, Y, 1j)),
    ("q", (S, Y, INF)),
    ("q", (S, Y, 10**400)),
    ("q", (S, Y, 1.05, None, 0.1)),
    ("kappa", (S, Y, 1.0, [1.0, 1])),
    ("kappa", (S, Y, 1.0, [1.0, -1, 1])),
    ("kappa", (S, Y, 1.0, [1.0, 0, 1])),
    ("kappa", (S, Y, 1.0, [1.0, NAN, 1])),
    ("kappa", (S, Y, 1.0, "kappa")),
    ("kappa", (S, Y, 1.0, [])),
    ("kappa", (S, Y, 1.0, 1.0)),
    ("kappa", (S, Y, 1.0, numpy.ones((3, 3)))),
    ("kappa", (S, Y, 1.0, [1.0, INF, 1])),
    ("penalty", (S, Y, 1.0, None, -1.0)),
    ("penalty", (S, Y, 1.0, None, NAN)),
    ("penalty", (S, Y, 1.0, None, "0")),
    ("penalty", (S, Y, 1.0, None, INF)),
    ("penalty", (S, Y, 1.0, None, None)),
    ("threads", (S, Y, 1.0, None, 0.0, 0)),
    ("threads", (S, Y, 1.0, None, 0.0, 1.5)),
    ("threads", (S, Y, 1.0, None, 0.0, 2.0)),
    ("threads", (S, Y, 1.0, None, 0.0, -1)),
    ("threads", (S, Y, 1.0, None, 0.0, 10**6)),
    ("threads", (S, Y, 1.0, None, 0.0, "2")),
    ("threads", (S, Y, 1.0, None, 0.0, True)),
    ("threads", (S, Y, 1.0, None, 0.0, NAN)),
]


class BadInput(unittest.TestCase):
    def test_the_message_names_the_argument(self):
        self.assertGreaterEqual(len(BAD), 30)
        for named, arguments in BAD:
            with self.subTest(named=named, arguments=arguments), self.assertRaises(ValueError) as caught:
                flatsweep.flattest(*arguments)
            self.assertRegex(str(caught.exception), rf"^{named} (.* )?\(.*\)\. [A-Z]")

    def test_a_transposed_array_is_said_to_look_so(self):
        with self.assertRaisesRegex(ValueError, r"S looks transposed \(it is 3 x 2, and y has 2 entries\)\. Pass S\.T"):
            flatsweep.flattest(S.T, Y)


LONG_SOLVE = """
import os, signal, threading, time, flatsweep, numpy
r = numpy.random.default_rng(1)
S, y = numpy.asfortranarray(r.standard_normal((1000, 4000))), r.standard_normal(1000)

def interrupt():
    global sent
    sent = time.process_time()
    os.kill(os.getpid(), signal.SIGINT)


threading.Timer(1, interrupt).start()
try:
    while True:
        flatsweep.flattest(S, y)
except KeyboardInterrupt:
    print(time.process_time() - sent)
"""


def resident_bytes():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Process(unittest.TestCase):
    def test_ctrl_c_ends_a_long_solve_within_a_second(self):
        ended = subprocess.run([sys.executable, "-c", LONG_SOLVE], stdout=subprocess.PIPE, text=True, check=True)
        self.assertLess(float(ended.stdout), 1.0)  # of processor time, so that a loaded machine is no failure

    def test_other_threads_run_meanwhile(self):
        r = numpy.random.default_rng(1)
        s, y = numpy.asfortranarray(r.standard_normal((400, 800))), r.standard_normal(400)
        solver = threading.Thread(target=flatsweep.flattest, args=(s, y))
        solver.start()
        turns = 0
        while solver.is_alive():
            turns += 1
            time.sleep(0.001)
        self.assertGreater(turns, 5)

    def test_a_thousand_calls_leak_nothing(self):
        r = numpy.random.default_rng(1)
        s, y = r.standard_normal((50, 100)), r.standard_normal(50)

        def call(times):
            for k in range(times):
                flatsweep.flattest(s, y, (1.0, 4 / 3)[k % 2])
                try:
                    flatsweep.flattest(s, y, 3.0)
                except ValueError:
                    pass
            gc.collect()

        call(200)
        before = resident_bytes()
        call(1000)
        grown = resident_bytes() - before
        tracemalloc.start()  # Python's objects and NumPy's arrays, of which 1 MB would hide a small one a call
        self.addCleanup(tracemalloc.stop)
        call(10)
        kept = tracemalloc.get_traced_memory()[0]
        call(200)
        kept = tracemalloc.get_traced_memory()[0] - kept
        print(f"{grown} bytes more after 1000 calls, {kept} of Python's after 200")
        self.assertLess(grown, 1 << 20)
        self.assertLess(kept, 200 * 16)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/python3
"""Other programs and people at the file of a sweep: they are refused, or the sweep ends with an error that says what
was lost. Links are followed, and files that other programs wrote anew are read."""
import contextlib
import os
import shutil
import subprocess
import unittest

import h5py
import netCDF4
import xarray

from support import BAD_INPUT, FEW_ROWS, FILE_IN_USE, LONG, PROGRAM, QUICK, ProgramTest, seeded

JOB = [QUICK, *FEW_ROWS, "--quiet"]
SWEEP = [QUICK, "--grid.activation=relu", "--grid.indices=1", "--grid.d=8", "--grid.sample_ratio=2", "--grid.gamma=lin(0.1,0.9,4)",
         "--measure.test_samples=0", f"--grid.seed=0..{1499 if LONG else 749}", "--sync", "1s", "--quiet"]


class Intrusion(ProgramTest):
    def sweep(self, rows=1):
        """A sweep that has some rows in r.h5."""
        process = self.start("run", *SWEEP, "-o", "r.h5", ranks=3)
        self.wait_for_rows("r.h5", rows)
        return process

    def harms(self):
        """What a person or a script may do to a file, none of which any lock prevents."""
        def swap(file):
            os.rename(file, self.folder / "old.h5")
            file.symlink_to("old.h5" if os.path.exists(self.folder / "other.h5") else "nowhere.h5")

        def repack(file):
            subprocess.run(["h5repack", "-f", "GZIP=1", file, self.folder / "packed.h5"], capture_output=True, check=False)
            os.rename(self.folder / "packed.h5", file)

        def scribble(file):
            with open(file, "r+b") as stream:
                stream.seek(os.path.getsize(file) // 3)
                stream.write(b"x" * 1000)

        return [os.unlink, lambda file: os.rename(file, self.folder / "away.h5"), lambda file: os.truncate(file, 0),
                lambda file: os.truncate(file, os.path.getsize(file) // 2), lambda file: os.chmod(file, 0o444), swap, repack, scribble]

    def ends(self, process, code, mention="^"):
        said = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, code, said)
        self.assertRegex(said, mention)

    def test_other_writers_are_refused_and_readers_are_not(self):
        process = self.sweep()
        file = self.folder / "r.h5"
        for mode in ("r+", "a"):  # "w" cuts the file before HDF5 asks for a lock: see below
            with self.assertRaises(OSError, msg=mode):
                h5py.File(file, mode).close()
        for mode in ("a", "r+"):
            with self.assertRaises(OSError, msg=mode):
                netCDF4.Dataset(file, mode).close()
        xarray.open_dataset(file, engine="netcdf4").close()
        self.flatsweep("status", "r.h5")
        for command in (["solve", QUICK, "--id", "0"], ["merge", "r.h5"], ["export", "r.h5"]):
            self.flatsweep(*command, "-o", "r.h5", "--overwrite", expect=BAD_INPUT if command[-1] == "r.h5" else FILE_IN_USE)
        self.ends(process, 0)
        self.flatsweep("verify", "r.h5", "--sample", "5")

    def test_a_file_that_another_program_writes_is_in_use(self):
        self.flatsweep("run", *JOB, "-o", "r.h5")
        shutil.copy(self.folder / "r.h5", self.folder / "copy.h5")
        with h5py.File(self.folder / "r.h5", "r+"):
            self.flatsweep("merge", "copy.h5", "-o", "r.h5", "--overwrite", expect=FILE_IN_USE)

    def test_a_sweep_whose_file_is_lost_says_so(self):
        def swap(file):
            os.rename(file, self.folder / "old.h5")
            os.symlink("old.h5", file)
            os.rename(shutil.copy(file, self.folder / "other.h5"), file)
        for name, disturb, mention in (
                ("rm", os.unlink, "was lost while the sweep ran.*removed"),
                ("mv", lambda file: os.rename(file, self.folder / "moved.h5"), "move it back"),
                ("replace", swap, "was lost while the sweep ran.*replaced"),
                ("h5py w", lambda file: self.assertRaises(OSError, h5py.File, file, "w"), "lost rows|cannot be read again"),
                ("empty", lambda file: os.truncate(file, 0), "lost rows while the sweep ran|cannot be read again"),
                ("cut", lambda file: os.truncate(file, os.path.getsize(file) // 2), "lost rows|cannot be read again"),
                ("chmod", lambda file: os.chmod(file, 0o444), "was made read-only.*rows are kept")):
            with self.subTest(name):
                process = self.sweep()
                disturb(self.folder / "r.h5")
                self.ends(process, BAD_INPUT, mention)
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.folder / "r.h5")

    def test_a_write_that_no_lock_stopped_is_noticed(self):
        process = self.sweep()
        subprocess.run(["/usr/bin/python3", "-c", "import h5py; h5py.File('r.h5', 'r+')['flatness'].attrs['comment'] = 'seen'"],
                       cwd=self.folder, env=os.environ | {"HDF5_USE_FILE_LOCKING": "FALSE"}, check=True)
        said = process.communicate(timeout=120)[1]
        if process.returncode == 0:
            self.flatsweep("verify", "r.h5", "--sample", "2")
        else:
            self.assertRegex(said, "cannot be read again .*another program wrote to it")

    def test_solve_never_replaces_results(self):
        self.flatsweep("run", *JOB, "-o", "r.h5")
        before = (self.folder / "r.h5").read_bytes()
        for more in ([], ["--overwrite"]):
            said = self.flatsweep("solve", QUICK, "--id", "0", "-o", "r.h5", *more, expect=BAD_INPUT).stderr
            self.assertRegex(said, "r.h5 is not overwritten .it is a results file")
        self.assertEqual(before, (self.folder / "r.h5").read_bytes())

    def test_links_are_followed(self):
        (self.folder / "disk").mkdir()
        shutil.copy(QUICK, self.folder / "disk/job.ini")
        (self.folder / "job.ini").symlink_to("disk/job.ini")
        self.flatsweep("run", *JOB, "-o", "whole.h5")
        for command in (["run", "job.ini", *JOB[1:]], ["merge", "whole.h5"], ["export", "whole.h5"],
                        ["solve", "job.ini", "--id", "0"]):
            with self.subTest(command[0]):
                name = command[0]
                (self.folder / f"second.{name}").symlink_to(f"disk/{name}")
                (self.folder / name).symlink_to(f"second.{name}")
                for more in ([], ["--overwrite"]):
                    self.flatsweep(*command, "-o", name, *more)
                    self.assertTrue((self.folder / name).is_symlink())
                    self.assertTrue((self.folder / "disk" / name).is_file())
        for arguments in (["status", "run"], ["show", "merge"], ["verify", "run"], ["export", "merge", "-o", "-"],
                          ["run", "job.ini", *JOB[1:], "-o", "new.h5", "--reuse", "run"], ["run", *JOB, "-o", "run"]):
            self.flatsweep(*arguments)

    def test_what_is_no_file_is_refused_at_once(self):
        self.flatsweep("run", *JOB, "-o", "r.h5")
        os.mkfifo(self.folder / "pipe")
        (self.folder / "folder").mkdir()
        (self.folder / "dangling").symlink_to("nowhere/x.h5")
        for one, other in (("loop", "ring"), ("ring", "loop")):
            (self.folder / one).symlink_to(other)
        for name in ("pipe", "folder", "dangling", "loop", "/dev/null", "/dev/full", ".", ""):
            more = ["--overwrite"] if name in ("pipe", "loop", "/dev/full") else []
            for command in (["run", *JOB], ["solve", QUICK, "--id", "0"], ["merge", "r.h5"], ["export", "r.h5"]):
                with self.subTest(command=command[0], output=name):
                    done = self.flatsweep(*command, "-o", name, *more, expect=BAD_INPUT, timeout=60)
                    self.assertRegex(done.stderr, "cannot write .*Name a file in a directory")
                    self.assertEqual(done.stdout, "")
        for name in ("pipe", "folder", "loop", "/dev/null"):
            for command in (["status", name], ["show", name], ["verify", name], ["merge", name, "-o", "m.h5"],
                            ["export", name, "-o", "-"], ["solve", "--program", name, "-o", "s.h5"],
                            ["run", *JOB, "-o", "n.h5", "--reuse", name]):
                with self.subTest(command=command[0], input=name):
                    done = self.flatsweep(*command, expect=BAD_INPUT, timeout=60)
                    self.assertRegex(done.stderr, "cannot read|there is no file|no such file")
        self.assertEqual(sorted(os.listdir(self.folder)), ["dangling", "folder", "loop", "pipe", "r.h5", "ring"])
        self.assertTrue((self.folder / "loop").is_symlink())

    def test_temporary_files_of_the_user_are_left_alone(self):
        for command, name in ((["run", *JOB], "r.h5"), (["merge", "r.h5"], "m.h5"), (["export", "r.h5"], "t.csv"),
                              (["solve", QUICK, "--id", "0"], "s.h5")):
            (self.folder / f"{name}.tmp").write_text("mine")
            self.flatsweep(*command, "-o", name)
            self.assertEqual((self.folder / f"{name}.tmp").read_text(), "mine")
        self.assertEqual(len(os.listdir(self.folder)), 8)

    def test_what_has_the_hidden_name_is_left_alone_unless_a_command_left_it(self):
        self.flatsweep("run", *JOB, "-o", "r.h5")
        (self.folder / "victim").write_text("mine")
        for name, make in (("link", lambda path: path.symlink_to("victim")), ("pipe", os.mkfifo), ("folder", os.mkdir)):
            for command in (["run", *JOB], ["merge", "r.h5"], ["export", "r.h5"], ["solve", QUICK, "--id", "0"]):
                hidden = self.folder / f".{name}.flatsweep-tmp"
                if not os.path.lexists(hidden):
                    make(hidden)
                said = self.flatsweep(*command, "-o", name, expect=BAD_INPUT, timeout=60).stderr
                self.assertRegex(said, f"cannot write {name} .*is no ordinary file")
                self.assertTrue(os.path.lexists(hidden) and not os.path.lexists(self.folder / name))
        self.assertEqual((self.folder / "victim").read_text(), "mine")

    def test_a_name_of_one_character_is_taken_and_one_that_is_too_long_is_refused_at_once(self):
        self.flatsweep("run", *JOB, "-o", "r")
        for command in (["run", *JOB], ["merge", "r"], ["export", "r"], ["solve", QUICK, "--id", "0"]):
            done = self.flatsweep(*command, "-o", "n" * 250, expect=BAD_INPUT)
            self.assertIn("File name too long", done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertEqual(os.listdir(self.folder), ["r"])

    def test_files_that_other_programs_wrote_anew_are_read(self):
        self.flatsweep("run", *JOB, "-o", "r.h5")
        whole = self.flatsweep("export", "r.h5", "-o", "-").stdout
        with h5py.File(self.folder / "r.h5") as opened:
            chunk = "x".join("1" for _ in opened["status"].shape)
        makers = {"latest": ["h5repack", "-L"], "contiguous": ["h5repack", "-l", "CONTI"], "early": ["h5repack"],
                  "nccopy": ["nccopy"], "xarray": None, "h5netcdf": None, "chunked": ["h5repack", "-l", f"CHUNK={chunk}"],
                  "packed": ["h5repack", "-f", "GZIP=4"], "sorted": None}
        for name, maker in makers.items():
            with self.subTest(name):
                if maker:
                    subprocess.run([*maker, "r.h5", f"{name}.h5"], cwd=self.folder, check=True, capture_output=True)
                else:
                    engine = name if name == "h5netcdf" else "netcdf4"
                    with xarray.open_dataset(self.folder / "r.h5", engine=engine, decode_cf=False) as data:
                        (data[sorted(data)] if name == "sorted" else data).to_netcdf(self.folder / f"{name}.h5", engine=engine)
                done = self.flatsweep("export", f"{name}.h5", "-o", "-", expect=None)
                self.assertNotRegex(done.stderr, "delete|--overwrite")
                if done.returncode:
                    self.assertEqual(done.returncode, BAD_INPUT)
                    self.assertRegex(done.stderr, "another program (wrote it|arranged the file) anew")
                    print(name, done.stderr)
                else:
                    self.assertEqual(done.stdout.splitlines()[-24:], whole.splitlines()[-24:])
                self.assertEqual(done.returncode == 0, name not in ("packed", "chunked"), name)
                if name in ("xarray", "h5netcdf", "sorted"):  # they know no groups
                    said = self.flatsweep("run", *JOB, "-o", f"{name}.h5", expect=BAD_INPUT).stderr
                    self.assertRegex(said, f"{name}.h5 lacks runs, messages .another program wrote it anew.*--reuse {name}.h5")
                    self.flatsweep("run", *JOB, "-o", f"{name}.new.h5", "--reuse", f"{name}.h5")
                    self.assert_same_results("r.h5", f"{name}.new.h5")

    @unittest.skipIf(not LONG, "long")
    def test_a_sweep_among_200_disturbances(self):
        random = seeded()
        refused = done = failed = 0
        while refused + done < 200:
            file = self.folder / "r.h5"
            process = self.start("run", *SWEEP, "-o", "r.h5", ranks=3)
            self.wait_for_rows("r.h5")
            harmless = True
            while process.poll() is None and harmless and refused + done < 200:
                kind = random.choice(["h5py", "h5py", "netcdf", "netcdf", "solve", "merge", "export", "h5repack", "harm"])
                try:
                    if kind == "h5py":
                        h5py.File(file, random.choice(["r+", "a", "w"])).close()
                    elif kind == "netcdf":
                        netCDF4.Dataset(file, random.choice(["a", "r+"])).close()
                    elif kind == "harm":
                        if random.random() > 0.2:
                            continue
                        harmless = False
                        random.choice(self.harms())(file)
                    elif kind == "h5repack":
                        subprocess.run(["h5repack", file, self.folder / "copy.h5"], capture_output=True, check=False)
                    elif kind in ("merge", "export", "solve"):
                        source = [QUICK, "--id", "0"] if kind == "solve" else [file]
                        result = self.flatsweep(kind, *source, "-o", "r.h5", "--overwrite", expect=None)
                        self.assertIn(result.returncode, (BAD_INPUT, FILE_IN_USE), result.stderr)
                    done += 1
                except OSError:
                    refused += 1
            said = process.communicate(timeout=300)[1]
            if process.returncode:
                failed += 1
                self.assertEqual(process.returncode, BAD_INPUT, said)
                self.assertRegex(said, "lost|read-only|read again")
            else:
                self.flatsweep("verify", "r.h5", "--sample", "20")
                self.assertEqual(len(set(self.rows_of("r.h5"))), 1)
            for name in ("r.h5", "old.h5", "away.h5"):
                (self.folder / name).unlink(missing_ok=True)
        print(f"{refused} disturbances were refused, {done} were not; {failed} sweeps ended with an error")


class Permission(ProgramTest):
    @unittest.skipIf(os.geteuid() != 0 or not shutil.which("setpriv"), "needs another user")
    def test_a_file_that_may_not_be_read_is_named_so(self):
        self.flatsweep("run", *JOB, "-o", "x.h5")
        os.chmod(self.folder / "x.h5", 0o600)
        os.chmod(self.folder, 0o777)
        program = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        shutil.copy(QUICK, self.folder / "quick.ini")
        binary = shutil.copy(PROGRAM, self.folder / "flatsweep")
        for arguments in (["status", "x.h5"], ["show", "x.h5"], ["merge", "x.h5", "-o", "m.h5"],
                          ["solve", "--program", "x.h5", "-o", "s.h5"], ["export", "x.h5", "-o", "-"], ["verify", "x.h5"],
                          ["solve", "quick.ini", "--id", "0", "-o", "x.h5", "--overwrite"]):
            done = subprocess.run([*program, binary, *arguments], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
            self.assertRegex(done.stderr, r"cannot (read|open) x\.h5.*\(Permission denied\)")
        closed = self.folder / "closed"
        closed.mkdir()
        os.rename(self.folder / "x.h5", closed / "x.h5")
        os.chmod(closed, 0o644)
        for arguments in (["status", "closed/x.h5"], ["verify", "closed/x.h5"], ["export", "closed/x.h5", "-o", "-"],
                          ["solve", "quick.ini", "--id", "0", "-o", "closed/new.h5"]):
            done = subprocess.run([*program, binary, *arguments], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (BAD_INPUT, ""))
            self.assertRegex(done.stderr, r"closed/.*\(Permission denied\)")


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""What `pip install .` calls (PEP 517): CMake builds the module, and this packs it as a wheel.

No package for this is needed, so that it works offline. scikit-build-core would do it with less, but Debian 12 lacks it."""

import base64
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROJECT = (SOURCE / "pyproject.toml").read_text(encoding="utf-8")


def project(key):
    """The text, or the texts, of a key of pyproject.toml: Python has a reader of it from 3.11 on only."""
    return re.findall(r'"(.*?)"', re.search(rf"(?m)^{key} = (.*)$", PROJECT)[1])


def metadata():
    (version,), (summary,), (python,) = project("version"), project("description"), project("requires-python")
    lines = ["Metadata-Version: 2.1", "Name: flatsweep", f"Version: {version}", f"Summary: {summary}", f"Requires-Python: {python}",
             *(f"Requires-Dist: {name}" for name in project("dependencies")), "Provides-Extra: sweeps",
             *(f'Requires-Dist: {name}; extra == "sweeps"' for name in project("sweeps"))]
    return "\n".join(lines) + "\n"


def build_package():
    """Return the folder of the module, built for the Python that runs."""
    tag = sysconfig.get_config_var("SOABI")
    build = SOURCE / "build" / f"pip-{tag}"
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    subprocess.run(["cmake", "-S", SOURCE, "-B", build, *generator, "-DCMAKE_BUILD_TYPE=Release", "-DFLATSWEEP_PYTHON_ONLY=ON",
                    "-DCMAKE_UNITY_BUILD=ON", f"-DFLATSWEEP_PYTHON={sys.executable}"], check=True)
    subprocess.run(["cmake", "--build", build, "--target", "flatsweep_python", "--parallel", "2"], check=True)
    return build / "python" / "flatsweep"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build the wheel, and return its name."""
    (version,), python = project("version"), f"cp{sys.version_info.major}{sys.version_info.minor}"
    tag = f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
    about = f"flatsweep-{version}.dist-info"
    package = build_package()
    contents = {f"flatsweep/{file.name}": file.read_bytes() for file in sorted(package.iterdir()) if file.is_file()}
    contents[f"{about}/METADATA"] = metadata().encode()
    contents[f"{about}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: flatsweep\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    contents[f"{about}/LICENSE"] = (SOURCE / "LICENSE").read_bytes()

    def record(name, content):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        return f"{name},sha256={digest},{len(content)}\n"

    lines = "".join(record(name, content) for name, content in contents.items()) + f"{about}/RECORD,,\n"
    name = f"flatsweep-{version}-{tag}.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in (contents | {f"{about}/RECORD": lines.encode()}).items():
            wheel.writestr(path, content)
    return name


def build_sdist(sdist_directory, config_settings=None):
    """Pack the committed sources."""
    name = f"flatsweep-{project('version')[0]}"
    target = pathlib.Path(sdist_directory) / f"{name}.tar.gz"
    subprocess.run(["git", "-C", SOURCE, "archive", f"--prefix={name}/", "-o", target, "HEAD"], check=True)
    return target.name

#!/usr/bin/python3
"""A file that uses a name of the standard library includes its header, or its own header does (x.cpp: x.hpp)."""
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]

HEADERS = {
    "algorithm": "clamp copy copy_n count fill fill_n lower_bound max max_element min min_element minmax_element "
                 "nth_element sort stable_sort upper_bound ranges::sort ranges::find ranges::find_if ranges::copy",
    "array": "array to_array",
    "atomic": "atomic atomic_bool",
    "bit": "bit_cast",
    "charconv": "from_chars to_chars",
    "chrono": "chrono",
    "cmath": "abs sqrt pow exp log isfinite isnan isinf floor ceil lerp hypot lround",
    "cstddef": "byte",
    "cstdint": "int8_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t",
    "cstdlib": "getenv malloc free _Exit",
    "cstring": "memcpy strerror",
    "deque": "deque",
    "exception": "exception_ptr current_exception rethrow_exception uncaught_exceptions",
    "filesystem": "filesystem",
    "fstream": "ifstream ofstream fstream",
    "functional": "function",
    "iomanip": "setw setprecision",
    "iostream": "cout cerr cin",
    "iterator": "back_inserter",
    "limits": "numeric_limits",
    "map": "map",
    "memory": "unique_ptr shared_ptr make_unique make_shared",
    "mutex": "mutex lock_guard",
    "numbers": "numbers",
    "numeric": "accumulate iota inner_product exclusive_scan",
    "optional": "optional nullopt",
    "random": "mt19937_64 random_device",
    "set": "set",
    "span": "span as_bytes",
    "sstream": "ostringstream istringstream stringstream",
    "stdexcept": "runtime_error logic_error invalid_argument",
    "string": "string to_string stoi stod getline",
    "string_view": "string_view",
    "system_error": "errc",
    "thread": "thread this_thread",
    "tuple": "tuple tie",
    "unordered_map": "unordered_map",
    "utility": "move swap exchange pair",
    "variant": "variant visit",
    "vector": "vector",
}
HEADER_OF = {name: header for header, names in HEADERS.items() for name in names.split()}
ALSO = {"string_view": {"string"}, "cstddef": {"vector", "array", "span", "string"}, "utility": {"map", "tuple"}}


def included(file):
    return set(re.findall(r'^\s*#\s*include\s*<([^>]+)>', file.read_text(), re.MULTILINE))


def own_header(file):
    """The header of the same name, public or private."""
    module = file.relative_to(SOURCE / "src").with_suffix(".hpp")
    return [header for header in (SOURCE / "include/flatsweep" / module, SOURCE / "src" / module) if header.exists()]


def missing(file):
    text = re.sub(r'//[^\n]*|"(?:\\.|[^"\\\n])*"', "", file.read_text())
    headers = included(file)
    if file.suffix == ".cpp" and SOURCE / "src" in file.parents:
        for header in own_header(file):
            headers |= included(header)
    for name in sorted(set(re.findall(r"\bstd::((?:ranges::)?\w+)", text))):
        header = HEADER_OF.get(name)
        if header and header not in headers and not headers & ALSO.get(header, set()):
            yield f"{file.relative_to(SOURCE)}: std::{name} needs <{header}>"


if __name__ == "__main__":
    files = [f for top in ("include", "src") for f in sorted((SOURCE / top).rglob("*.?pp"))]
    assert len(files) > 40, "the sources are not where this test looks for them"
    wrong = [line for file in files for line in missing(file)]
    print("\n".join(wrong))
    print(f"{len(files)} files, {len(wrong)} headers missing")
    sys.exit(bool(wrong))

"""Rows of a results file that h5py has open for writing, changed behind the program's back."""
import struct
import zlib


def value_variables(file):
    return file["checksum"].attrs["variables"].split()


def checksum_of(file, row):
    """As the attribute `algorithm` of `checksum` has it."""
    size = file["status"].size
    values = b"".join(file[name][...].reshape(size, -1)[row].tobytes() for name in value_variables(file))
    head = struct.pack("<QBi", row, file["status"][...].ravel()[row], file["iterations"][...].ravel()[row])
    return zlib.crc32(head + values)


def set_cell(file, name, row, value):
    cells = file[name][...]
    cells.reshape(file["status"].size, -1)[row, 0] = value
    file[name][...] = cells

"""Files of other programs, which are not read here: whose they are, by their ending, and what to do."""

from __future__ import annotations

from pathlib import Path

from goodfit.errors import DataError

BYTES_LOOKED_AT = 4_096
FIRST_LETTER, SPACES = 32, b"\t\n\r\f\x1b"  # control codes, and those that are in texts
AS_TABLE = "Save it there as CSV or Parquet"
IN_PANDAS = f"{AS_TABLE}, or give the frame of pandas.read_{{}}(...) in Python"
UNPACK = "Unpack it, and give the folder or the file in it"
OF_PROGRAMS = {
    ".zip": ("a zip archive", UNPACK),
    ".7z": ("an archive of 7-Zip", UNPACK),
    ".rar": ("an archive of RAR", UNPACK),
    ".tgz": ("a packed tar archive", f"{UNPACK}: tar xf"),
    ".gz": ("a packed file", UNPACK),
    ".bz2": ("a packed file", UNPACK),
    ".xz": ("a packed file", UNPACK),
    ".zst": ("a packed file", UNPACK),
    ".sav": ("an SPSS file", IN_PANDAS.format("spss")),
    ".zsav": ("an SPSS file", IN_PANDAS.format("spss")),
    ".dta": ("a Stata file", IN_PANDAS.format("stata")),
    ".sas7bdat": ("a SAS file", IN_PANDAS.format("sas")),
    ".xpt": ("a SAS file", IN_PANDAS.format("sas")),
    ".rds": ("a file of R", "In R, write it with write.csv(x, 'x.csv', row.names = FALSE)"),
    ".rda": ("a file of R", "In R, write the frame in it with write.csv(x, 'x.csv', row.names = FALSE)"),
    ".rdata": ("a file of R", "In R, write the frame in it with write.csv(x, 'x.csv', row.names = FALSE)"),
    ".mat": ("a MATLAB file", "In MATLAB, write it with writetable(x, 'x.csv')"),
    ".arff": ("a Weka file", AS_TABLE),
    ".ods": ("an OpenDocument spreadsheet", "Save it as .xlsx or CSV"),
    ".numbers": ("a spreadsheet of Numbers", "Export it as .xlsx or CSV"),
    ".sqlite": ("a database", IN_PANDAS.format("sql")),
    ".sqlite3": ("a database", IN_PANDAS.format("sql")),
    ".db": ("a database", IN_PANDAS.format("sql")),
    ".mdb": ("an Access database", "Export the table as .xlsx or CSV"),
    ".accdb": ("an Access database", "Export the table as .xlsx or CSV"),
    ".h5": ("an HDF5 file", IN_PANDAS.format("hdf")),
    ".hdf5": ("an HDF5 file", IN_PANDAS.format("hdf")),
    ".npz": ("a file of NumPy, with arrays and no columns", "Give pandas.DataFrame(numpy.load(PATH)['x']) in Python"),
    ".npy": ("a file of NumPy, with an array and no columns", "Give pandas.DataFrame(numpy.load(PATH)) in Python"),
    ".arrows": ("a stream of Arrow", "Write it as a file: .feather or .parquet"),
    ".orc": ("an ORC file", IN_PANDAS.format("orc")),
    ".avro": ("an Avro file", AS_TABLE),
    ".html": ("a web page", "Save its table as .xlsx or CSV"),
    ".htm": ("a web page", "Save its table as .xlsx or CSV"),
    ".geojson": ("a GeoJSON file", "Save the properties of its features as CSV"),
    ".xml": ("an XML file", IN_PANDAS.format("xml")),
    ".pdf": ("a PDF", "Save its table as .xlsx or CSV"),
    ".docx": ("a Word document", "Save its table as .xlsx or CSV, or its text as .txt"),
    ".pkl": (
        "a pickle (reading one can run anything)",
        "Give the frame in it in Python, or save it as Parquet",
    ),
    ".pickle": (
        "a pickle (reading one can run anything)",
        "Give the frame in it in Python, or save it as Parquet",
    ),
    ".sql": ("a dump of a database (SQL)", IN_PANDAS.format("sql")),
    ".py": (
        "a Python program",
        "goodfit check PROGRAM.py watches one; a net in it is fitted with goodfit fit PROGRAM.py:NET --data DATA",
    ),
    ".ipynb": ("a notebook", "Give the data that it reads"),
    ".safetensors": ("a file of weights", "Give the data; --pretrained FILE begins with them"),
    ".pt": ("a file of PyTorch", "Give arrays in Python: goodfit.arrays(x, y)"),
}


def begins_as_text(path: Path) -> bool:
    """Whether this is a file whose first bytes are those of a text."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(BYTES_LOOKED_AT)
    return bool(head) and not any(sign < FIRST_LETTER and sign not in SPACES for sign in head)


def of_another_program(path: Path) -> DataError | None:
    """What is said of a file whose ending is known; None of all others."""
    known = OF_PROGRAMS.get(path.suffix.lower())
    if known is None or path.is_dir():
        return None
    return DataError(f"this is {known[0]}, which is not read", where=path, fix=known[1])

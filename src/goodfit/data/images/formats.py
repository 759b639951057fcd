"""Which image formats are read. Everything else is refused before any reader sees it.

Pillow can read more: EPS starts Ghostscript, WMF asks Windows, others read what no camera or program writes today. The
list is short on purpose: a file is opened by the readers of these formats alone, whatever its name says.
"""

from __future__ import annotations

from functools import cache

# Pillow's name of a format -> the endings of its files. Frequent ones first: files are compared in this order.
ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "AVIF": (".avif", ".avifs"),
    "DIB": (".dib",),
    "HEIF": (".heic", ".heif", ".hif", ".heics", ".heifs"),
    "ICO": (".ico",),
    "JPEG2000": (".jp2", ".j2k", ".jpc", ".jpf", ".jpx", ".j2c"),
    "PCX": (".pcx",),
    "PPM": (".pbm", ".pgm", ".ppm", ".pnm", ".pfm"),
    "QOI": (".qoi",),
    "SGI": (".bw", ".rgb", ".rgba", ".sgi"),
    "TGA": (".tga", ".icb", ".vda", ".vst"),
}
LOSSY_FORMATS = ("AVIF", "HEIF", "JPEG", "MPO")  # whose files do not give pixels back as they were

# What holds images as well, and is not read: (endings, what it is, what to do).
NOT_READ = (
    (ENDINGS["HEIF"], "HEIC", "Run pip install 'goodfit[heic]', or convert them to JPEG or PNG"),
    (ENDINGS["AVIF"], "AVIF", "Install Pillow 11.3 or newer, or convert them to JPEG or PNG"),
    (
        (".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf", ".raw", ".pef", ".srw"),
        "raw camera",
        "Convert them to JPEG, PNG or TIFF",
    ),
    ((".dcm", ".dicom", ".nii", ".mha", ".mhd", ".nrrd"), "medical", "Convert them to 16-bit PNG or TIFF"),
    ((".jxl", ".exr", ".hdr", ".psd", ".svg", ".eps", ".fits", ".fit", ".dds"), "other image", "Convert them to PNG"),
    ((".npy", ".npz", ".mat", ".h5", ".hdf5"), "array", "Convert them to PNG or TIFF"),
    ((".mp4", ".avi", ".mov", ".mkv", ".webm"), "video", "Extract their frames"),
    ((".zip", ".tar", ".gz", ".tgz", ".7z", ".rar"), "archive", "Unpack them"),
)

# The first bytes of files that come under the names of images.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
FOREIGN_SIGNATURES = (
    (b"%!PS", "an EPS or PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "an EPS file"),
    (b"%PDF", "a PDF file"),
    (b"8BPS", "a Photoshop file"),
    (b"\xd7\xcd\xc6\x9a", "a WMF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML file"),
    (b"SIMPLE  =", "a FITS file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"version https://git-lfs", "a Git LFS pointer, not the image itself: run git lfs pull"),
)
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


@cache
def formats() -> tuple[str, ...]:
    """Names of the formats that can be read here, for Pillow's `formats=`."""
    from PIL import Image, features

    missing = set()
    if not _heif_is_there():
        missing.add("HEIF")
    if "avif" not in features.modules or not features.check(
        "avif"
    ):  # Pillow before 11.3 warns of names it does not know
        missing.add("AVIF")
    Image.init()  # the readers of all formats are known from now on; which of them are used is said at each call
    return tuple(name for name in ENDINGS if name not in missing)


@cache
def image_endings() -> frozenset[str]:
    """File endings, in small letters, of the formats that can be read here."""
    return frozenset(ending for name in formats() for ending in ENDINGS[name])


@cache
def _heif_is_there() -> bool:
    """Whether the extra `goodfit[heic]` is installed; its reader is then Pillow's."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def image_signature(start: bytes) -> str | None:
    """The format of an image by its first bytes, for files without an ending."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if _brand(start) in HEIF_BRANDS:
        return "HEIC"
    return next((name for signature, name in SIGNATURES if start.startswith(signature)), None)


def foreign_signature(start: bytes) -> str | None:
    """What a file is that no reader of ours knows, by its first bytes; None: nobody knows."""
    if _brand(start) in HEIF_BRANDS:
        return "a HEIC image: pip install 'goodfit[heic]', or convert it"
    if _brand(start) in (b"avif", b"avis"):
        return "an AVIF image: Pillow 11.3 or newer reads it"
    text = start.lstrip()
    return next((name for signature, name in FOREIGN_SIGNATURES if text.startswith(signature)), None)


def _brand(start: bytes) -> bytes:
    """The kind of file of the ISO family (HEIC, AVIF, MP4)."""
    return start[8:12] if start[4:8] == b"ftyp" else b""

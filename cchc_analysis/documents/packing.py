"""The same document as the same bytes: fixed times and order of the entries of an Office file."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP entry can carry."""

FIRST = "[Content_Types].xml"
"""The entry that readers of Office files expect first."""


def repacked(office_file: bytes) -> bytes:
    """Return an Office file with its entries in order of name and without the time they were written.

    >>> buffer = BytesIO()
    >>> with ZipFile(buffer, "w") as packed:
    ...     packed.writestr(ZipInfo("b.xml", (2023, 6, 14, 8, 0, 0)), "b")
    ...     packed.writestr(FIRST, "a")
    >>> [entry.filename for entry in ZipFile(BytesIO(repacked(buffer.getvalue()))).infolist()]
    ['[Content_Types].xml', 'b.xml']
    """
    buffer = BytesIO()
    with ZipFile(BytesIO(office_file)) as given, ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=6) as packed:
        for name in sorted(given.namelist(), key=lambda entry: (entry != FIRST, entry)):
            entry = ZipInfo(name, EPOCH)
            # Without it the system that packs would be part of the bytes.
            entry.create_system = 0
            entry.compress_type = ZIP_DEFLATED
            packed.writestr(entry, given.read(name))
    return buffer.getvalue()

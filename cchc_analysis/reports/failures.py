"""The failures of this room: a notebook that cannot become a page, a file that cannot be made."""

from pathlib import Path

from cchc_analysis.errors import ReportError


class PageFailure(ReportError):
    """A notebook that stopped, or whose output may not be published; names the notebook and the cell.

    >>> failure = PageFailure(Path("10_processing_time.ipynb"), "on-time", "It stopped.", "Ô đã dừng.")
    >>> str(failure)
    'Notebook 10_processing_time.ipynb, cell "on-time": It stopped.'
    >>> failure.message("vi")
    'Sổ tay 10_processing_time.ipynb, ô “on-time”: Ô đã dừng.'
    """

    def __init__(self, notebook: Path, cell: str, en: str, vi: str) -> None:
        super().__init__(
            f'Notebook {notebook.name}, cell "{cell}": {en}',
            f"Sổ tay {notebook.name}, ô “{cell}”: {vi}",
        )
        self.cell = cell
        self.reason = (en, vi)


class FileFailure(ReportError):
    """A file of a site that cannot be made; names where it would lie.

    >>> str(FileFailure("phuong-1/bao-cao.docx", "it stopped.", "đã dừng."))
    'File phuong-1/bao-cao.docx: it stopped.'
    """

    def __init__(self, target: str, en: str, vi: str) -> None:
        super().__init__(f"File {target}: {en}", f"Tệp {target}: {vi}")

"""Tell how far a run is: a bar on a terminal, plain lines elsewhere."""

import sys
from typing import Never, Protocol, TextIO

from tqdm import tqdm

from cchc_analysis.errors import Language


class Progress(Protocol):
    """What a run reports to; `seconds` is None for a page that was kept from an earlier run."""

    def started(self, n_pages: int) -> None:
        """Learn how many pages the run has."""

    def page_done(self, target: str, seconds: float | None) -> None:
        """Learn that a page is ready."""

    def finished(self) -> None:
        """Learn that no page follows."""


class SilentProgress:
    """Reports nothing."""

    def started(self, n_pages: int) -> None:
        """Do nothing."""

    def page_done(self, target: str, seconds: float | None) -> None:
        """Do nothing."""

    def finished(self) -> None:
        """Do nothing."""


class LineProgress:
    """Writes one line per page, for logs.

    >>> lines = LineProgress(sys.stdout, "en")
    >>> lines.started(2); lines.page_done("p1/10_time.html", 2.13); lines.page_done("p2/10_time.html", None)
    [1/2] p1/10_time.html 2.1 s
    [2/2] p2/10_time.html unchanged
    """

    def __init__(self, stream: TextIO, language: Language = "vi") -> None:
        self.stream = stream
        self.unchanged = "unchanged" if language == "en" else "không đổi"
        self.n_pages = self.n_done = 0

    def started(self, n_pages: int) -> None:
        """Remember how many pages the run has."""
        self.n_pages = n_pages

    def page_done(self, target: str, seconds: float | None) -> None:
        """Write the line of a page."""
        self.n_done += 1
        took = self.unchanged if seconds is None else f"{seconds:.1f} s"
        self.stream.write(f"[{self.n_done}/{self.n_pages}] {target} {took}\n")
        self.stream.flush()

    def finished(self) -> None:
        """Do nothing: the last line stands."""


class BarProgress:
    """Draws one bar over all pages of a run."""

    def __init__(self, stream: TextIO, language: Language = "vi") -> None:
        self.stream = stream
        self.unit = "page" if language == "en" else "trang"
        self.bar: tqdm[Never] | None = None

    def started(self, n_pages: int) -> None:
        """Draw the empty bar."""
        self.bar = tqdm(total=n_pages, unit=self.unit, file=self.stream)

    def page_done(self, target: str, seconds: float | None) -> None:
        """Move the bar and name the page beside it."""
        if self.bar is not None:
            self.bar.set_postfix_str(target, refresh=False)
            self.bar.update()

    def finished(self) -> None:
        """Leave the bar as it stands."""
        if self.bar is not None:
            self.bar.close()


def terminal_progress(stream: TextIO | None = None, language: Language = "vi") -> Progress:
    """Return the progress that suits `stream` (stderr by default): a bar on a terminal, lines elsewhere."""
    chosen = stream or sys.stderr
    return BarProgress(chosen, language) if chosen.isatty() else LineProgress(chosen, language)

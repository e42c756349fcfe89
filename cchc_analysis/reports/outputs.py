"""What of a notebook's cells and outputs a page shows, and what it refuses to show."""

import base64
import struct
from pathlib import Path
from typing import Any

from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.kernel_extension import ERROR_TYPE
from cchc_analysis.reports.markup import forbidden_markup, n_unnamed_images, tidy_pandas

SHOWN_TYPES = ("text/html", "image/png", "text/markdown", "text/plain")
"""From the richest down: a page shows one representation of each output."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def publishable_cell(cell: Any, notebook: Path) -> dict[str, Any]:
    """Return a cell with nothing but what the page shows."""
    shown = {"cell_type": cell.cell_type, "id": cell.id, "metadata": {}, "source": cell.source}
    if cell.cell_type != "code":
        return shown
    outputs = [publishable_output(output, cell.id, notebook) for output in cell.outputs]
    return {**shown, "execution_count": None, "source": "", "outputs": [o for o in outputs if o is not None]}


def publishable_output(output: Any, cell: str, notebook: Path) -> dict[str, Any] | None:
    """Return an output with the one representation that the page shows, or None where it shows nothing."""
    if output.output_type == "error" or ERROR_TYPE in output.get("data", {}):
        raise PageFailure(notebook, cell, "it ended with an error; correct it.", "có lỗi khi chạy; hãy sửa lại.")
    if output.output_type == "stream":
        if output.name == "stderr":
            raise warned(notebook, cell, output.text)
        return {"output_type": "stream", "name": "stdout", "text": output.text}
    return shown_data(output, cell, notebook)


def shown_data(output: Any, cell: str, notebook: Path) -> dict[str, Any] | None:
    """Return a display output reduced to the richest type that a page shows."""
    kind = next((kind for kind in SHOWN_TYPES if kind in output.data), None)
    rich = sorted(kind for kind in output.data if kind.startswith(("image/", "application/", "text/latex")))
    if kind in (None, "text/plain") and rich:
        raise PageFailure(
            notebook,
            cell,
            f"an output of type {rich[0]} cannot stand in a page; show a PNG figure, HTML or Markdown instead.",
            f"trang không hiển thị được đầu ra kiểu {rich[0]}; hãy dùng hình PNG, HTML hoặc Markdown.",
        )
    if kind is None:
        return None
    metadata: dict[str, Any] = {}
    value = output.data[kind]
    if kind == "image/png":
        value, metadata = plain_png(value), {"image/png": figure_metadata(output, cell, notebook)}
    elif kind == "text/html":
        value = checked_html(value, cell, notebook)
    return {"output_type": "display_data", "data": {kind: value}, "metadata": metadata}


def figure_metadata(output: Any, cell: str, notebook: Path) -> dict[str, Any]:
    """Return alternative text and display size of a figure, in CSS pixels; a figure without text is refused."""
    own = output.metadata.get("image/png", {})
    alt = str(own.get("alt") or output.metadata.get("alt") or "").strip()
    if not alt:
        raise unnamed(notebook, cell)
    width, height = struct.unpack(">II", base64.b64decode(output.data["image/png"])[16:24])
    return {"alt": alt, "width": own.get("width", width), "height": own.get("height", height)}


def unnamed(notebook: Path, cell: str) -> PageFailure:
    """Return the failure of a figure that says nothing to a reader who cannot see it."""
    return PageFailure(
        notebook,
        cell,
        'a figure has no alternative text; display it with metadata={"image/png": {"alt": "…"}} or <img alt="…">.',
        'hình không có văn bản thay thế; hãy hiển thị với metadata={"image/png": {"alt": "…"}} hoặc <img alt="…">.',
    )


def plain_png(encoded: str) -> str:
    """Return a base64 PNG without the chunks that carry text and times, such as the name of the software."""
    png, kept, place = base64.b64decode(encoded), [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while place < len(png):
        end = place + 12 + int.from_bytes(png[place : place + 4], "big")
        if png[place + 4 : place + 8] not in (b"tEXt", b"iTXt", b"zTXt", b"tIME", b"eXIf"):
            kept.append(png[place:end])
        place = end
    return base64.b64encode(b"".join(kept)).decode("ascii")


def checked_html(html: str, cell: str, notebook: Path) -> str:
    """Return HTML output ready for the page; refuse what would run or fetch."""
    tidied = tidy_pandas(html)
    found = forbidden_markup(tidied)
    if found:
        raise PageFailure(
            notebook,
            cell,
            f"its HTML holds {found[0]}, which a page may not; pages run and fetch nothing.",
            f"mã HTML có {found[0]} là nội dung không được phép; trang không chạy lệnh và không tải gì từ bên ngoài.",
        )
    if n_unnamed_images(tidied):
        raise unnamed(notebook, cell)
    return tidied


def warned(notebook: Path, cell: str, text: str) -> PageFailure:
    """Return the failure of a cell that wrote to stderr, with the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    warning = next((line for line in reversed(lines) if "Warning:" in line), lines[-1] if lines else "")
    return PageFailure(
        notebook,
        cell,
        f"it wrote a warning, and a page with warnings is not published: {warning}",
        f"có cảnh báo khi chạy, trang có cảnh báo thì không được phát hành: {warning}",
    )

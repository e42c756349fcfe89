"""The two editions of a run: what may leave the office, and everything."""

from typing import Literal

Edition = Literal["public", "internal"]
"""public: small counts are hidden (docs/methods/disclosure.md); internal: nothing is, every page says so."""

EDITIONS: tuple[Edition, ...] = ("public", "internal")

INTERNAL_MARK = (
    "Bản nội bộ: số nhỏ không được ẩn, không phổ biến ra ngoài cơ quan",
    "Internal edition: small counts are not hidden, not for publication",
)
"""What every page of the internal edition says, in Vietnamese and English."""

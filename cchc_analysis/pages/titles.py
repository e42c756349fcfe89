"""Titles of the pages, long for the page itself and short for links."""

TITLES = {
    "processing_time": ("Thời gian giải quyết thủ tục hành chính", "Processing time of administrative procedures"),
    "data_quality": ("Chất lượng dữ liệu", "Data quality"),
}
"""Page → (Vietnamese, English) title."""

SHORT_TITLES = {
    "processing_time": ("Thời gian giải quyết", "Processing time"),
    "data_quality": ("Chất lượng dữ liệu", "Data quality"),
}
"""Page → (Vietnamese, English) words of a link."""

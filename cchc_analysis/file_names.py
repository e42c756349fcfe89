"""Names of the files beside the pages of a unit: known without the libraries that write them."""

from typing import Final

REPORT_FILE: Final = "bao-cao.docx"
CALENDAR_FILE: Final = "lich-bao-cao.ics"

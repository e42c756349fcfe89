"""Loaded inside the kernel of a page: hands over both sentences of our errors, hushes matplotlib's first start."""

import logging
from typing import Any

ERROR_TYPE = "application/vnd.cchc.error+json"
FIRST_START = ("building the font cache", "temporary cache directory", "created a temporary")


def load_ipython_extension(shell: Any) -> None:
    """Register with an IPython shell, as `%load_ext` does."""
    shell.events.register("post_run_cell", publish_sentences)
    for name in ("matplotlib", "matplotlib.font_manager"):
        logging.getLogger(name).addFilter(is_no_first_start)


def publish_sentences(result: Any) -> None:
    """Publish the English and Vietnamese sentence of one of our errors beside the error itself.

    A kernel hands over only the name and the English text of an exception.
    """
    error = result.error_in_exec or result.error_before_exec
    if hasattr(error, "en") and hasattr(error, "vi"):
        from IPython.display import display

        display({ERROR_TYPE: {"en": str(error.en), "vi": str(error.vi)}}, raw=True)  # type: ignore[no-untyped-call]


def is_no_first_start(record: logging.LogRecord) -> bool:
    """Tell whether a log record is anything else than matplotlib preparing its cache on a new machine.

    Such a record would appear as text on stderr, and a page with text on stderr is not published.
    """
    return not any(words in record.getMessage() for words in FIRST_START)

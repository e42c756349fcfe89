"""Words and sentences of the pages, Vietnamese by default, English by parameter; they compute nothing."""

from cchc_analysis.wording import data_quality, processing_time
from cchc_analysis.wording.words import pick, word

__all__ = ["data_quality", "pick", "processing_time", "word"]

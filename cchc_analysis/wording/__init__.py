"""Words and sentences of the pages, Vietnamese by default, English by parameter; they compute nothing."""

from cchc_analysis.wording import data_quality, processing_time
from cchc_analysis.wording.words import in_sentence, pick, plural, word

__all__ = ["data_quality", "in_sentence", "pick", "plural", "processing_time", "word"]

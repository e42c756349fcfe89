"""What a written Vietnamese syllable looks like; used to tell right from wrongly decoded text."""

import re
import unicodedata
from functools import lru_cache

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOPPED_TONES = frozenset("\u0301\u0323")
_STOPS = ("c", "ch", "k", "p", "t")

_ONSET_LIST = "b c ch d đ g gh gi h k kh kr l m n ng ngh nh p ph pl r s t th tr v x"
_RIME_LIST = """
    a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong
    oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyên uyêt
    uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu
"""
_ONSETS = frozenset(_ONSET_LIST.split())
_RIMES = frozenset(_RIME_LIST.split())
_RIMES_AFTER_Q = frozenset(
    "u" + rime for rime in _RIMES if rime[0] in "aăâeêiơy" and not rime.startswith(("ia", "iê", "iu"))
) | {"uôc", "uynh", "uych", "uyt"}
_WORD = re.compile(r"[^\s!-@\[-`{-~\u00a0\u2010-\u2026\u2028\u2029]+")


@lru_cache(maxsize=65_536)
def _split_tone(syllable: str) -> tuple[str, str]:
    letters = unicodedata.normalize("NFD", syllable.lower())
    tones = "".join(letter for letter in letters if letter in _TONES)
    toneless = "".join(letter for letter in letters if letter not in _TONES)
    return unicodedata.normalize("NFC", toneless), tones


def _is_onset_and_rime(toneless: str) -> bool:
    if toneless.startswith("q"):
        return toneless[1:] in _RIMES_AFTER_Q
    return any(toneless[:cut] in _ONSETS and toneless[cut:] in _RIMES for cut in (1, 2, 3)) or toneless in _RIMES


def is_syllable(word: str) -> bool:
    """Return whether the word could be one Vietnamese syllable: onset, rime and at most one tone that fits.

    A syllable that ends in c, ch, p or t bears the acute or the dot below and no other tone (Đoàn Thiện Thuật,
    "Ngữ âm tiếng Việt", 1977); this is what wrongly decoded text violates first. The endings of place names
    of the Central Highlands (Đắk, Krông) are allowed.

    >>> [word for word in ("Phường", "giấy", "quyết", "Đắk", "Së", "ph¸p", "cảc") if is_syllable(word)]
    ['Phường', 'giấy', 'quyết', 'Đắk']
    """
    toneless, tones = _split_tone(word)
    if len(tones) > 1 or not _is_onset_and_rime(toneless):
        return False
    return not (toneless.endswith(_STOPS) and tones and tones not in _STOPPED_TONES)


def plausibility(text: str) -> int:
    """Return how much more often the words with letters beyond ASCII are Vietnamese syllables than not.

    >>> plausibility("Sở Tư pháp, Đà Nẵng"), plausibility("Së T­ ph¸p"), plausibility("plain ASCII")
    (5, -3, 0)
    """
    composed = unicodedata.normalize("NFC", text)
    words = (word for word in _WORD.findall(composed) if not word.isascii())
    return sum(1 if is_syllable(word) else -1 for word in words)

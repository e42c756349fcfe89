"""Keyed hashes in place of dossier codes, and the key that makes them."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cchc_analysis.errors import HashKeyError, InputError

KEY_VARIABLE: Final = "CCHC_HASH_KEY"
KEY_FILE_VARIABLE: Final = "CCHC_HASH_KEY_FILE"
MARKER_FILE: Final = "cchc-sample.json"
SHORTEST_KEY: Final = 16
_HASH_DIGITS: Final = 32
_BLOCK: Final = 64
_INNER, _OUTER = (bytes(byte ^ mask for byte in range(256)) for mask in (0x36, 0x5C))
"""What RFC 2104 does to the key in front of the code, and in front of the hash of both."""

_HOW_TO_EN = (
    'Make one with: python -c "import secrets; print(secrets.token_hex(32))", keep it in a file outside the '
    f"repository and name that file in {KEY_FILE_VARIABLE}; use the same key every time."
)
_HOW_TO_VI = (
    'Hãy tạo khóa bằng lệnh: python -c "import secrets; print(secrets.token_hex(32))", lưu vào một tệp ngoài kho mã '
    f"nguồn và ghi đường dẫn tệp đó vào biến {KEY_FILE_VARIABLE}; luôn dùng cùng một khóa."
)


@dataclass(frozen=True)
class HashKey:
    """The secret of the hashes; `synthetic` where it is the public key of the synthetic sample."""

    secret: bytes
    synthetic: bool = False

    def __repr__(self) -> str:
        return f"HashKey(synthetic={self.synthetic})"

    @property
    def fingerprint(self) -> str:
        """Return what tells two keys apart without telling anything of them: 8 hex digits.

        >>> HashKey(b"0123456789abcdef").fingerprint == HashKey(b"another key of 24 bytes!").fingerprint
        False
        """
        return hmac.digest(self.secret, b"cchc-analysis key fingerprint", hashlib.sha256).hex()[:8]


def inner_and_outer(key: HashKey) -> tuple[bytes, bytes]:
    """Return what stands in front of a code, and in front of the hash of both, when they are hashed (RFC 2104).

    >>> inner, outer = inner_and_outer(HashKey(b"0123456789abcdef"))
    >>> len(inner), len(outer), inner[-1:], outer[-1:]
    (64, 64, b'6', b'\\\\')
    """
    secret = hashlib.sha256(key.secret).digest() if len(key.secret) > _BLOCK else key.secret
    padded = secret.ljust(_BLOCK, b"\0")
    return padded.translate(_INNER), padded.translate(_OUTER)


def hash_codes(codes: Iterable[str | None], key: HashKey) -> list[str | None]:
    """Return the first 32 hex digits of HMAC-SHA256 of each code key (`values.code_key`), RFC 2104; None stays None.

    >>> (code,) = hash_codes(["h26-250311-0001"], HashKey(b"0123456789abcdef"))
    >>> code[:8], len(code)
    ('72504c4c', 32)
    """
    # The state after the padded key is the same for every code: from there on it takes a third of the time.
    inner, outer = (hashlib.sha256(padded).copy for padded in inner_and_outer(key))
    hashes: list[str | None] = []
    for code in codes:
        if code is None:
            hashes.append(None)
            continue
        first, second = inner(), outer()
        first.update(code.encode("utf-8"))
        second.update(first.digest())
        hashes.append(second.hexdigest()[:_HASH_DIGITS])
    return hashes


def find_hash_key(
    files: Sequence[Path], key_file: str | Path | None = None, environment: Mapping[str, str] = os.environ
) -> HashKey:
    """Return the key for these input files.

    The file `key_file`, else the file or text named in the environment. Where every input lies in a folder with
    `cchc-sample.json`, the public key written there. Raises `HashKeyError` where there is no key, where it is
    shorter than 16 bytes, or where its file lies in a git work tree.
    """
    public = _public_key(files)
    if public is not None:
        return public
    named = key_file or environment.get(KEY_FILE_VARIABLE)
    if named:
        return _checked(_read_key(Path(named).expanduser()))
    text = environment.get(KEY_VARIABLE, "").strip()
    if not text:
        raise HashKeyError(
            f"There is no key for hashing dossier codes. {_HOW_TO_EN}",
            f"Chưa có khóa để băm mã hồ sơ. {_HOW_TO_VI}",
        )
    return _checked(text.encode("utf-8"))


def _checked(secret: bytes) -> HashKey:
    if len(secret) < SHORTEST_KEY:
        raise HashKeyError(
            f"The key for hashing dossier codes is shorter than {SHORTEST_KEY} bytes. {_HOW_TO_EN}",
            f"Khóa để băm mã hồ sơ ngắn hơn {SHORTEST_KEY} byte. {_HOW_TO_VI}",
        )
    return HashKey(secret)


def _read_key(path: Path) -> bytes:
    folder = path.resolve().parent
    if any((above / ".git").exists() for above in (folder, *folder.parents)):
        raise HashKeyError(
            f"The key file '{path.name}' lies in a git repository, where it could be published. {_HOW_TO_EN}",
            f"Tệp khóa '{path.name}' nằm trong kho git nên có thể bị công khai. {_HOW_TO_VI}",
        )
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise HashKeyError(
            f"The key file '{path.name}' cannot be read. {_HOW_TO_EN}",
            f"Không đọc được tệp khóa '{path.name}'. {_HOW_TO_VI}",
        ) from error


def _public_key(files: Sequence[Path]) -> HashKey | None:
    """Return the public key where all files lie in one marked folder, None where any does not."""
    markers = {_marker_above(path) for path in files}
    marker = markers.pop() if len(markers) == 1 else None
    if marker is None:
        return None
    try:
        content = json.loads(marker.read_text(encoding="utf-8"))
        if content.get("synthetic") is not True:
            return None
        return _as_public(_checked(str(content["hash_key"]).encode("utf-8")))
    except (OSError, ValueError, AttributeError, KeyError) as error:
        raise InputError(
            f'{MARKER_FILE} is damaged: it must hold "synthetic": true and "hash_key". Make the sample again.',
            f'Tệp {MARKER_FILE} bị hỏng: cần có "synthetic": true và "hash_key". Hãy tạo lại dữ liệu mẫu.',
        ) from error


def _as_public(key: HashKey) -> HashKey:
    return HashKey(key.secret, synthetic=True)


def _marker_above(path: Path) -> Path | None:
    folder = path.resolve().parent
    candidates = (above / MARKER_FILE for above in (folder, *folder.parents))
    return next((marker for marker in candidates if marker.is_file()), None)

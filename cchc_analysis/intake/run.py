"""The tables of one kind on their way into the warehouse: checked file by file, put together, accounted for."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final, Protocol

import pandas as pd
import pyarrow as pa

from cchc_analysis.errors import HashKeyError, InputError, WarehouseError
from cchc_analysis.intake.calendars import calendar_span
from cchc_analysis.intake.check import Checker, rows_as_found
from cchc_analysis.intake.combine import Combined, check_account, combine
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.parts import Part, PartFacts, part_key, read_facts, write_part
from cchc_analysis.intake.privacy import HashKey
from cchc_analysis.intake.store import tidy
from cchc_analysis.intake.tables import Note
from cchc_analysis.intake.worker import FileTask
from cchc_analysis.schema import KINDS, SURVEY_PREFIX, Kind
from cchc_analysis.version import VERSION
from cchc_analysis.warehouse import (
    FORMAT,
    PARTS_FOLDER,
    REGISTERS_FOLDER,
    STATES_FOLDER,
    read_intake,
    register_folder,
)

Progress = Callable[[str, int, int], None]
"""Told the name of a file, its number (from 1) and how many there are, before the file is read.

Of a database also while rows come, how many there are so far standing behind the name."""


class Result(Protocol):
    """The rows that a query gave, held ready to be checked; `sha256` is their content, `key` the name of the part."""

    @property
    def sha256(self) -> str:
        """Return the hash of the rows, whatever order they came in."""

    @property
    def key(self) -> str:
        """Return the name of the part that the rows make."""

    def part(self) -> Part:
        """Return the rows, checked."""

    def rows_as_found(self, wanted: pd.DataFrame) -> pa.Table:
        """Return the `wanted` rows (`sheet`, `row`) as text, in the columns of `rejected_schema`."""


SAMPLE_TITLE: Final = {"vi": "Dữ liệu mẫu mô phỏng", "en": "Synthetic sample data"}


@dataclass(frozen=True)
class Prepared:
    """A state ready to be stored: its name, its accounts, and its tables, which are None where nothing has changed."""

    state: str
    intake: dict[str, Any]
    combined: Combined | None


class Run:
    """One intake of the tables of one kind into their folder of a locked warehouse."""

    def __init__(self, folder: Path, checker: Checker, as_of: datetime | None) -> None:
        self.folder = folder
        self.parts = folder / PARTS_FOLDER
        self.checker = checker
        self.as_of = as_of
        self.previous = read_intake(folder)
        self.sources: dict[str, tuple[Path, str]] = {}
        self.results: dict[str, Result] = {}

    def tidy(self) -> None:
        """Remove what does not belong to the state that `intake.json` names at this moment."""
        kept = read_intake(self.folder)
        parts = {account["part"] for account in kept["files"]} if kept else set()
        tidy(self.folder, kept["state"] if kept else None, parts)

    def check_result(self, path: Path, name: str, result: "Result") -> Note | None:
        """Check the result of a query, which the file `path` asks for, as `check` does with a file."""
        if result.sha256 not in self.sources:
            self.results[result.sha256] = result
        return self._check(path, name, result.sha256)

    def check(self, path: Path, name: str) -> Note | FileTask | None:
        """Return what there is to do to check the file, None where it is a part already.

        Where its content has been seen in this run it is a note that says so.
        """
        content = _sha256(path, name)
        if content in self.sources:
            return self._same_content(name, content)
        self.sources[content] = (path, name)
        if (self.parts / self._key(content)).is_dir():
            return None
        return FileTask(path, name, content, self.checker, self.parts)

    def _check(self, path: Path, name: str, content: str) -> Note | None:
        if content in self.sources:
            return self._same_content(name, content)
        self.sources[content] = (path, name)
        if not (self.parts / self._key(content)).is_dir():
            write_part(self.results[content].part(), self.parts)
        return None

    def _same_content(self, name: str, content: str) -> Note:
        first = self.sources[content][1]
        return Note(
            "same_content",
            f"'{name}' has the same content as '{first}' and was left out.",
            f"'{name}' có cùng nội dung với '{first}' nên được bỏ qua.",
        )

    def _key(self, content: str) -> str:
        return self.results[content].key if content in self.results else part_key(content, self.checker.mapping)

    def prepare(self) -> Prepared:
        """Put the files of this run and of earlier ones together; nothing is stored yet."""
        self._require_one_questionnaire()
        facts = self._all_facts()
        state = self._state(facts)
        if self.previous and self.previous["state"] == state and (self.folder / STATES_FOLDER / state).is_dir():
            return Prepared(state, self.previous, None)
        kind = self.checker.kind
        combined = combine(self.parts, facts, self.as_of, self._originals, self.checker.registry, kind)
        return Prepared(state, self._intake(facts, combined, state), combined)

    def _require_one_questionnaire(self) -> None:
        """Refuse to mix answers to two versions of a questionnaire, unless every earlier file comes again."""
        questionnaire = self.checker.kind.questionnaire
        if questionnaire is None or self.previous is None:
            return
        if self.previous.get("questionnaire") == questionnaire.model_dump(mode="json"):
            return
        left = [account["file"] for account in self.previous["files"] if account["sha256"] not in self.sources]
        if left:
            listed = ", ".join(left[:3]) + (", …" if len(left) > 3 else "")
            raise WarehouseError(
                f"Questionnaire {questionnaire.id!r} has changed since {listed} was taken in with it. Take all its "
                "files in again in one run, or give the changed questionnaire another id.",
                f"Phiếu khảo sát {questionnaire.id!r} đã thay đổi so với khi nạp {listed}. Hãy nạp lại toàn bộ các tệp "
                "của phiếu trong một lần, hoặc đặt id khác cho phiếu đã sửa.",
            )

    def _all_facts(self) -> list[PartFacts]:
        """Return the parts of this run and those of earlier runs; a file checked anew replaces its old part."""
        new = {content: self._key(content) for content in self.sources}
        old = {account["sha256"]: account["part"] for account in (self.previous or {"files": []})["files"]}
        return [read_facts(self.parts / key) for key in (old | new).values()]

    def _state(self, facts: list[PartFacts]) -> str:
        stamp = [str(FORMAT), VERSION, str(self.as_of), str(self._synthetic()), *sorted(part.key for part in facts)]
        return hashlib.sha256("\n".join(stamp).encode("utf-8")).hexdigest()[:16]

    def _synthetic(self) -> bool:
        return self.checker.key.synthetic and (self.previous is None or self.previous["synthetic"])

    def _originals(self, part: PartFacts, wanted: pd.DataFrame) -> pa.Table | None:
        """Return rows of a file of this run as the file has them."""
        source = self.sources.get(part.sha256)
        if source is None or self._key(part.sha256) != part.key:
            return None
        if part.sha256 in self.results:
            return self.results[part.sha256].rows_as_found(wanted)
        return rows_as_found(*source, wanted, self.checker)

    def _intake(self, facts: list[PartFacts], combined: Combined, state: str) -> dict[str, Any]:
        kind, mapping = self.checker.kind.kind, self.checker.mapping
        questionnaire = self.checker.kind.questionnaire
        calendar = calendar_span(mapping, combined.rows, combined.as_of, kind)
        as_of = combined.as_of or datetime.combine(calendar[0], time())
        flags = combined.findings.loc[combined.findings["severity"] != "reject", "rule"].value_counts()
        return {
            "format": FORMAT,
            "version": VERSION,
            "kind": kind.name,
            "state": state,
            "key_fingerprint": self.checker.key.fingerprint,
            "synthetic": self._synthetic(),
            "title": _title(facts, kind, synthetic=self._synthetic()),
            "calendar": mapping.calendar,
            "calendar_first": calendar[0].isoformat(),
            "calendar_last": calendar[1].isoformat(),
            "timezone": mapping.timezone,
            "as_of": as_of.isoformat(),
            "as_of_origin": combined.as_of_origin,
            "total": _total(combined.accounts),
            "files": combined.accounts,
            "flags": {str(rule): int(n) for rule, n in flags.sort_index().items()},
            "notes": combined.notes,
            "dropped_columns": sorted({header for part in facts for header in part.dropped_columns}),
            **({} if questionnaire is None else {"questionnaire": questionnaire.model_dump(mode="json")}),
        }


def _total(accounts: list[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {
        name: sum(account[name] for account in accounts)
        for name in ("read", "accepted", "rejected", "duplicates", "skipped")
    }
    for name in ("reasons", "duplicates_by_kind", "skipped_by_kind"):
        counts: Counter[str] = Counter()
        for account in accounts:
            counts.update(account[name])
        total[name] = dict(sorted(counts.items()))
    check_account({"file": "total", **total})
    return total


def _title(facts: list[PartFacts], kind: Kind, *, synthetic: bool) -> dict[str, str]:
    titles = [part.title for part in sorted(facts, key=lambda part: (part.file, part.sha256)) if part.title]
    return dict(titles[0]) if titles else dict(SAMPLE_TITLE if synthetic else {"vi": kind.vi, "en": kind.en})


def _sha256(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"'{name}' cannot be opened ({error.strerror}). Check the path and the access rights.",
            f"Không mở được '{name}' ({error.strerror}). Hãy kiểm tra đường dẫn và quyền truy cập.",
        ) from error


def require_one_warehouse(warehouse: Path, key: HashKey, mapping: ColumnMapping) -> None:
    """Refuse to add to a warehouse in which tables of any kind have another key, clock, calendar or layout.

    Raises `WarehouseError` or `HashKeyError`.
    """
    folders = [register_folder(warehouse, kind) for kind in KINDS.values()]
    folders += sorted((warehouse / REGISTERS_FOLDER).glob(f"{SURVEY_PREFIX}*"))
    for folder in folders:
        previous = read_intake(folder)
        if previous is None:
            continue
        if previous["format"] != FORMAT:
            raise _other_warehouse("the layout of an older version", "cấu trúc của phiên bản cũ")
        if previous["key_fingerprint"] != key.fingerprint:
            raise HashKeyError(
                "The warehouse was made with another key, so that its codes cannot be compared. "
                "Use the same key as before, or another warehouse folder.",
                "Kho dữ liệu này được tạo bằng khóa khác nên không đối chiếu được mã hồ sơ. "
                "Hãy dùng đúng khóa cũ hoặc chọn thư mục kho khác.",
            )
        if (previous["calendar"], previous["timezone"]) != (mapping.calendar, mapping.timezone):
            raise _other_warehouse(
                f"the calendar {previous['calendar']} and time zone {previous['timezone']}",
                f"lịch {previous['calendar']} và múi giờ {previous['timezone']}",
            )


def _other_warehouse(en: str, vi: str) -> WarehouseError:
    return WarehouseError(
        f"The warehouse has {en}, which the new files do not share. Use another warehouse folder for them.",
        f"Kho dữ liệu đang dùng {vi}, khác với các tệp mới. Hãy dùng thư mục kho khác cho các tệp này.",
    )

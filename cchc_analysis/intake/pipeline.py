"""From files to a warehouse: read, check, put together, store; a refused run changes nothing."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from cchc_analysis.errors import CchcError, HashKeyError, InputError, ParameterError, WarehouseError
from cchc_analysis.intake.calendars import calendar_of, calendar_span
from cchc_analysis.intake.check import Checker, check_file, rows_as_found
from cchc_analysis.intake.combine import Combined, check_account, combine
from cchc_analysis.intake.mapping import ColumnMapping, load_mapping
from cchc_analysis.intake.parts import PartFacts, part_key, read_facts, write_part
from cchc_analysis.intake.privacy import find_hash_key
from cchc_analysis.intake.readers import find_files
from cchc_analysis.intake.store import locked, tidy, write_intake, write_state
from cchc_analysis.intake.tables import Note
from cchc_analysis.units import UnitRegistry
from cchc_analysis.version import VERSION
from cchc_analysis.warehouse import FORMAT, PARTS_FOLDER, REJECTED_FILE, STATES_FOLDER, read_intake

Progress = Callable[[str, int, int], None]
"""Told the name of a file, its number (from 1) and how many there are, before the file is read."""

DEFAULT_TITLE: Final = {"vi": "Hồ sơ giải quyết thủ tục hành chính", "en": "Administrative dossiers"}
SAMPLE_TITLE: Final = {"vi": "Dữ liệu mẫu mô phỏng", "en": "Synthetic sample data"}


@dataclass(frozen=True)
class IntakeResult:
    """What an intake did.

    `accounting` is the content of `intake.json`; `exit_code` 1 where more rows were rejected than allowed, else 0;
    `warehouse` and `rejected` are the folder and the workbook of rejected rows; `unchanged` tells that these files
    had been taken in before; `notes` are remarks on this run that are no part of the accounts.
    """

    accounting: Mapping[str, Any]
    exit_code: int
    warehouse: Path
    rejected: Path
    unchanged: bool = False
    notes: tuple[Note, ...] = field(default=())


def intake(
    paths: Sequence[str | Path] | str | Path,
    warehouse: str | Path,
    *,
    kind: str = "dossiers",
    mapping: ColumnMapping | str | Path | None = None,
    as_of: datetime | date | None = None,
    hash_key_file: str | Path | None = None,
    allowed_reject_share: float = 0.01,
    progress: Progress | None = None,
) -> IntakeResult:
    """Take exports (files, or folders of them) into the warehouse folder, adding to what is there.

    A file whose content has been taken in before under the same mapping changes nothing. `as_of` is the moment up
    to which the data speak (midnight: the whole day), by default the newest event in them. The exit code is 1 where
    more than `allowed_reject_share` of the rows read were rejected.

    Raises `InputError` naming every file that cannot be read, `MappingError` for columns that cannot be named,
    `HashKeyError` without a key for the dossier codes, `WarehouseError` where the warehouse cannot be added to,
    `ParameterError` for an unknown `kind`. Whatever is raised, the warehouse is as it was before.
    """
    if kind != "dossiers":
        raise ParameterError(
            f"There is no kind of table {kind!r}. Use 'dossiers'.",
            f"Không có loại bảng {kind!r}. Hãy dùng 'dossiers'.",
        )
    rules = mapping if isinstance(mapping, ColumnMapping) else _loaded(mapping)
    folder = Path(warehouse).expanduser().absolute()
    given = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(path) for path in paths]
    files = [(path, name) for path, name in find_files(given) if folder not in path.absolute().parents]
    if not files:
        raise InputError(
            "There are no files to take in. Name a folder or files with exports of the one-stop system.",
            "Không có tệp nào để nạp. Hãy chỉ ra thư mục hoặc tệp kết xuất của hệ thống một cửa.",
        )
    key = find_hash_key([path for path, _ in files], hash_key_file)
    checker = Checker(rules, key, calendar_of(rules), UnitRegistry.load())
    with locked(folder):
        return _Run(folder, checker, _as_wall_clock(as_of, rules.timezone)).take(files, allowed_reject_share, progress)


def _loaded(mapping: str | Path | None) -> ColumnMapping:
    return ColumnMapping() if mapping is None else load_mapping(Path(mapping))


def _as_wall_clock(as_of: datetime | date | None, timezone: str) -> datetime | None:
    """Return the moment as a clock in the zone of the data shows it."""
    if as_of is None:
        return None
    if not isinstance(as_of, datetime):
        return datetime.combine(as_of, time())
    return as_of.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) if as_of.tzinfo else as_of


class _Run:
    """One intake into one locked folder."""

    def __init__(self, folder: Path, checker: Checker, as_of: datetime | None) -> None:
        self.folder = folder
        self.parts = folder / PARTS_FOLDER
        self.checker = checker
        self.as_of = as_of
        self.previous = read_intake(folder)
        self.sources: dict[str, tuple[Path, str]] = {}

    def take(self, files: list[tuple[Path, str]], allowed: float, progress: Progress | None) -> IntakeResult:
        """Read and check the new files, then put everything together and store it."""
        self._check_previous()
        self._tidy(self.previous)
        try:
            notes = self._check_files(files, progress)
            intake = self._store()
        except BaseException:
            self._tidy(self.previous)
            raise
        self._tidy(intake)
        total = intake["total"]
        return IntakeResult(
            accounting=intake,
            exit_code=int(total["rejected"] > allowed * total["read"]),
            warehouse=self.folder,
            rejected=self.folder / STATES_FOLDER / intake["state"] / REJECTED_FILE,
            unchanged=intake is self.previous,
            notes=tuple(notes),
        )

    def _tidy(self, intake: Mapping[str, Any] | None) -> None:
        parts = {account["part"] for account in intake["files"]} if intake else set()
        tidy(self.folder, intake["state"] if intake else None, parts)

    def _check_previous(self) -> None:
        """Refuse to add to a warehouse of another key, clock, calendar or layout."""
        previous, mapping = self.previous, self.checker.mapping
        if previous is None:
            return
        if previous["format"] != FORMAT:
            raise _other_warehouse("the layout of an older version", "cấu trúc của phiên bản cũ")
        if previous["key_fingerprint"] != self.checker.key.fingerprint:
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

    def _check_files(self, files: list[tuple[Path, str]], progress: Progress | None) -> list[Note]:
        """Check every file that is not yet a part; raise one error that names all files that cannot be read."""
        notes: list[Note] = []
        errors: list[CchcError] = []
        for number, (path, name) in enumerate(files, start=1):
            if progress:
                progress(name, number, len(files))
            try:
                note = self._check_one(path, name)
            except InputError as error:
                errors.append(error)
            else:
                notes += [note] if note else []
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise InputError(
                f"{len(errors)} files cannot be taken in; nothing was changed.\n" + "\n".join(e.en for e in errors),
                f"Có {len(errors)} tệp không nạp được; kho dữ liệu giữ nguyên.\n" + "\n".join(e.vi for e in errors),
            )
        return notes

    def _check_one(self, path: Path, name: str) -> Note | None:
        content = _sha256(path, name)
        if content in self.sources:
            first = self.sources[content][1]
            return Note(
                "same_content",
                f"'{name}' has the same content as '{first}' and was left out.",
                f"'{name}' có cùng nội dung với '{first}' nên được bỏ qua.",
            )
        self.sources[content] = (path, name)
        key = part_key(content, self.checker.mapping)
        if not (self.parts / key).is_dir():
            write_part(check_file(path, name, content, self.checker), self.parts)
        return None

    def _all_facts(self) -> list[PartFacts]:
        """Return the parts of this run and those of earlier runs; a file checked anew replaces its old part."""
        new = {content: part_key(content, self.checker.mapping) for content in self.sources}
        old = {account["sha256"]: account["part"] for account in (self.previous or {"files": []})["files"]}
        return [read_facts(self.parts / key) for key in (old | new).values()]

    def _store(self) -> Mapping[str, Any]:
        facts = self._all_facts()
        state = self._state(facts)
        if self.previous and self.previous["state"] == state and (self.folder / STATES_FOLDER / state).is_dir():
            return self.previous
        combined = combine(self.parts, facts, self.as_of, self._originals, self.checker.registry)
        intake = self._intake(facts, combined, state)
        write_state(self.folder, state, combined)
        write_intake(self.folder, intake)
        return intake

    def _state(self, facts: list[PartFacts]) -> str:
        stamp = [str(FORMAT), VERSION, str(self.as_of), str(self._synthetic()), *sorted(part.key for part in facts)]
        return hashlib.sha256("\n".join(stamp).encode("utf-8")).hexdigest()[:16]

    def _synthetic(self) -> bool:
        return self.checker.key.synthetic and (self.previous is None or self.previous["synthetic"])

    def _originals(self, part: PartFacts, wanted: pd.DataFrame) -> pa.Table | None:
        """Return rows of a file of this run as the file has them."""
        source = self.sources.get(part.sha256)
        if source is None or part_key(part.sha256, self.checker.mapping) != part.key:
            return None
        return rows_as_found(*source, wanted, self.checker)

    def _intake(self, facts: list[PartFacts], combined: Combined, state: str) -> dict[str, Any]:
        calendar = calendar_span(self.checker.mapping, combined.dossiers, combined.as_of)
        as_of = combined.as_of or datetime.combine(calendar[0], time())
        flags = combined.findings.loc[combined.findings["severity"] != "reject", "rule"].value_counts()
        return {
            "format": FORMAT,
            "version": VERSION,
            "state": state,
            "key_fingerprint": self.checker.key.fingerprint,
            "synthetic": self._synthetic(),
            "title": _title(facts, self._synthetic()),
            "calendar": self.checker.mapping.calendar,
            "calendar_first": calendar[0].isoformat(),
            "calendar_last": calendar[1].isoformat(),
            "timezone": self.checker.mapping.timezone,
            "as_of": as_of.isoformat(),
            "as_of_origin": "given" if self.as_of else "newest_event" if combined.as_of else "no_events",
            "total": _total(combined.accounts),
            "files": combined.accounts,
            "flags": {str(rule): int(n) for rule, n in flags.sort_index().items()},
            "notes": combined.notes,
            "dropped_columns": sorted({header for part in facts for header in part.dropped_columns}),
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


def _title(facts: list[PartFacts], synthetic: bool) -> dict[str, str]:
    titles = [part.title for part in sorted(facts, key=lambda part: (part.file, part.sha256)) if part.title]
    return dict(titles[0]) if titles else dict(SAMPLE_TITLE if synthetic else DEFAULT_TITLE)


def _sha256(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"'{name}' cannot be opened ({error.strerror}). Check the path and the access rights.",
            f"Không mở được '{name}' ({error.strerror}). Hãy kiểm tra đường dẫn và quyền truy cập.",
        ) from error


def _other_warehouse(en: str, vi: str) -> WarehouseError:
    return WarehouseError(
        f"The warehouse has {en}, which the new files do not share. Use another warehouse folder for them.",
        f"Kho dữ liệu đang dùng {vi}, khác với các tệp mới. Hãy dùng thư mục kho khác cho các tệp này.",
    )

"""From files to a warehouse: read, check, put together, store; a refused run changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cchc_analysis.errors import CchcError, InputError, MappingError, ParameterError
from cchc_analysis.intake.calendars import calendar_of
from cchc_analysis.intake.check import Checker
from cchc_analysis.intake.folders import kind_of_folders
from cchc_analysis.intake.mapping import ColumnMapping, load_mapping
from cchc_analysis.intake.privacy import HashKey, find_hash_key
from cchc_analysis.intake.readers import find_files
from cchc_analysis.intake.run import Prepared, Progress, Run, require_one_warehouse
from cchc_analysis.intake.store import locked, tidy_registers, write_intake, write_state
from cchc_analysis.intake.tables import Note
from cchc_analysis.schema import DOSSIERS, KINDS
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import REJECTED_FILE, STATES_FOLDER, register_folder

__all__ = ["AUTO", "IntakeResult", "Progress", "intake"]

AUTO: Literal["auto"] = "auto"
"""The kind of each file follows from the folder it lies in."""


@dataclass(frozen=True)
class IntakeResult:
    """What an intake did with the tables of one kind.

    `accounting` is the content of `intake.json`; `exit_code` 1 where more rows were rejected than allowed, else 0;
    `warehouse` and `rejected` are the folder and the workbook of rejected rows; `unchanged` tells that these files
    had been taken in before; `notes` are remarks on this run that are no part of the accounts. `kind` names what the
    tables are. Where a run took in several kinds, `registers` has the results of those after the first, and the
    exit code of the first is the worst of all.
    """

    accounting: Mapping[str, Any]
    exit_code: int
    warehouse: Path
    rejected: Path
    unchanged: bool = False
    notes: tuple[Note, ...] = field(default=())
    kind: str = DOSSIERS.name
    registers: "tuple[IntakeResult, ...]" = field(default=())

    @property
    def results(self) -> "tuple[IntakeResult, ...]":
        """Return this result and those of the other kinds of the run."""
        return (self, *self.registers)


def intake(
    paths: Sequence[str | Path] | str | Path,
    warehouse: str | Path,
    *,
    kind: str | None = None,
    mapping: ColumnMapping | str | Path | None = None,
    as_of: datetime | date | None = None,
    hash_key_file: str | Path | None = None,
    allowed_reject_share: float = 0.01,
    progress: Progress | None = None,
) -> IntakeResult:
    """Take exports (files, or folders of them) into the warehouse folder, adding to what is there.

    `kind` (a name of `schema.KINDS`) says what all files hold; without it, or with "auto", a file in a folder named
    like a register (`payments`, `thanh-toan` …) belongs to that register, any other to the kind of the mapping file,
    which is the dossiers unless it says otherwise. A file whose content has been taken in before under the same
    mapping changes nothing. `as_of` is the moment up to which the data speak (midnight: the whole day), by default
    the newest event in the tables of each kind. The exit code is 1 where of any kind more than
    `allowed_reject_share` of the rows read were rejected.

    Raises `InputError` naming every file that cannot be read, `MappingError` for columns that cannot be named,
    `HashKeyError` without a key for the dossier codes, `WarehouseError` where the warehouse cannot be added to,
    `ParameterError` for an unknown `kind`. All files of all kinds are checked before anything is stored: whatever is
    raised, the warehouse is as it was before.
    """
    chosen = _known(kind)
    rules = _loaded(mapping, chosen)
    folder = Path(warehouse).expanduser().absolute()
    given = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(path) for path in paths]
    files = [(path, name) for path, name in find_files(given) if folder not in path.absolute().parents]
    if not files:
        raise InputError(
            "There are no files to take in. Name a folder or files with exports of the one-stop system.",
            "Không có tệp nào để nạp. Hãy chỉ ra thư mục hoặc tệp kết xuất của hệ thống một cửa.",
        )
    of_kind = {chosen: files} if chosen else _by_kind(files, given, rules.kind)
    key = find_hash_key([path for path, _ in files], hash_key_file)
    with locked(folder):
        checkers = _checkers(list(of_kind), rules, key, kind_given=chosen is not None or bool(rules.columns))
        runs = {
            name: Run(register_folder(folder, KINDS[name]), checker, _as_wall_clock(as_of, rules.timezone))
            for name, checker in checkers.items()
        }
        require_one_warehouse(folder, key, rules)
        return _Intake(folder, runs, of_kind, allowed_reject_share).take(progress)


def _known(kind: str | None) -> str | None:
    if kind is None or kind == AUTO:
        return None
    if kind not in KINDS:
        listed = ", ".join(repr(name) for name in (*KINDS, AUTO))
        raise ParameterError(
            f"There is no kind of table {kind!r}. Use one of: {listed}.",
            f"Không có loại bảng {kind!r}. Hãy dùng một trong các loại: {listed}.",
        )
    return kind


def _loaded(mapping: ColumnMapping | str | Path | None, kind: str | None) -> ColumnMapping:
    """Return the mapping for tables of the kind; a mapping that names another kind is refused."""
    default = kind or DOSSIERS.name
    if mapping is None:
        return ColumnMapping.model_validate({"kind": default})
    rules = mapping if isinstance(mapping, ColumnMapping) else load_mapping(Path(mapping), default)
    if kind is None or rules.kind == kind:
        return rules
    if "kind" in rules.model_fields_set or rules.columns or rules.constants or rules.values:
        raise MappingError(
            f"The mapping is for tables of kind {rules.kind!r}, but {kind!r} was asked for. Correct one of the two.",
            f"Tệp ánh xạ dùng cho loại bảng {rules.kind!r} nhưng lần nạp này chọn {kind!r}. Hãy sửa một trong hai.",
        )
    return rules.model_copy(update={"kind": kind})


def _by_kind(files: list[tuple[Path, str]], given: Sequence[Path], otherwise: str) -> dict[str, list[tuple[Path, str]]]:
    """Return the files of each kind in the order of `KINDS`."""
    kinds = [kind_of_folders(path, name, given) or otherwise for path, name in files]
    return {
        name: [file for file, kind in zip(files, kinds, strict=True) if kind == name] for name in KINDS if name in kinds
    }


def _checkers(kinds: Sequence[str], rules: ColumnMapping, key: HashKey, *, kind_given: bool) -> dict[str, Checker]:
    """Return what the files of each kind are checked by; calendar and table of units are the same for all."""
    calendar, registry = calendar_of(rules), UnitRegistry.load()
    mappings = {kind: rules if kind == rules.kind else _shared(rules, kind) for kind in kinds}
    return {kind: Checker(mapping, key, calendar, registry, kind_given) for kind, mapping in mappings.items()}


def _shared(rules: ColumnMapping, kind: str) -> ColumnMapping:
    """Return what a mapping for one kind says of the tables of another: clock, calendar and the order of dates."""
    shared = rules.model_dump(include={"timezone", "calendar", "dates"})
    return ColumnMapping.model_validate({"kind": kind, **shared})


def _as_wall_clock(as_of: datetime | date | None, timezone: str) -> datetime | None:
    """Return the moment as a clock in the zone of the data shows it."""
    if as_of is None:
        return None
    if not isinstance(as_of, datetime):
        return datetime.combine(as_of, time())
    return as_of.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) if as_of.tzinfo else as_of


@dataclass(frozen=True)
class _Intake:
    """One intake of files of one or several kinds into one locked warehouse."""

    folder: Path
    runs: Mapping[str, Run]
    files: Mapping[str, list[tuple[Path, str]]]
    allowed: float

    def take(self, progress: Progress | None) -> IntakeResult:
        """Read and check the new files of every kind, put each kind together, and only then store."""
        for run in self.runs.values():
            run.tidy()
        try:
            notes = self._check_files(progress)
            prepared = {kind: run.prepare() for kind, run in self.runs.items()}
            for kind, run in self.runs.items():
                new = prepared[kind]
                if new.combined is not None:
                    write_state(run.folder, new.state, new.combined, KINDS[kind])
            for kind, run in self.runs.items():
                if prepared[kind].combined is not None:
                    write_intake(run.folder, prepared[kind].intake)
        finally:
            for run in self.runs.values():
                run.tidy()
            tidy_registers(self.folder)
        return self._result(prepared, notes)

    def _check_files(self, progress: Progress | None) -> dict[str, list[Note]]:
        """Check every file that is not yet a part; raise one error that names all files that cannot be read."""
        notes: dict[str, list[Note]] = {kind: [] for kind in self.runs}
        errors: list[CchcError] = []
        n_files = sum(len(files) for files in self.files.values())
        numbered = ((kind, path, name) for kind, files in self.files.items() for path, name in files)
        for number, (kind, path, name) in enumerate(numbered, start=1):
            if progress:
                progress(name, number, n_files)
            try:
                note = self.runs[kind].check(path, name)
            except InputError as error:
                errors.append(error)
            else:
                notes[kind] += [note] if note else []
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise InputError(
                f"{len(errors)} files cannot be taken in; nothing was changed.\n" + "\n".join(e.en for e in errors),
                f"Có {len(errors)} tệp không nạp được; kho dữ liệu giữ nguyên.\n" + "\n".join(e.vi for e in errors),
            )
        return notes

    def _result(self, prepared: Mapping[str, Prepared], notes: Mapping[str, list[Note]]) -> IntakeResult:
        codes = {kind: self._exit_code(new) for kind, new in prepared.items()}
        first, *others = prepared
        registers = tuple(self._of_kind(kind, prepared[kind], codes[kind], notes[kind]) for kind in others)
        return self._of_kind(first, prepared[first], max(codes.values()), notes[first], registers)

    def _exit_code(self, new: Prepared) -> int:
        total = new.intake["total"]
        return int(total["rejected"] > self.allowed * total["read"])

    def _of_kind(
        self,
        kind: str,
        new: Prepared,
        exit_code: int,
        notes: list[Note],
        registers: tuple[IntakeResult, ...] = (),
    ) -> IntakeResult:
        return IntakeResult(
            accounting=new.intake,
            exit_code=exit_code,
            warehouse=self.folder,
            rejected=self.runs[kind].folder / STATES_FOLDER / new.state / REJECTED_FILE,
            unchanged=new.combined is None,
            notes=tuple(notes),
            kind=kind,
            registers=registers,
        )

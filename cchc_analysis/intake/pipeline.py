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
from cchc_analysis.intake.folders import Folders, is_questionnaire
from cchc_analysis.intake.mapping import ColumnMapping, load_mapping
from cchc_analysis.intake.privacy import HashKey, find_hash_key
from cchc_analysis.intake.readers import find_files
from cchc_analysis.intake.run import Prepared, Progress, Run, require_one_warehouse
from cchc_analysis.intake.store import locked, tidy_registers, write_intake, write_state
from cchc_analysis.intake.survey_tables import SURVEY, is_survey, known_kind, questionnaire_named, shipped_questionnaire
from cchc_analysis.intake.tables import Note
from cchc_analysis.questionnaires import Questionnaire
from cchc_analysis.schema import DOSSIERS, KINDS, SURVEY_PREFIX
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
    questionnaire: Questionnaire | str | Path | None = None,
    mapping: ColumnMapping | str | Path | None = None,
    as_of: datetime | date | None = None,
    hash_key_file: str | Path | None = None,
    allowed_reject_share: float = 0.01,
    progress: Progress | None = None,
) -> IntakeResult:
    """Take exports (files, or folders of them) into the warehouse folder, adding to what is there.

    `kind` (a name of `schema.KINDS`) says what all files hold; without it, or with "auto", a file in a folder named
    like a register (`payments`, `thanh-toan` …) belongs to that register, any other to the kind of the mapping file,
    which is the dossiers unless it says otherwise. A survey is of kind "survey" and has a `questionnaire`: the id of
    a shipped one, a YAML file, or the only questionnaire that lies in the folder of the exports; a folder may also be
    named as a shipped questionnaire says (`khao-sat`, `ki-ot` …). A questionnaire that is named here or in the
    mapping file comes before one that a folder is named after. A file whose content has been taken in before under
    the same mapping changes nothing. `as_of` is the moment up to which the data speak (midnight: the whole day), by
    default the newest event in the tables of each kind. The exit code is 1 where of any kind more than
    `allowed_reject_share` of the rows read were rejected.

    Raises `InputError` naming every file that cannot be read, `MappingError` for columns that cannot be named,
    `HashKeyError` without a key for the dossier codes, `WarehouseError` where the warehouse cannot be added to,
    `ParameterError` for an unknown `kind`. All files of all kinds are checked before anything is stored: whatever is
    raised, the warehouse is as it was before.
    """
    chosen, asked = known_kind(None if kind == AUTO else kind, questionnaire_named(questionnaire))
    rules = _loaded(mapping, chosen, asked)
    folder = Path(warehouse).expanduser().absolute()
    given = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(path) for path in paths]
    found = [(path, name) for path, name in find_files(given) if folder not in path.absolute().parents]
    files = [(path, name) for path, name in found if not is_questionnaire(path)]
    if not files:
        raise InputError(
            "There are no files to take in. Name a folder or files with exports of the one-stop system.",
            "Không có tệp nào để nạp. Hãy chỉ ra thư mục hoặc tệp kết xuất của hệ thống một cửa.",
        )
    # Whoever names a survey but not which leaves that to the mapping file, and this to the folders.
    chosen = rules.kind if chosen == SURVEY and rules.questionnaire else chosen
    tables: dict[str, Questionnaire | None] = {}
    if chosen is None or chosen == SURVEY:
        of_kind = _by_kind(files, given, rules, chosen, tables)
    else:
        of_kind, tables = {chosen: files}, {chosen: rules.questionnaire}
    key = find_hash_key([path for path, _ in files], hash_key_file)
    with locked(folder):
        tables = {name: tables[name] for name in of_kind}
        checkers = _checkers(tables, rules, key, kind_given=chosen is not None or bool(rules.columns))
        runs = {
            name: Run(register_folder(folder, checker.kind.kind), checker, _as_wall_clock(as_of, rules.timezone))
            for name, checker in checkers.items()
        }
        require_one_warehouse(folder, key, rules)
        return _Intake(folder, runs, of_kind, allowed_reject_share).take(progress)


def _loaded(
    mapping: ColumnMapping | str | Path | None, kind: str | None, questionnaire: Questionnaire | None
) -> ColumnMapping:
    """Return the mapping for tables of the kind; a mapping that names another kind is refused."""
    default = kind or (questionnaire.kind.name if questionnaire else DOSSIERS.name)
    if mapping is None:
        content = {"kind": default, "questionnaire": questionnaire} if questionnaire else {"kind": default}
        return ColumnMapping.model_validate({} if default == SURVEY else content)
    rules = mapping if isinstance(mapping, ColumnMapping) else load_mapping(Path(mapping), default, questionnaire)
    agrees = rules.kind == default or (default == SURVEY and is_survey(rules.kind))
    if (kind is None and questionnaire is None) or agrees:
        return _of_one_questionnaire(rules, questionnaire)
    if "kind" in rules.model_fields_set or rules.columns or rules.constants or rules.values:
        raise MappingError(
            f"The mapping is for tables of kind {rules.kind!r}, but {default!r} was asked for. Correct one of the two.",
            f"Tệp ánh xạ dùng cho loại bảng {rules.kind!r} nhưng lần nạp này chọn {default!r}. Hãy sửa một trong hai.",
        )
    return rules.model_copy(update={"kind": default, "questionnaire": questionnaire})


def _of_one_questionnaire(rules: ColumnMapping, questionnaire: Questionnaire | None) -> ColumnMapping:
    if questionnaire is None or rules.questionnaire == questionnaire:
        return rules
    raise MappingError(
        f"The mapping file has another questionnaire {questionnaire.id!r} than the one asked for. Name one of the two.",
        f"Tệp ánh xạ dùng phiếu khảo sát {questionnaire.id!r} khác với phiếu được chọn. Hãy chỉ ghi một nơi.",
    )


def _by_kind(
    files: list[tuple[Path, str]],
    given: Sequence[Path],
    rules: ColumnMapping,
    chosen: str | None,
    tables: dict[str, Questionnaire | None],
) -> dict[str, list[tuple[Path, str]]]:
    """Return the files of each kind, those of `KINDS` in their order, then surveys; fill in their questionnaires."""
    folders, of_kind = Folders(given), dict[str, list[tuple[Path, str]]]()
    for path, name in files:
        kind, questionnaire = _kind_of(folders.kind_of(path, name), rules)
        if chosen == SURVEY and not is_survey(kind):
            raise ParameterError(
                f"{name}: it is not said which questionnaire this survey has. Name it with --questionnaire, or put its "
                "YAML file into the folder.",
                f"{name}: chưa rõ khảo sát này dùng phiếu nào. Hãy chỉ ra bằng --questionnaire hoặc đặt tệp YAML của "
                "phiếu vào thư mục.",
            )
        if tables.setdefault(kind, questionnaire) != questionnaire:
            twice = kind.removeprefix(SURVEY_PREFIX)
            raise ParameterError(
                f"{name}: two different questionnaires have the id {twice!r}. Give one another id.",
                f"{name}: có hai phiếu khảo sát khác nhau cùng id {twice!r}. Hãy đổi id một phiếu.",
            )
        of_kind.setdefault(kind, []).append((path, name))
    order = [*(kind for kind in KINDS if kind in of_kind), *sorted(kind for kind in of_kind if kind not in KINDS)]
    return {kind: of_kind[kind] for kind in order}


def _kind_of(found: str | Questionnaire | None, rules: ColumnMapping) -> tuple[str, Questionnaire | None]:
    """Return kind and questionnaire of a file whose folder says `found`."""
    if isinstance(found, Questionnaire):
        return found.kind.name, found
    if found is None or (is_survey(found) and rules.questionnaire is not None):
        return rules.kind, rules.questionnaire
    return found, shipped_questionnaire(found) if is_survey(found) else None


def _checkers(
    tables: Mapping[str, Questionnaire | None], rules: ColumnMapping, key: HashKey, *, kind_given: bool
) -> dict[str, Checker]:
    """Return what the files of each kind are checked by; calendar and table of units are the same for all."""
    calendar, registry = calendar_of(rules), UnitRegistry.load()
    mappings = {
        kind: rules
        if (kind, questionnaire) == (rules.kind, rules.questionnaire)
        else _shared(rules, kind, questionnaire)
        for kind, questionnaire in tables.items()
    }
    return {kind: Checker(mapping, key, calendar, registry, kind_given) for kind, mapping in mappings.items()}


def _shared(rules: ColumnMapping, kind: str, questionnaire: Questionnaire | None) -> ColumnMapping:
    """Return what a mapping for one kind says of the tables of another: clock, calendar and the order of dates."""
    shared = rules.model_dump(include={"timezone", "calendar", "dates"})
    named = {"kind": kind} if questionnaire is None else {"kind": kind, "questionnaire": questionnaire}
    return ColumnMapping.model_validate({**named, **shared})


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
                    write_state(run.folder, new.state, new.combined, run.checker.kind.kind)
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

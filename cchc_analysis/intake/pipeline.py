"""From files to a warehouse: read, check, put together, store; a refused run changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cchc_analysis.errors import CchcError, InputError, ParameterError
from cchc_analysis.intake.calendars import calendar_of
from cchc_analysis.intake.check import Checker
from cchc_analysis.intake.chosen_mappings import loaded_mapping, shared_mapping, source_mappings
from cchc_analysis.intake.database import Databases
from cchc_analysis.intake.database_source import refuse_address
from cchc_analysis.intake.folders import Folders, is_questionnaire
from cchc_analysis.intake.mapping import ColumnMapping
from cchc_analysis.intake.privacy import HashKey, find_hash_key
from cchc_analysis.intake.readers import find_files
from cchc_analysis.intake.run import Prepared, Progress, Run, require_one_warehouse
from cchc_analysis.intake.side_by_side import chosen_workers, run_tasks
from cchc_analysis.intake.store import locked, tidy_registers, write_intake, write_state
from cchc_analysis.intake.survey_tables import SURVEY, is_survey, known_kind, questionnaire_named, shipped_questionnaire
from cchc_analysis.intake.tables import Note
from cchc_analysis.intake.worker import FileTask
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
    parameters: Mapping[str, str | date] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> IntakeResult:
    """Take exports (files, or folders of them) into the warehouse folder, adding to what is there.

    A file may also be a database source (`database_source.DatabaseSource`, in a folder named `*.database.yaml`): its
    rows come from a PostgreSQL server; `parameters` replace those of its query that have the same name.

    `kind` (a name of `schema.KINDS`) says what all files hold; without it, or with "auto", a file in a folder named
    like a register (`payments`, `thanh-toan` …) belongs to that register, any other to the kind of the mapping file,
    which is the dossiers unless it says otherwise. A survey is of kind "survey" and has a `questionnaire`: the id of
    a shipped one, a YAML file, or the only questionnaire that lies in the folder of the exports; a folder may also be
    named as a shipped questionnaire says (`khao-sat`, `ki-ot` …). A questionnaire that is named here or in the
    mapping file comes before one that a folder is named after. A file whose content has been taken in before under
    the same mapping changes nothing. `as_of` is the moment up to which the data speak (midnight: the whole day), by
    default the newest event in the tables of each kind. The exit code is 1 where of any kind more than
    `allowed_reject_share` of the rows read were rejected. New files are checked by `workers` processes at the same
    time, by default as many as there are processors where that is worth while; the warehouse is the same whatever
    their number. `progress` is told of each file, and of a large one how many rows are done so far.

    Raises `InputError` naming every file that cannot be read, `MappingError` for columns that cannot be named,
    `HashKeyError` without a key for the dossier codes, `WarehouseError` where the warehouse cannot be added to,
    `ParameterError` for an unknown `kind`. All files of all kinds are checked before anything is stored: whatever is
    raised, the warehouse is as it was before.
    """
    chosen, asked = known_kind(None if kind == AUTO else kind, questionnaire_named(questionnaire))
    rules = loaded_mapping(mapping, chosen, asked)
    folder = Path(warehouse).expanduser().absolute()
    given = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(path) for path in paths]
    for path in given:
        refuse_address(str(path))
    found = [(path, name) for path, name in find_files(given) if folder not in path.absolute().parents]
    files = [(path, name) for path, name in found if not is_questionnaire(path)]
    databases = Databases.among(files, parameters or {})
    if not files:
        raise InputError(
            "There are no files to take in. Name a folder or files with exports of the one-stop system.",
            "Không có tệp nào để nạp. Hãy chỉ ra thư mục hoặc tệp kết xuất của hệ thống một cửa.",
        )
    # Whoever names a survey but not which leaves that to the mapping file, and this to the folders.
    chosen = rules.kind if chosen == SURVEY and rules.questionnaire else chosen
    tables: dict[str, Questionnaire | None] = {}
    own = source_mappings(databases.sources, rules, chosen)
    if chosen is None or chosen == SURVEY:
        of_kind = _by_kind(files, given, rules, chosen, tables, own)
    else:
        of_kind, tables = {chosen: files}, {chosen: rules.questionnaire}
    # The public key is for synthetic files only, wherever the file lies that names a server.
    key = find_hash_key([] if databases.sources else [path for path, _ in files], hash_key_file)
    with locked(folder), databases.with_mappings(own) as opened:
        tables = {name: tables[name] for name in of_kind}
        checkers = _checkers(tables, rules, key, kind_given=chosen is not None or bool(rules.columns))
        runs = {
            name: Run(register_folder(folder, checker.kind.kind), checker, _as_wall_clock(as_of, rules.timezone))
            for name, checker in checkers.items()
        }
        require_one_warehouse(folder, key, rules)
        return _Intake(folder, runs, of_kind, opened, allowed_reject_share, workers).take(progress)


def _by_kind(
    files: list[tuple[Path, str]],
    given: Sequence[Path],
    rules: ColumnMapping,
    chosen: str | None,
    tables: dict[str, Questionnaire | None],
    own: Mapping[Path, ColumnMapping],
) -> dict[str, list[tuple[Path, str]]]:
    """Return the files of each kind, those of `KINDS` in their order, then surveys; fill in their questionnaires."""
    folders, of_kind = Folders(given), dict[str, list[tuple[Path, str]]]()
    for path, name in files:
        if path in own:
            kind, questionnaire = own[path].kind, own[path].questionnaire
        else:
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
        else shared_mapping(rules, kind, questionnaire)
        for kind, questionnaire in tables.items()
    }
    return {kind: Checker(mapping, key, calendar, registry, kind_given) for kind, mapping in mappings.items()}


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
    databases: Databases
    allowed: float
    workers: int | None = None

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
        errors: dict[int, InputError] = {}
        tasks: dict[int, FileTask] = {}
        n_files = sum(len(files) for files in self.files.values())
        numbered = ((kind, path, name) for kind, files in self.files.items() for path, name in files)
        for number, (kind, path, name) in enumerate(numbered, start=1):
            at = number - len(tasks)
            found: Note | FileTask | None
            try:
                if path in self.databases.sources:
                    _told(progress, at, n_files)(name)
                    found = self.databases.check(path, name, self.runs[kind], _told(progress, at, n_files))
                else:
                    found = self.runs[kind].check(path, name)
            except InputError as error:
                errors[number] = error
                continue
            if isinstance(found, FileTask):
                tasks[number] = found
                continue
            notes[kind] += [found] if found else []
            if progress and path not in self.databases.sources:
                progress(name, at, n_files)
        errors.update(self._run_tasks(tasks, progress, n_files))
        _raise_all([errors[number] for number in sorted(errors)])
        return notes

    def _run_tasks(
        self, tasks: Mapping[int, FileTask], progress: Progress | None, n_files: int
    ) -> dict[int, InputError]:
        """Check the new files, some at the same time; return the errors by the numbers of their files."""
        numbers, listed = list(tasks), list(tasks.values())
        n_told = n_files - len(listed)

        def told(place: int, n_rows: int) -> None:
            nonlocal n_told
            n_told += not n_rows
            if progress:
                progress(f"{listed[place].name} … {n_rows}" if n_rows else listed[place].name, n_told, n_files)

        found = run_tasks(listed, chosen_workers(self.workers, listed), told)
        return {numbers[place]: error for place, error in found.items()}

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


def _raise_all(errors: Sequence[CchcError]) -> None:
    """Raise one error that names all files that cannot be read, where there are any."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputError(
            f"{len(errors)} files cannot be taken in; nothing was changed.\n" + "\n".join(e.en for e in errors),
            f"Có {len(errors)} tệp không nạp được; kho dữ liệu giữ nguyên.\n" + "\n".join(e.vi for e in errors),
        )


def _told(progress: Progress | None, number: int, n_files: int) -> Callable[[str], None]:
    """Return what tells how far a source has come, in place of the name of a file."""
    return (lambda name: progress(name, number, n_files)) if progress else (lambda name: None)

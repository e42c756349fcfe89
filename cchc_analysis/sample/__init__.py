"""A synthetic city: seeded exports of its one-stop offices, with known truths planted in them.

Nothing in it is about real dossiers or people; the offices carry real names so that the plan of 2023 can be shown
at work.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cchc_analysis.sample.accounts import FileAccount, account_of, total_account
from cchc_analysis.sample.city import AS_OF
from cchc_analysis.sample.digital_traits import with_digital_traits
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.evidence import write_plan_reports
from cchc_analysis.sample.export_rows import ExportRow, export_row
from cchc_analysis.sample.faults import fault_counts, plant_faults
from cchc_analysis.sample.flows import COUNTS, RULES_EN, Flow, flows, receiving_unit, resolving_unit
from cchc_analysis.sample.generate import Dossier, generate_dossiers
from cchc_analysis.sample.index_registers import write_index_registers
from cchc_analysis.sample.notes import NOTE_EN, NOTE_VI, READ_FIRST
from cchc_analysis.sample.offices import write_exports
from cchc_analysis.sample.register_truth import columns_truth
from cchc_analysis.sample.registers import RegisterTruth, write_registers
from cchc_analysis.sample.surveys import write_surveys
from cchc_analysis.sample.truth import planted_truths

HASH_KEY = "cchc-public-sample-key-2023"
"""The public key of the sample: its dossier numbers are synthetic, so nothing is protected by it."""

MARKER_NAME, TRUTH_NAME, READ_FIRST_NAME = "cchc-sample.json", "truth.json", "DOC-TRUOC.md"


@dataclass(frozen=True)
class SampleTruth:
    """What the exports contain and what the pipeline has to find in them.

    `broken`: planted rows by kind (pairs for `conflicting_code`). `files`, `total`: rows as intake accounts for them.
    `flow`: period → unit → cells of form II.06a, by deciding unit; `flow_by_receiving_unit` by receiving unit.
    `planted`: the four truths of docs/methods/sample.md with expected and drawn values. `columns`: the columns on
    electronic service by period. `registers`: accounts and planted values of the tables beside the dossiers, by kind.
    `surveys`: the same of the forms, by questionnaire. `handed_in`: the same of what offices
    report themselves, by kind.
    """

    folder: Path
    seed: int
    n_dossiers: int
    as_of: datetime
    broken: dict[str, int]
    files: dict[str, FileAccount]
    total: FileAccount
    flow: dict[str, Flow]
    flow_by_receiving_unit: dict[str, Flow]
    planted: dict[str, Any]
    columns: dict[str, Any]
    registers: dict[str, RegisterTruth]
    surveys: dict[str, RegisterTruth]
    handed_in: dict[str, RegisterTruth]

    @property
    def n_lists(self) -> int:
        """The number of files of all registers and surveys."""
        tables = (*self.registers.values(), *self.surveys.values(), *self.handed_in.values())
        return sum(len(table.files) for table in tables)

    def summary(self) -> dict[str, Any]:
        """Return what was written: the exports, and by register and survey its files and rows below their headers."""
        return {
            "folder": str(self.folder),
            "files": sorted(self.files),
            "rows": self.total.read,
            "registers": _listed(self.registers),
            "surveys": _listed(self.surveys),
            "handed_in": _listed(self.handed_in),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the content of `truth.json`: everything except the folder, in plain types."""
        return {
            "synthetic": True,
            "seed": self.seed,
            "n_dossiers": self.n_dossiers,
            "as_of": self.as_of.isoformat(),
            "broken": self.broken,
            "files": {name: asdict(account) for name, account in self.files.items()},
            "total": asdict(self.total),
            "planted": self.planted,
            "columns": self.columns,
            "registers": {kind: register.as_json() for kind, register in self.registers.items()},
            "surveys": {name: survey.as_json() for name, survey in self.surveys.items()},
            "handed_in": {kind: register.as_json() for kind, register in self.handed_in.items()},
            "flow_rules": RULES_EN,
            "flow_cells": list(COUNTS),
            "flow": _compact(self.flow),
            "flow_by_receiving_unit": _compact(self.flow_by_receiving_unit),
        }


def _listed(tables: dict[str, RegisterTruth]) -> dict[str, dict[str, Any]]:
    return {name: {"files": sorted(table.files), "rows": table.total.read} for name, table in tables.items()}


def _compact(flow: dict[str, Flow]) -> dict[str, dict[str, list[int]]]:
    return {label: {unit: list(cells.values()) for unit, cells in units.items()} for label, units in flow.items()}


def write_sample(folder: Path | str, seed: int = 20230315, n_dossiers: int = 60_000) -> SampleTruth:
    """Write the exports of the synthetic city into `folder` (made where missing) and return what is true of them.

    `n_dossiers` different dossiers: the stock at 15/12/2022, what came in until 14/12/2023, and a few never received.
    Folders named after their kinds hold the registers: payments, feedback, certified copies, the catalogue of
    procedures, and a second list of the dossiers of three wards; `khao-sat` holds a satisfaction survey in three waves,
    `ki-ot` the ratings at the kiosks, `tu-cham-diem` the self-scoring, `chi-so` the city's table of indices,
    `minh-chung` what offices report on the plan, `nop-bao-cao` the reports they handed in. Beside them stand
    `cchc-sample.json` (marks the folder as synthetic), `truth.json` and `DOC-TRUOC.md`.
    The same seed and number give the same bytes on every machine. Raises `ParameterError` for fewer than 200.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     truth = write_sample(folder, n_dossiers=600)
    >>> truth.n_dossiers, truth.broken["missing_code"], len(truth.files)
    (600, 1, 14)
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    dossiers = with_digital_traits(generate_dossiers(seed, n_dossiers), Stream(seed, branch=2))
    rows = list(plant_faults(_rows(dossiers), Stream(seed + 1)))
    written = write_exports(folder, rows)
    accepted = [row.dossier for row in rows if not row.fault]
    files = {item.name: account_of(item) for item in written}
    by_deciding, by_receiving = flows(accepted, resolving_unit, receiving_unit)
    truth = SampleTruth(
        folder=folder,
        seed=seed,
        n_dossiers=n_dossiers,
        as_of=AS_OF,
        broken=fault_counts(n_dossiers),
        files=files,
        total=total_account(files.values()),
        flow=by_deciding,
        flow_by_receiving_unit=by_receiving,
        planted=planted_truths(accepted, AS_OF),
        columns=columns_truth(accepted),
        registers=write_registers(folder, seed, dossiers, accepted),
        surveys=write_surveys(folder, seed, n_dossiers, accepted),
        handed_in={**write_index_registers(folder), **write_plan_reports(folder)},
    )
    _write_notes(truth)
    return truth


def _rows(dossiers: list[Dossier]) -> list[ExportRow]:
    rows, numbers = [], dict[str, int]()
    for person, dossier in enumerate(dossiers, start=1):
        number = numbers[dossier.office.unit] = numbers.get(dossier.office.unit, 0) + 1
        rows.append(export_row(dossier, number, person))
    return rows


def _write_notes(truth: SampleTruth) -> None:
    marker = {
        "synthetic": True,
        "hash_key": HASH_KEY,
        "seed": truth.seed,
        "n_dossiers": truth.n_dossiers,
        "broken": truth.broken,
        "note_vi": NOTE_VI,
        "note_en": NOTE_EN,
    }
    _write_text(truth.folder / MARKER_NAME, json.dumps(marker, ensure_ascii=False, indent=1) + "\n")
    _write_text(truth.folder / TRUTH_NAME, json.dumps(truth.as_json(), ensure_ascii=False, indent=1) + "\n")
    _write_text(truth.folder / READ_FIRST_NAME, READ_FIRST)


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))

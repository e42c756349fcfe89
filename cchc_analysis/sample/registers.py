"""The registers beside the dossiers, written into folders named after their kinds, with what is true of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cchc_analysis.sample import copies, feedback, payments, procedure_list, second_register
from cchc_analysis.sample.accounts import FileAccount, total_account
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.register_files import write_lists
from cchc_analysis.sample.register_rows import Fault, Layout, RegisterRow, accepted, account
from cchc_analysis.sample.register_truth import (
    catalogue_truth,
    copies_truth,
    feedback_truth,
    matching_truth,
    payments_truth,
)
from cchc_analysis.sample.second_register import WARDS
from cchc_analysis.working_time import WorkingCalendar

_BRANCHES = {"payments": 3, "feedback": 4, "e_copies": 5, "procedures": 6, "other_register": 7}


@dataclass(frozen=True)
class RegisterTruth:
    """What one register holds: accounts as intake has to find them, faults by kind, and planted values by window."""

    files: dict[str, FileAccount]
    total: FileAccount
    broken: dict[str, int]
    planted: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {
            "files": {name: asdict(account) for name, account in self.files.items()},
            "total": asdict(self.total),
            "broken": self.broken,
            "planted": self.planted,
        }


def written(
    folder: Path,
    layouts: Sequence[Layout[Any]],
    rows: Sequence[RegisterRow[Any]],
    faults: Sequence[Fault[Any]],
    planted: Mapping[str, Any],
) -> RegisterTruth:
    """Write the lists of one register into `folder` and return what is true of them."""
    rules = {fault.kind: fault.rule for fault in faults}
    lists = write_lists(folder, layouts, rows)
    files = {layout.file: account(layout, lists[layout.file], rules) for layout in layouts}
    broken = Counter(row.fault for row in rows if row.fault)
    return RegisterTruth(
        dict(sorted(files.items())), total_account(files.values()), dict(sorted(broken.items())), dict(planted)
    )


def latest_event(dossiers: Sequence[Dossier]) -> datetime:
    """Return the newest event of the dossiers: the data speak up to it, and so do the registers beside them."""
    events = ((item.received_at, item.finished_at, item.returned_at) for item in dossiers)
    return max(moment for moments in events for moment in moments if moment)


def write_registers(
    folder: Path, seed: int, dossiers: Sequence[Dossier], taken_in: Sequence[Dossier]
) -> dict[str, RegisterTruth]:
    """Write the five registers below `folder` and return what is true of each, by kind.

    `dossiers` are all there are, `taken_in` those that intake accepts from the exports: the others are unknown to it
    and stand in the registers all the same.
    """
    n, calendar, latest = len(dossiers), WorkingCalendar.vietnam(), latest_event(taken_in)
    streams = {kind: Stream(seed, branch) for kind, branch in _BRANCHES.items()}
    paid = payments.draw_payments(dossiers, latest, streams["payments"])
    messages = feedback.draw_feedback(n, latest, streams["feedback"], calendar)
    copied = copies.draw_copies(n, latest, streams["e_copies"], calendar)
    listed = procedure_list.draw_catalogue(n, streams["procedures"])
    noted = second_register.draw_second_register(dossiers, latest, streams["other_register"])
    return {
        "payments": written(
            folder / "payments",
            payments.LAYOUTS,
            paid.rows,
            payments.FAULTS,
            payments_truth(accepted(paid.rows), taken_in) | {"contradicting": len(paid.contradicting)},
        ),
        "feedback": written(
            folder / "feedback", feedback.LAYOUTS, messages, feedback.FAULTS, feedback_truth(accepted(messages))
        ),
        "e_copies": written(folder / "e_copies", copies.LAYOUTS, copied, copies.FAULTS, copies_truth(accepted(copied))),
        "procedures": written(
            folder / "procedures",
            procedure_list.LAYOUTS,
            listed,
            procedure_list.FAULTS,
            catalogue_truth(accepted(listed), taken_in),
        ),
        "other_register": written(
            folder / "other_register",
            second_register.LAYOUTS,
            noted,
            second_register.FAULTS,
            matching_truth(accepted(noted), taken_in, WARDS),
        ),
    }

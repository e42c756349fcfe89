"""What intake has to find in each export: rows read, accepted, rejected by fault, duplicates, skipped by kind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cchc_analysis.sample.faults import DUPLICATE, RULES
from cchc_analysis.sample.offices import WrittenFile


@dataclass(frozen=True)
class FileAccount:
    """The account of one export; read = accepted + rejected + duplicates + skipped.

    `read`: non-blank rows below the header. `accepted` includes dossiers that were registered or refused.
    `reasons`: rejected rows by rule of intake (both rows of a conflicting pair). `skipped_by_kind`: numbering, band,
    total, signature.
    """

    read: int
    accepted: int
    rejected: int
    duplicates: int
    skipped: int
    reasons: dict[str, int]
    skipped_by_kind: dict[str, int]


def account_of(file: WrittenFile) -> FileAccount:
    """Return the account of one written export."""
    faults = Counter(row.fault for row in file.rows if row.fault)
    duplicates = faults.pop(DUPLICATE, 0)
    rejected, skipped = sum(faults.values()), sum(file.skipped.values())
    return FileAccount(
        read=len(file.rows) + skipped,
        accepted=len(file.rows) - rejected - duplicates,
        rejected=rejected,
        duplicates=duplicates,
        skipped=skipped,
        reasons={RULES[kind]: n for kind, n in sorted(faults.items())},
        skipped_by_kind=dict(file.skipped),
    )


def total_account(accounts: Iterable[FileAccount]) -> FileAccount:
    """Return the sum of accounts."""
    listed = list(accounts)
    reasons: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for account in listed:
        reasons.update(account.reasons)
        skipped.update(account.skipped_by_kind)
    return FileAccount(
        read=sum(account.read for account in listed),
        accepted=sum(account.accepted for account in listed),
        rejected=sum(account.rejected for account in listed),
        duplicates=sum(account.duplicates for account in listed),
        skipped=sum(account.skipped for account in listed),
        reasons=dict(sorted(reasons.items())),
        skipped_by_kind=dict(sorted(skipped.items())),
    )

"""What the dossiers say of electronic service: a second code, the way of return, sources of reuse, electronic results.

Drawn from a stream of its own after everything else, so that no other value depends on it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cchc_analysis.sample.draws import Integers, Stream
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.traits import elapsed_share
from cchc_analysis.working_time import WorkingCalendar

_RETURN_CHANNELS = ("counter", "online", "post")
_PORTAL_SHARE = 0.6
"""Of the online dossiers: sent through the national portal, which gives them a code of its own."""


def _came(dossiers: Sequence[Dossier]) -> NDArray[np.datetime64]:
    return np.array([item.received_at or item.submitted_at for item in dossiers], dtype="datetime64[s]")


def _ways_of_return(stream: Stream, online: NDArray[np.bool_], share: NDArray[np.float64]) -> Integers:
    """Return positions in `_RETURN_CHANNELS`: dossiers sent online come back online ever more often."""
    lot = stream.uniform(len(online))
    by_post = np.where(online, 0.12, 0.05)
    by_net = np.where(online, 0.25 + 0.45 * share, 0.01 + 0.04 * share)
    return np.where(lot < by_post, 2, np.where(lot < by_post + by_net, 1, 0)).astype(np.int64)


def with_digital_traits(dossiers: Sequence[Dossier], stream: Stream) -> list[Dossier]:
    """Return the dossiers with their electronic traits, in the same order.

    `dossier_id_other` is there for three in five of the online dossiers. The way of return is agreed at receipt; reuse
    has at least one source where there is reuse; a result is electronic only where it is digitised, and neither
    is known while the dossier is open.
    """
    n = len(dossiers)
    share = elapsed_share(_came(dossiers))
    online = np.array([item.channel == "online" for item in dossiers])
    through_portal = online & stream.chance(_PORTAL_SHARE, n)
    way = _ways_of_return(stream, online, share)
    source = stream.uniform(n)
    electronic = stream.chance(0.45 + 0.45 * share, n)
    arrived = _supplements(dossiers)
    return [
        replace(
            dossier,
            supplemented_at=arrived[row],
            dossier_id_other=_portal_code(dossier, row + 1) if through_portal[row] else None,
            return_channel=_RETURN_CHANNELS[way[row]] if dossier.received_at else None,
            reused_from_store=dossier.documents_reused and bool(source[row] < 0.7) if dossier.received_at else None,
            reused_from_results=dossier.documents_reused and bool(source[row] > 0.5) if dossier.received_at else None,
            result_electronic=None
            if dossier.result_digitised is None
            else dossier.result_digitised and bool(electronic[row]),
        )
        for row, dossier in enumerate(dossiers)
    ]


def _supplements(dossiers: Sequence[Dossier]) -> list[datetime | None]:
    """Return when the supplement of each decided dossier with a pause arrived: asked for on the day after receipt."""
    calendar = WorkingCalendar.vietnam()
    arrivals = [
        calendar.deadline(item.received_at, 1 + item.paused_days)
        if item.paused_days and item.received_at and item.finished_at
        else None
        for item in dossiers
    ]
    return [
        arrived if arrived and item.finished_at and arrived <= item.finished_at else None
        for arrived, item in zip(arrivals, dossiers, strict=True)
    ]


def _portal_code(dossier: Dossier, number: int) -> str:
    return f"000.00.00.G22-{dossier.submitted_at:%y%m%d}-{number:06d}"

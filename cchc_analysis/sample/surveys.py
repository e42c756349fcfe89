"""The surveys of the synthetic city, written into folders beside the registers, with what is true of them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cchc_analysis.sample import survey_kiosk, survey_law, survey_lists
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.generate import Dossier
from cchc_analysis.sample.register_rows import accepted
from cchc_analysis.sample.registers import RegisterTruth, latest_event, written
from cchc_analysis.sample.survey_forms import draw_wave
from cchc_analysis.sample.survey_truth import kiosk_truth, survey_truth
from cchc_analysis.working_time import WorkingCalendar

FOLDERS = {survey_law.QUESTIONNAIRE: "khao-sat", survey_kiosk.QUESTIONNAIRE: "ki-ot"}
"""The folder of the lists of each questionnaire."""

_BRANCHES = {survey_law.QUESTIONNAIRE: 11, survey_kiosk.QUESTIONNAIRE: 9}


def write_surveys(folder: Path, seed: int, n_dossiers: int, taken_in: Sequence[Dossier]) -> dict[str, RegisterTruth]:
    """Write the satisfaction survey and the ratings at the kiosks below `folder`; return what is true of each, by id.

    Those whose dossiers intake takes are asked: `taken_in`.
    """
    stream = Stream(seed, _BRANCHES[survey_law.QUESTIONNAIRE])
    forms = [form for wave in survey_law.WAVES for form in draw_wave(taken_in, wave, n_dossiers, stream)]
    rows = survey_lists.rows_of(forms, n_dossiers, stream)
    latest: datetime = latest_event(taken_in)
    kiosk_stream = Stream(seed, _BRANCHES[survey_kiosk.QUESTIONNAIRE])
    ratings = survey_kiosk.draw_ratings(n_dossiers, latest, kiosk_stream, WorkingCalendar.vietnam())
    return {
        survey_law.QUESTIONNAIRE: written(
            folder / FOLDERS[survey_law.QUESTIONNAIRE],
            survey_lists.LAYOUTS,
            rows,
            survey_lists.FAULTS,
            survey_truth(accepted(rows), taken_in),
        ),
        survey_kiosk.QUESTIONNAIRE: written(
            folder / FOLDERS[survey_kiosk.QUESTIONNAIRE],
            survey_kiosk.LAYOUTS,
            ratings,
            survey_kiosk.FAULTS,
            kiosk_truth(accepted(ratings)),
        ),
    }

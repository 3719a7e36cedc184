"""Screenings as resources: their scores as Observations, their answers as a QuestionnaireResponse.

LOINC codes stand where an instrument's file has them, and nowhere else: no code is made up. The
answers are left out unless they were asked for by themselves, as on the paper.
"""

from collections.abc import Sequence

from app.features.screening.model.instruments import Informant, Instrument, Item, Scale
from app.features.screening.model.records import Screening
from app.features.screening.service import ScreeningSheet
from app.kernel.clock import Moment
from app.kernel.words import _
from app.overviews.fhir.codes import ABSENT_REASON, LOINC, OBSERVATION_CATEGORY
from app.overviews.fhir.document import Document, Reference, Resource, instant, quantity
from app.overviews.fhir.narrative import narrative
from app.overviews.fhir.plans import Told
from app.overviews.reports.screening_papers import result_blocks
from app.overviews.reports.wording import spoken_day
from app.overviews.screening_words import INFORMANTS, spoken_outcome, spoken_scores

RESPONSES = "74465-6"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
"""HL7's extension for what an answer counts."""
MENTAL_HEALTH = "MH"
"""A screening of mood or conduct says by its title what it is about: its label hides nothing."""


def put_screening(document: Document, sheet: ScreeningSheet, told: Told, *, answers: bool) -> None:
    """Put in one screening: its scores, and its answers if they are asked for."""
    one = sheet.screening
    key = f"screening:{one.id}"
    given: list[Reference] = []
    if answers and one.answers:
        given.append(
            document.add(
                "QuestionnaireResponse",
                one.id,
                _response(sheet, told),
                sensitive=[MENTAL_HEALTH],
            )
        )
    scores = [
        document.add(
            "Observation", f"{one.id}/{name}", _score(sheet, name, given, told),
            sensitive=[MENTAL_HEALTH],
        )
        for name in _measured(one)
    ]  # fmt: skip
    if one.outcome or not one.scores:
        scores.append(
            document.add(
                "Observation",
                f"{one.id}/",
                _outcome(sheet, given, told),
                sensitive=[MENTAL_HEALTH],
            )
        )
    title = _("{title}, {day}").format(title=one.title, day=spoken_day(one.taken_on))
    body = narrative(result_blocks(sheet, told.of(key), answers=answers))
    document.section(title, body, [*given, *scores], RESPONSES)


def _measured(one: Screening) -> list[str]:
    return [scale for scale, *_said in one.scores]


def _status(sheet: ScreeningSheet) -> str:
    return "amended" if sheet.replaces is not None else "final"


def _common(sheet: ScreeningSheet, given: Sequence[Reference], told: Told) -> Resource:
    one = sheet.screening
    return {
        "status": _status(sheet),
        "category": [
            {"coding": [{"system": OBSERVATION_CATEGORY, "code": "survey", "display": "Survey"}]}
        ],
        "subject": told.subject,
        "effectiveDateTime": one.taken_on,
        "issued": instant(Moment(one.recorded_at, one.zone)),
        "performer": [told.people.person(one.person_id)],
        "derivedFrom": list(given),
    }


def _score(sheet: ScreeningSheet, name: str, given: Sequence[Reference], told: Told) -> Resource:
    one, instrument = sheet.screening, sheet.instrument
    _scale, score, code, _level, _reached = next(row for row in one.scores if row[0] == name)
    scale = _scale_of(instrument, name)
    label = str(scale.label) if scale else name
    said = dict(spoken_scores(one, instrument)).get(label, "")
    body = _common(sheet, given, told) | {
        "code": {
            "coding": [{"system": LOINC, "code": scale.loinc}] if scale and scale.loinc else [],
            "text": f"{one.title}: {label}",
        },
    }
    if score is None:
        absent = "asked-declined" if one.refused else "unknown"
        return body | {
            "dataAbsentReason": {
                "coding": [{"system": ABSENT_REASON, "code": absent}],
                "text": said,
            }
        }
    band = next((str(one.label) for one in scale.bands if one.code == code), "") if scale else ""
    return body | {
        "valueQuantity": quantity(score, "points", "{score}"),
        "interpretation": [{"text": band}] if band else [],
        "referenceRange": [_range(scale)] if scale else [],
    }


def _range(scale: Scale) -> Resource:
    """Return what scores there can be, which is no judgement of them."""
    return {
        "type": {"text": _("All scores there can be")},
        "low": quantity(scale.least, "points", "{score}"),
        "high": quantity(scale.most, "points", "{score}"),
    }


def _outcome(sheet: ScreeningSheet, given: Sequence[Reference], told: Told) -> Resource:
    one, instrument = sheet.screening, sheet.instrument
    body = _common(sheet, given, told) | {
        "code": {
            "coding": [{"system": LOINC, "code": instrument.loinc}]
            if instrument and instrument.loinc
            else [],
            "text": one.title,
        }
    }
    said = spoken_outcome(one, instrument) or one.outcome
    if one.outcome:
        return body | {"valueCodeableConcept": {"text": said}}
    absent = "asked-declined" if one.refused else "unknown"
    return body | {
        "dataAbsentReason": {"coding": [{"system": ABSENT_REASON, "code": absent}], "text": said}
    }


def _scale_of(instrument: Instrument | None, name: str) -> Scale | None:
    if instrument is None:
        return None
    return next((one for one in instrument.scales if one.id == name), None)


# -- answers -----------------------------------------------------------------------------


def _response(sheet: ScreeningSheet, told: Told) -> Resource:
    one, instrument = sheet.screening, sheet.instrument
    known = instrument.by_id if instrument else {}
    form = f"{LOINC}/q/{instrument.loinc}" if instrument and instrument.loinc else ""
    name = told.said(one.informant_name, f"screening:{one.id}")
    source: Resource = {"display": name or _(INFORMANTS[one.informant])}
    return {
        "questionnaire": form,
        "status": "amended" if sheet.replaces else "stopped" if one.refused else "completed",
        "subject": told.subject,
        "authored": one.taken_on,
        "author": told.people.person(one.person_id),
        "source": told.subject if one.informant is Informant.SELF else source,
        "item": [_item(item, value, known.get(item)) for item, value in one.answers],
    }


def _item(name: str, value: int, item: Item | None) -> Resource:
    answer = next((one for one in item.answers if one.value == value), None) if item else None
    if answer is not None and answer.loinc:
        said: Resource = {
            "valueCoding": {
                "extension": [{"url": ORDINAL, "valueDecimal": value}],
                "system": LOINC,
                "code": answer.loinc,
                "display": str(answer.label),
            }
        }
    else:
        said = {"valueInteger": value}
    link = f"/{item.loinc}" if item is not None and item.loinc else name
    return {"linkId": link, "text": str(item.label) if item else "", "answer": [said]}

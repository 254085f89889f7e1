"""Dates as feeds write them: ISO 8601 in most of its forms, RFC 822 with zones by name, and what lies between."""

import datetime as dt
import re
from email.utils import parsedate_to_datetime

from django.utils import timezone

# Zones by name beyond those of RFC 822 itself, as feeds have them; names that mean two zones stand for the commoner one
_ZONES = {"CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200", "WET": "+0000", "WEST": "+0100", "EET": "+0200",
          "EEST": "+0300", "BST": "+0100", "MSK": "+0300", "JST": "+0900", "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200",
          "NZDT": "+1300", "HKT": "+0800", "SGT": "+0800", "AKST": "-0900", "AKDT": "-0800", "HST": "-1000"}  # fmt: skip
_ZONE_NAME = re.compile(r"\b[A-Z]{3,4}$")
_YEAR_AND_MONTH = re.compile(r"^(\d{4})(?:-(\d\d))?$")
FIRST_YEAR, LAST_YEAR = 1000, 9998  # years that an address /YYYY/ can name, in every time zone


def parse_date(text: object) -> dt.datetime | None:
    """The moment that `text` names, to the second; without a zone in the site's own. None where it names none."""
    if not isinstance(text, str) or not (text := text.strip()) or len(text) > 100:
        return None
    try:
        moment = _iso(text) or _rfc_822(text)
        if moment is None:
            return None
        if moment.tzinfo is None:
            moment = timezone.make_aware(moment)
        moment = moment.astimezone(dt.UTC).replace(microsecond=0)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _iso(text: str) -> dt.datetime | None:
    if match := _YEAR_AND_MONTH.match(text):
        return dt.datetime(int(match[1]), int(match[2] or 1), 1)
    try:
        return dt.datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d\d:?\d\d$|Z$)", "", text))
    except ValueError:
        return None


def _rfc_822(text: str) -> dt.datetime | None:
    text = _ZONE_NAME.sub(lambda match: _ZONES.get(match[0], match[0]), text).replace("-0000", "+0000")
    return parsedate_to_datetime(text)

"""Time that passes between two moments.

Python subtracts moments of one time zone by the clock on the wall, so that an hour is missing, or counts twice, when
clocks are changed. What waits and sessions may take is meant in seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_NO_TIME = timedelta()
_FIRST, _LAST = datetime.min, datetime.max  # noqa: DTZ901  by the clock on the wall of any time zone


def passed(since: datetime, until: datetime) -> timedelta:
    """How much time passes from one moment to another, whatever clocks on the wall do meanwhile."""
    zone = since.tzinfo
    if zone is not until.tzinfo or zone is UTC or zone is None:
        return until - since
    before, after = zone.utcoffset(since), zone.utcoffset(until)
    if before is after:
        return until - since
    return until - since - ((after or _NO_TIME) - (before or _NO_TIME))


def later(moment: datetime, by: timedelta) -> datetime:
    """The moment when so much time has passed."""
    try:
        return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)
    except OverflowError:  # by the clock on the wall then, and no further than there are dates
        try:
            return moment + by
        except OverflowError:
            return (_LAST if by > _NO_TIME else _FIRST).replace(tzinfo=moment.tzinfo)

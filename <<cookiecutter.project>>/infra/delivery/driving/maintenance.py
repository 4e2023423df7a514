"""The maintenance page: everybody reads it, and whoever sends the token gets through.

It is a part of the document, and the engine makes its two rules. No fleet and no weight is touched.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from stack.calendar import moment
from stack.document import Document, Maintenance
from stack.refusal import Refused

from ..document.heartbeat import Heartbeat
from ..document.lease import Holder
from ..document.record import changed, rollout_of
from ..engine.engine import Failed
from .desk import Desk
from .rolling import leased

TOKEN_BYTES = 16  # 32 hex characters
TEXT = "We are doing maintenance."


@dataclass(frozen=True)
class Page:
    """What is on now."""

    text: str
    token: str
    changed: bool  # whether anything had to be done


def switch_on(desk: Desk, *, text: str | None, until: datetime | None, token: str | None) -> Page:
    """Put the page before the service; what is not given stays as it is, while it is on."""
    with leased(desk) as holder, Heartbeat(holder):
        document = _at_rest(holder)
        given = document.maintenance
        page = Maintenance(
            text=_text(desk, text, until, given.text if given else TEXT),
            token=token or (given.token if given else secrets.token_hex(TOKEN_BYTES)),
        )
        if page != given:
            _bring_about(desk, holder, changed(document, maintenance=page))
        return Page(page.text, page.token, page != given)


def switch_off(desk: Desk) -> bool:
    """Take the page away; say whether it was there."""
    with leased(desk) as holder, Heartbeat(holder):
        document = _at_rest(holder)
        if document.maintenance is None:
            _run(desk, document)  # what a run that was killed has left is taken away, too
            return False
        _bring_about(desk, holder, changed(document, maintenance=None))
        return True


def _text(desk: Desk, text: str | None, until: datetime | None, before: str) -> str:
    """Write what people read; a time is the tier's own."""
    if until is None:
        return text or before
    zone = desk.place.settings.time_zone
    then = moment(until, zone)
    if then <= desk.live.observe().now:
        raise Refused(
            [f"--until {until:%Y-%m-%dT%H:%M} in {zone} is over."], "Give a time to come."
        )
    local = then.astimezone(ZoneInfo(zone))
    return f"{text or TEXT} Back by {local:%Y-%m-%d %H:%M} {local.tzname()}."


def _at_rest(holder: Holder) -> Document:
    """Give the document; a rollout would be stopped half-way by people who get no answer."""
    rollout = rollout_of(holder.document)
    if rollout:
        tier = holder.document.tier
        raise Refused(
            [f"{tier}: a rollout of {rollout.release} is under way."],
            f"End it first: `deliver abort {tier}` gives the traffic back in seconds.",
        )
    return holder.document


def _bring_about(desk: Desk, holder: Holder, document: Document) -> None:
    """Write the document and run the engine; where that refuses, nothing was changed."""
    before = holder.document
    holder.write(document, instead_of=before)
    try:
        _run(desk, document)
    except Failed:
        raise  # something may be there: the document says what is meant, and `up` goes on
    except Refused:
        holder.write(before, instead_of=holder.document)
        raise


def _run(desk: Desk, document: Document) -> None:
    """Run the engine, once what a killed run may have left half done is forgotten."""
    interrupted = desk.engine.mend()
    if interrupted:
        desk.engine.forget(interrupted)
    desk.engine.up(document)

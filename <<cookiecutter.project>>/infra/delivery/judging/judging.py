"""Judges the gates that are more than actions: whether fleets are ready, and a release is good.

What cannot be read passes nothing: the gate waits, and after a while it fails. No alarm passes
anything either; one without data looks as well as one that is OK.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from stack.document import Document
from stack.platform import Contract
from stack.refusal import Refused
from stack.settings import Settings

from ..children import in_one_line
from ..deciding.gates import Bake, Gate, Hold, Ready, Verdict
from ..deciding.observed import Observed
from ..document.record import rollout_of
from ..driving.events import Measured
from ..live.live import Live
from . import hanging_up, probe
from .alarmed import Alarmed, read_alarms
from .evidence import Evidence, Evidences
from .limits import Limits, faults
from .look import Look, failed, healthy_of, lacking
from .measures import Measures
from .readiness import Readiness
from .reading import Metrics

BLIND = timedelta(minutes=5)  # that a gate may be unreadable; after that nobody watches the release
# An instance that is lost is replaced in about five minutes, its drain and the other's start.
REPLACED = timedelta(minutes=10)
# These go off without traffic, too, while a fleet is being made. They end some minutes later.
WITHOUT_TRAFFIC = ("capacity", "unhealthy")
ENDING = timedelta(minutes=5)


class Judge:
    """Judges the gates of one tier's rollouts. `document` gives the document as it is now.

    `ask` is who asks a release by its header.
    """

    def __init__(
        self,
        live: Live,
        settings: Settings,
        contract: Contract,
        document: Callable[[], Document],
        *,
        ask: probe.Ask | None = None,
    ) -> None:
        self._live = live
        self._settings = settings
        self._document = document
        self._readiness = Readiness(live, settings, contract, document, ask or probe.ask)
        self._evidences = Evidences(Metrics(live.account, live.addresses, live.call))
        self._blind: tuple[Gate, datetime] | None = None

    def look(self, gate: Gate, observed: Observed) -> Look:
        """Look at a gate."""
        try:
            alarms = read_alarms(self._live.names, self._live.account, self._live.call)
            look = self._judged(gate, observed, alarms)
        except Refused as refusal:
            return self._unread(gate, observed.now, in_one_line(str(refusal)))
        self._blind = None
        return replace(look, alarms=tuple(sorted(each.name for each in alarms)))

    def _judged(self, gate: Gate, observed: Observed, alarms: list[Alarmed]) -> Look:
        match gate:
            case Ready():
                blamed = self._blamed_while_growing(observed, alarms)
                return failed(gate, *blamed) if blamed else self._readiness.look(gate, observed)
            case Bake() | Hold():
                return self._watched(gate, observed, alarms)
            case _:
                return Look(Verdict(gate, passed=True))  # its actions were all that it asked

    def _unread(self, gate: Gate, now: datetime, trouble: str) -> Look:
        if self._blind is None or self._blind[0] != gate:
            self._blind = (gate, now)
        since = self._blind[1]
        if now - since < BLIND:
            return Look(waits_for=f"an answer of AWS: {trouble}")
        minutes = BLIND.total_seconds() / 60
        return failed(gate, f"for {minutes:.0f} minutes the gate could not be read: {trouble}")

    def _watched(self, gate: Bake | Hold, observed: Observed, alarms: list[Alarmed]) -> Look:
        """Judge a release that has traffic.

        Alarms of other releases are shown, and stop nothing: the new one is not to blame, and may
        be the cure.
        """
        ours = self._to_blame(gate, observed, alarms)
        reasons, waits = self._stopped(gate, observed, ours)
        try:
            evidence = self._evidences.of(gate, observed)
        except Refused:
            if reasons:
                return failed(gate, *reasons)
            raise
        measured = {name: _shown(each) for name, each in evidence.each().items()}
        if isinstance(gate, Bake):
            reasons += self._faults(gate, evidence, {each.watch for each in ours})
        if reasons:
            return replace(failed(gate, *reasons), measured=measured)
        if waits or observed.now < gate.until:
            return Look(measured=measured, waits_for=waits)
        if isinstance(gate, Bake):
            return replace(self._over(gate, evidence), measured=measured)
        return Look(Verdict(gate, passed=True), measured=measured)

    def _stopped(
        self, gate: Bake | Hold, observed: Observed, ours: list[Alarmed]
    ) -> tuple[list[str], str]:
        """Say what stops a gate at once, and what it may not pass with."""
        now, waits = observed.now, ""
        reasons = []
        for alarm in ours:
            begun_before = alarm.watch in WITHOUT_TRAFFIC and alarm.since < gate.since
            if begun_before and now < gate.since + ENDING:
                waits = f"the end of alarm {alarm.name}, which went off before"
            else:
                reasons.append(alarm.words)
        floor = self._document().floors.get(gate.release, 1)
        missing = lacking({gate.release: floor}, observed)
        if missing and (not healthy_of(gate.release, observed) or now >= gate.until + REPLACED):
            reasons.append(missing)
        return reasons, missing or waits

    def _blamed_while_growing(self, observed: Observed, alarms: list[Alarmed]) -> list[str]:
        """Say what alarms have against a release that has traffic and is to get more.

        Until it has some, they speak only of its start; and how long a fleet may take to grow is
        said by the gate.
        """
        rollout = rollout_of(self._document())
        if rollout is None or rollout.release not in (observed.weights or {}):
            return []
        lately = Hold(rollout.release, observed.now - REPLACED, observed.now)
        ours = self._to_blame(lately, observed, alarms)
        return [each.words for each in ours if each.watch not in WITHOUT_TRAFFIC]

    def _to_blame(
        self, gate: Bake | Hold, observed: Observed, alarms: list[Alarmed]
    ) -> list[Alarmed]:
        """Choose the alarms of the release, but not what only clients have set off."""
        ours = [each for each in alarms if each.release == gate.release]
        if all(each.watch != hanging_up.WATCH for each in ours):
            return ours
        try:
            evidence = self._evidences.of(gate, observed, fresh=True)
        except Refused:
            return ours  # an alarm needs no proof
        start, others = evidence.lately(REPLACED)
        limit = self._settings.failed_percent
        if not hanging_up.only_clients(evidence.readings, gate.release, start, others, limit):
            return ours
        return [each for each in ours if each.watch != hanging_up.WATCH]

    def _faults(self, gate: Bake, evidence: Evidence, told: set[str]) -> list[str]:
        """Say what the bake has found, with the runbook unless an alarm has told of it."""
        limits = Limits(
            self._settings.failed_percent, self._settings.latency_ms, gate.least_requests
        )
        found = faults(
            gate.release,
            evidence.new,
            evidence.others,
            limits,
            minutes=evidence.minutes,
            over=evidence.covers(gate.until),
        )
        runbooks = self._settings.runbooks or "docs/runbooks"
        return [
            each.words
            if each.watch in told
            else f"{each.words}. Runbook: {runbooks}/{each.watch}.md"
            for each in found
        ]

    def _over(self, gate: Bake, evidence: Evidence) -> Look:
        """Judge a bake whose time is over and that has nothing against it."""
        if not evidence.covers(gate.until):
            return Look(waits_for="the metrics of its last minutes")
        if not evidence.has_arrived:
            raise Refused([f"CloudWatch has nothing of {gate.release}'s last minutes."])
        requests = evidence.new.requests
        if requests >= gate.least_requests:
            return Look(Verdict(gate, passed=True))
        few = f"{requests} of {gate.least_requests} requests"
        if not evidence.covers(gate.latest):
            return Look(waits_for=f"{few}, at most until {gate.latest:%H:%M:%S} UTC")
        if gate.pass_quiet:
            return Look(Verdict(gate, passed=True))
        return failed(gate, f"{gate.release} had {few} by {gate.latest:%H:%M:%S} UTC")


def _shown(measures: Measures) -> Measured:
    if not measures.requests:
        return Measured()
    return Measured(
        requests=measures.requests,
        failed_percent=measures.percent(measures.failed),
        p90_ms=None if measures.p90 is None else measures.p90 * 1000,
    )

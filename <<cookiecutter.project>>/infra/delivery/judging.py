"""Judges the gates that are more than actions: whether fleets are ready, and a release is good.

What cannot be read passes nothing: the gate waits, and after a while it fails. No alarm passes
anything either; one without data looks as well as one that is OK.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from stack.document import Document
from stack.platform import Contract
from stack.refusal import Refused
from stack.settings import Settings

from . import hanging_up, probe
from .alarmed import Alarmed, read_alarms
from .children import in_one_line
from .events import Measured
from .evidence import Evidence, Evidences
from .gates import Bake, Gate, Hold, Ready, Verdict
from .limits import Limits, faults
from .live import Live
from .measures import Measures
from .observed import Observed
from .reading import Metrics
from .record import rollout_of

BLIND = timedelta(minutes=5)  # that a gate may be unreadable; after that nobody watches the release
# An instance that is lost is replaced in about five minutes, its drain and the other's start.
REPLACED = timedelta(minutes=10)
# These go off without traffic, too, while a fleet is being made. They end some minutes later.
WITHOUT_TRAFFIC = ("capacity", "unhealthy")
ENDING = timedelta(minutes=5)
EVERYBODY = "0.0.0.0/0"


@dataclass(frozen=True)
class Look:
    """What a gate looks like now. Without a verdict it goes on."""

    verdict: Verdict | None = None
    measured: Mapping[str, Measured] = field(default_factory=dict)  # by release
    alarms: tuple[str, ...] = ()  # of all the tier's fleets: names of those in ALARM
    waits_for: str = ""


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
        self._contract = contract
        self._document = document
        self._ask = ask or probe.ask
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
                return self._ready(gate, observed, alarms)
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
        return _failed(gate, f"for {minutes:.0f} minutes the gate could not be read: {trouble}")

    def _ready(self, gate: Ready, observed: Observed, alarms: list[Alarmed]) -> Look:
        """Judge fleets before traffic is moved to them. That it takes too long, strategy.py says.

        Until a release has traffic, its alarms speak only of its start.
        """
        rollout = rollout_of(self._document())
        release = rollout.release if rollout else ""
        if release in (observed.weights or {}):
            for alarm in alarms:
                if alarm.release == release:
                    return _failed(gate, alarm.words)
        lacking = _lacking(dict(gate.floors), observed)
        if lacking:
            return Look(waits_for=lacking)
        trouble = gate.probe and self._probed(gate.probe)
        if trouble and observed.now >= gate.until:
            return _failed(gate, trouble)
        if trouble:
            return Look(waits_for=f"the right answer: {trouble}")
        return Look(Verdict(gate, passed=True))

    def _probed(self, release: str) -> str | None:
        """Ask the release by its label, and say what is wrong.

        Not during maintenance: then everybody gets the page, and who has the token gets to the
        release with most weight, whatever other header they send. Target health remains.
        """
        document = self._document()
        balancer = self._live.addresses.balancer
        if document.maintenance is not None:
            return None
        if balancer is None:
            raise Refused(["The tier has no balancer: nobody can ask the release."])
        target = probe.target_of(self._live.names, self._contract, balancer.host)
        label = document.releases[release].label
        trouble = probe.trouble_of(self._ask, target, release, label)
        if trouble and EVERYBODY not in self._settings.allowed_networks:
            return f"{trouble} (allowed_networks must have the address that deliver asks from)"
        return trouble

    def _watched(self, gate: Bake | Hold, observed: Observed, alarms: list[Alarmed]) -> Look:
        """Judge a release that has traffic.

        Alarms of other releases are shown, and stop nothing: the new one is not to blame, and may
        be the cure.
        """
        ours = [each for each in alarms if each.release == gate.release]
        doubtful = any(each.watch == hanging_up.WATCH for each in ours)
        try:
            evidence = self._evidences.of(gate, observed, fresh=doubtful)
        except Refused:
            reasons, _ = self._stopped(gate, observed, ours)
            if reasons:
                return _failed(gate, *reasons)
            raise
        measured = {name: _shown(each) for name, each in evidence.each().items()}
        ours = [each for each in ours if not self._set_off_by_clients(each, evidence)]
        reasons, waits = self._stopped(gate, observed, ours)
        if isinstance(gate, Bake):
            reasons += self._faults(gate, evidence, {each.watch for each in ours})
        if reasons:
            return replace(_failed(gate, *reasons), measured=measured)
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
        lacking = _lacking({gate.release: floor}, observed)
        if lacking and (_healthy(gate.release, observed) == 0 or now >= gate.until + REPLACED):
            reasons.append(lacking)
        return reasons, lacking or waits

    def _set_off_by_clients(self, alarm: Alarmed, evidence: Evidence) -> bool:
        if alarm.watch != hanging_up.WATCH:
            return False
        start, others = evidence.lately(REPLACED)
        limit = self._settings.failed_percent
        return hanging_up.only_clients(evidence.readings, alarm.release, start, others, limit)

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
        return _failed(gate, f"{gate.release} had {few} by {gate.latest:%H:%M:%S} UTC")


def _failed(gate: Gate, *reasons: str) -> Look:
    return Look(Verdict(gate, passed=False, reason="; ".join(reasons)))


def _lacking(floors: Mapping[str, int], observed: Observed) -> str:
    """Say which fleets have too few healthy instances."""
    return ", ".join(
        f"{name}: {healthy} of {floor} healthy"
        for name, floor in floors.items()
        if (healthy := _healthy(name, observed)) < floor
    )


def _healthy(name: str, observed: Observed) -> int:
    fleet = observed.fleets.get(name)
    return fleet.healthy if fleet and fleet.made == "whole" else 0


def _shown(measures: Measures) -> Measured:
    if not measures.requests:
        return Measured()
    return Measured(
        requests=measures.requests,
        failed_percent=measures.percent(measures.failed),
        p90_ms=None if measures.p90 is None else measures.p90 * 1000,
    )

"""Whether fleets are ready for traffic: healthy, and a new release answers when asked."""

from collections.abc import Callable

from stack.document import Document
from stack.platform import Contract
from stack.refusal import Refused
from stack.settings import Settings

from ..deciding.gates import Ready, Verdict
from ..deciding.observed import Observed
from ..live.live import Live
from . import probe
from .look import Look, failed, lacking

EVERYBODY = "0.0.0.0/0"


class Readiness:
    """Judges fleets before traffic is moved to them."""

    def __init__(
        self,
        live: Live,
        settings: Settings,
        contract: Contract,
        document: Callable[[], Document],
        ask: probe.Ask,
    ) -> None:
        self._live = live
        self._settings = settings
        self._contract = contract
        self._document = document
        self._ask = ask

    def look(self, gate: Ready, observed: Observed) -> Look:
        """Judge them. That growing takes too long, strategy.py says."""
        missing = lacking(dict(gate.floors), observed)
        if missing:
            return Look(waits_for=missing)
        trouble = gate.probe and self._probed(gate.probe)
        if trouble and observed.now >= gate.until:
            return failed(gate, trouble)
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

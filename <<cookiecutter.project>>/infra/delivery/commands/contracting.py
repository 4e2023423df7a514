"""The second half of a migration: what no release needs any more goes.

An old release may be wanted back as long as its fleet stands, and needs what it knew. So this is
for a tier at rest, in which one release is all there is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from stack.document import Document
from stack.refusal import Refused

from ..deciding.observed import Observed
from ..document.heartbeat import Heartbeat
from ..document.lease import acquire, who
from ..document.record import rollout_of
from ..live.live import Live
from ..place import Place
from .admin import Never, Ran, Ways, run
from .following import Stopping

COMMAND = "contract"
USAGE = 2  # the exit code of a command line that does not know a command


@dataclass
class WhileOurs:
    """A stop that also ends the command when the lease is lost: a rollout may begin then."""

    stop: Stopping
    heart: Heartbeat

    @property
    def wanted(self) -> bool:
        """Tell whether it is to end."""
        try:
            self.heart.check()
        except Refused:
            return True
        return self.stop.wanted

    def wait(self, seconds: float) -> None:
        """Wait, unless it is to end."""
        self.stop.wait(seconds)


def contract(
    place: Place, tell: Callable[[str], None], ways: Ways | None = None, *, steal: bool = False
) -> Ran:
    """Run the release's own `contract`. No rollout can begin meanwhile: the lease is ours."""
    live, ways = Live(place.names, place.account), ways or Ways()
    holder = acquire(place.store, who(), steal=steal)
    try:
        with Heartbeat(holder) as heart:
            release = sole_release(holder.document, live.observe())
            stop = WhileOurs(ways.stop or Never(live.call.sleep), heart)
            ran = run(live, release, [COMMAND], tell, replace(ways, stop=stop))
            heart.check()
    finally:
        _give_back(holder.release, tell)
    if ran.code == USAGE:
        tell(
            f'does {release} have an admin process `{COMMAND}`? docs/commands.md, "Migrations", '
            "says how one is added"
        )
    return ran


def _give_back(release: Callable[[], None], tell: Callable[[str], None]) -> None:
    """Let others work; what went wrong before is not hidden by it."""
    try:
        release()
    except Refused as refusal:  # it ends by itself
        tell(f"the lease was not given back: {refusal}")


def sole_release(document: Document, observed: Observed) -> str:
    """Give the release that is all the tier has; refuse while another might be wanted back."""
    problems = []
    leading = document.leading
    rollout = rollout_of(document)
    if rollout:
        problems.append(f"A rollout of {rollout.release} is under way in {document.tier}.")
    if leading is None:
        problems.append(f"{document.tier} has no release with traffic.")
    problems += [
        f"{name} still stands in {document.tier}, and would not work afterwards."
        for name in sorted({*document.releases, *observed.fleets} - {leading})
    ]
    if leading and not problems and dict(observed.weights or {}) != {leading: 100}:
        problems.append(f"The balancer does not give all traffic of {document.tier} to {leading}.")
    if problems or leading is None:
        raise Refused(problems, "`deliver status` shows how the tier stands; nothing was run.")
    return leading

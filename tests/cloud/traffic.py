"""Traffic in the simulation: requests reach target groups by the live rule's weights, as metrics.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What becomes of a target group's requests: shares of one, and how long an answer takes."""

    failing: float = 0.0  # answered 5xx
    unanswered: float = 0.0  # the balancer answers 502 or 504 in the target's place
    refused: float = 0.0  # 4xx
    redirected: float = 0.0  # 3xx
    abandoned: float = 0.0  # the client hangs up before there is an answer
    latency: float = 0.05  # seconds


WELL = Answers()


@dataclass
class Traffic:
    """Requests a minute per balancer, and how target groups answer; a later word wins."""

    flows: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[str, Answers]] = field(default_factory=list)

    def flow(self, balancer: str, per_minute: int) -> None:
        """Let so many ordinary requests a minute arrive at a balancer; 0 ends it."""
        self.flows[balancer] = per_minute

    def behave(
        self,
        target_group: str,
        *,
        failing: float = 0.0,
        unanswered: float = 0.0,
        refused: float = 0.0,
        redirected: float = 0.0,
        abandoned: float = 0.0,
        latency: float = WELL.latency,
    ) -> None:
        """Say how a target group answers from now on; `*` in its name stands for anything."""
        shares = (failing, unanswered, refused, redirected, abandoned)
        if min(shares) < 0 or sum(shares) > 1:
            raise ValueError(f"shares of the requests must be 0 to 1 together, not {shares}")
        answers = Answers(
            failing=failing,
            unanswered=unanswered,
            refused=refused,
            redirected=redirected,
            abandoned=abandoned,
            latency=latency,
        )
        self.answers = [each for each in self.answers if each[0] != target_group]
        self.answers.append((target_group, answers))

    def of(self, target_group: str) -> Answers:
        """How a target group answers now."""
        for pattern, answers in reversed(self.answers):
            if fnmatchcase(target_group, pattern):
                return answers
        return WELL

    def forget(self) -> None:
        """Nobody asks, and all would be answered."""
        self.flows, self.answers = {}, []


def shared(requests: int, weights: dict[str, int]) -> dict[str, int]:
    """Requests by weight, whole ones, none lost: the largest remainders get what is left over."""
    total = sum(weights.values())
    if not total:
        return {}
    exact = {name: requests * weight / total for name, weight in weights.items()}
    whole = {name: int(each) for name, each in exact.items()}
    by_rest = sorted(exact, key=lambda name: exact[name] - whole[name], reverse=True)
    for name in by_rest[: requests - sum(whole.values())]:
        whole[name] += 1
    return whole

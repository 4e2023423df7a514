"""The numbers side by side, and as ratios round by round, with what is promised of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from tools.bench.measure import Spread, spread
from tools.bench.service.contenders import BARE, FEATURED, OURS, PLAIN

type Played = Sequence[dict[str, dict[str, float]]]

METRICS = {
    "throughput": ("requests/s", "{:.0f}"),
    "p50": ("p50 ms", "{:.2f}"),
    "p99": ("p99 ms", "{:.2f}"),
    "cpu": ("CPU µs/request", "{:.0f}"),
    "memory": ("memory MB", "{:.0f}"),
    "start": ("start ms", "{:.0f}"),
}


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A bound on the median of a ratio, ours over that of another."""

    metric: str
    over: str
    least: float | None = None
    most: float | None = None

    def kept(self, ratio: float) -> bool:
        return (self.least is None or ratio >= self.least) and (
            self.most is None or ratio <= self.most
        )

    def __str__(self) -> str:
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"


PROMISES = (
    Promise(metric="throughput", over=FEATURED, least=1.8),
    Promise(metric="p99", over=FEATURED, most=0.5),
    Promise(metric="throughput", over=BARE, least=1.0),
)


def ratios(played: Played, metric: str, over: str) -> Spread:
    """Ours over another's, within each round."""
    return spread([tallies[OURS][metric] / tallies[over][metric] for tallies in played])


def numbers(played: Played) -> Table:
    """Medians of the rounds."""
    names = (OURS, FEATURED, BARE, PLAIN)
    shown = table("How fast is the service, how big, how soon up?", "median of rounds", names)
    for metric, (heading, form) in METRICS.items():
        medians = [spread([tallies[name][metric] for tallies in played]).median for name in names]
        shown.add_row(heading, *(form.format(median) for median in medians))
    return shown


def comparison(played: Played) -> Table:
    """Each ratio with the range of the middle half of the rounds, and what was promised of it."""
    others = (FEATURED, BARE, PLAIN)
    shown = table("The service over each other", "ratio, half within", others)
    for metric, (heading, _) in METRICS.items():
        cells = []
        for over in others:
            ratio = ratios(played, metric, over)
            text = f"{ratio.median:.2f} {ratio.low:.2f}-{ratio.high:.2f}"
            cells.append("\n".join([text, *verdicts(metric, over, ratio.median)]))
        shown.add_row(heading, *cells)
    return shown


def table(title: str, corner: str, names: Sequence[str]) -> Table:
    shown = Table(title=title, title_justify="left")
    shown.add_column(corner)
    for name in names:
        shown.add_column(name, justify="right")
    return shown


def verdicts(metric: str, over: str, ratio: float) -> list[str]:
    return [
        f"{promise} {'kept' if promise.kept(ratio) else 'broken'}"
        for promise in PROMISES
        if (promise.metric, promise.over) == (metric, over)
    ]


def broken(played: Played) -> int:
    """How many promises the medians break."""
    return sum(
        not promise.kept(ratios(played, promise.metric, promise.over).median)
        for promise in PROMISES
    )

"""Shows what each tier costs in a month: python -m stack.costs_page.

With --write it writes the table in docs/architecture.md anew: what the defaults cost.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from .costs import HOURS, PARTS, Cost, bill, of_platform, per_million, total
from .names import Names
from .prices import WHERE, Prices, read_prices
from .refusal import Gathering, Refused
from .settings import Settings
from .settings_page import INFRA, settings_of
from .tiers import COLUMNS, STEADY, TIERS, defaults

PAGE = INFRA.parent / "docs" / "architecture.md"
BEGIN, END = "<!-- costs: begin -->\n", "<!-- costs: end -->"
BY_MACHINE = ("instances", "total")  # the rows that depend on the architecture
EACH_MILLION = "each million requests"
NAT = "NAT gateways (shared)"
Rows = dict[str, list[str]]  # a cell for each tier


def now() -> str:
    """Show what the tiers cost with the settings that they have."""
    prices = read_prices()
    gathering = Gathering()
    settings, bills = {}, {}
    for tier in TIERS:
        with gathering.taken():
            settings[tier] = settings_of(tier)
            bills[tier] = bill(tier, settings[tier], prices)
    gathering.refuse()
    table = [["", *TIERS], *_lines(_rows(bills)), *_lines(_beside(settings, prices))]
    return "\n".join([*_aligned(table), "", *_remarks(prices, regions())])


def page(before: str) -> str:
    """Write the table of the defaults into the page."""
    start, begin, rest = before.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise Refused([f"docs/{PAGE.name}: it has no {BEGIN.strip()} followed by {END}."])
    return "".join([start, begin, *(f"{line}\n" for line in _of_defaults()), end, tail])


def regions() -> dict[str, str]:
    """Read where each tier is, from its own file."""
    files = {tier: INFRA / Names("any", tier).settings_file for tier in TIERS}
    written = {tier: yaml.safe_load(file.read_text()) for tier, file in files.items()}
    return {
        tier: (each.get("config") or {}).get("aws:region", "") for tier, each in written.items()
    }


def _of_defaults() -> Iterator[str]:
    """Write the table of what the defaults cost, for each architecture, as Markdown."""
    prices = read_prices()
    settings = {each: {tier: _default(tier, each) for tier in COLUMNS} for each in STEADY}
    tables = {
        architecture: _rows({tier: bill(tier, each, prices) for tier, each in of_tiers.items()})
        for architecture, of_tiers in settings.items()
    }
    rows: Rows = {}
    for architecture, table in tables.items():
        for part, cells in table.items():
            rows[f"{part}, {architecture}" if part in BY_MACHINE else part] = cells
        rows.update(_beside(settings[architecture], prices))
    yield f"USD a month, by list prices of {prices.region} on {prices.date}:\n"
    yield f"| | {' | '.join(COLUMNS)} |"
    yield f"|{' --- |' * (1 + len(COLUMNS))}"
    yield from (f"| {' | '.join(line)} |" for line in sorted(_lines(rows), key=_place))


def _place(line: Sequence[str]) -> int:
    """Tell the place of a row: as in a bill, then what is beside it."""
    return (*PARTS, "total", EACH_MILLION, NAT).index(line[0].partition(",")[0])


def _default(tier: str, architecture: str) -> Settings:
    """Give a tier's settings as nobody changed them."""
    common = {"team": "any", "repository": "any/any", "architecture": architecture}
    return Settings.model_validate({**defaults(tier, architecture), **common})


def _rows(bills: Mapping[str, list[Cost]]) -> Rows:
    """Put bills beside each other; a part that no tier has gets no row."""
    columns = [{each.part: each for each in [*costs, total(costs)]} for costs in bills.values()]
    return {
        part: [_cell(column.get(part)) for column in columns]
        for part in (*PARTS, "total")
        if any(part in column for column in columns)
    }


def _beside(settings: Mapping[str, Settings], prices: Prices) -> Rows:
    """Show what is not in the total."""
    return {
        EACH_MILLION: [_dollars(per_million(each, prices)) for each in settings.values()],
        NAT: [_dollars(of_platform(tier, prices)) for tier in settings],
    }


def _remarks(prices: Prices, places: Mapping[str, str]) -> Iterator[str]:
    """Say what the numbers are, and what they are not."""
    yield (
        f"{prices.currency} for {HOURS} hours, by list prices of {prices.region} on {prices.date} "
        f"({WHERE}),"
    )
    yield "from min_size to max_size instances, with one fleet. docs/architecture.md says more."
    elsewhere = {place for place in places.values() if place and place != prices.region}
    if elsewhere:
        tiers = ", ".join(tier for tier, place in places.items() if place in elsewhere)
        yield (
            f"NOT YOUR PRICES: {tiers} in {', '.join(sorted(elsewhere))}, where AWS asks for "
            f"others. Put those into {WHERE}."
        )
    if prices.unseen:
        yield f"Not from a list or bill of AWS: {', '.join(prices.unseen)}. Look before you budget."


def _lines(rows: Rows) -> Iterator[list[str]]:
    yield from ([name, *cells] for name, cells in rows.items())


def _aligned(table: list[list[str]]) -> Iterator[str]:
    """Write a table with its columns below each other, numbers to the right."""
    widths = [max(len(line[place]) for line in table) for place in range(len(table[0]))]
    for first, *rest in table:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()


def _cell(cost: Cost | None) -> str:
    """Write a cost; what grows with the fleet from least to most."""
    if cost is None:
        return "-"
    least, most = _dollars(cost.least), _dollars(cost.most)
    return least if least == most else f"{least} to {most}"


def _dollars(value: float) -> str:
    return f"{value:.2f}" if value else "-"


def main(arguments: Sequence[str]) -> Any:  # noqa: ANN401 what sys.exit takes
    """Show or write, or say what is wrong."""
    try:
        if arguments == ["--write"]:
            PAGE.write_text(page(PAGE.read_text()))
        else:
            print(now())  # noqa: T201
    except Refused as refused:
        return f"error: {refused}"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Signs for a terminal: each state has a word and a shape, not only a colour."""

from dataclasses import dataclass

from .situation import State


@dataclass(frozen=True)
class Signs:
    """Characters; another set where a terminal has no others than ASCII's."""

    full: str
    empty: str
    joint: str
    marks: dict[State, str]

    def bar(self, share: float, width: int) -> str:
        """Draw a share from 0 to 1; a little is seen, and all is only all."""
        cells = round(max(0.0, min(1.0, share)) * width)
        if 0 < share < 1 and width > 1:
            cells = min(max(cells, 1), width - 1)
        return self.full * cells + self.empty * (width - cells)


BLOCKS = Signs(
    full="█",
    empty="░",
    joint=" · ",
    marks={"done": "✓", "now": "▶", "next": "·", "not done": "✗"},
)
ASCII = Signs(
    full="#",
    empty=".",
    joint=" - ",
    marks={"done": "+", "now": ">", "next": " ", "not done": "x"},
)
STYLES: dict[State, str] = {"done": "green", "now": "bold", "next": "dim", "not done": "dim"}

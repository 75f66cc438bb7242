"""One measured value beside its budget. Prints and counts; measures nothing."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A budget kept or not: `value` may be at most `budget`, or with `least` at least; a note explains the value."""

    name: str
    value: float
    budget: float
    unit: str = ""
    least: bool = False
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether the budget holds."""
        return self.value >= self.budget if self.least else self.value <= self.budget

    def text(self) -> str:
        """The line as printed: name, value, budget, verdict."""
        sign = "≥" if self.least else "≤"
        verdict = "OK" if self.kept else "OVER"
        return f"{self.name:<58} {self.value:>10,.2f} {self.unit:<6} {sign} {self.budget:>9,.1f}  {verdict:<4} {self.note}".rstrip()


def tell(line: Line, told: list[Line]) -> None:
    """Print a line at once and keep it."""
    sys.stdout.write(line.text() + "\n")
    sys.stdout.flush()
    told.append(line)

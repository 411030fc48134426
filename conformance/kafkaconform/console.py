"""A run as it goes on: a bar on a terminal, plain lines where there is none; failures as they come."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kafkaconform.reports.text import counted, failure
from kafkaconform.results import Outcome, Result


class Narrator:
    """Tells results as they come. Without a terminal a line sums up each group when the next begins, or names its only check."""

    def __init__(self, console: Console, progress: Progress, total: int) -> None:
        self._console = console
        self._progress = progress
        self._task = progress.add_task("", total=total)
        self._group = ""
        self._path = ""
        self._counts: Counter[Outcome] = Counter()

    def tell(self, result: Result) -> None:
        """One more check has ended."""
        if result.api != self._group:
            self.end_group()
            self._group = result.api
        self._path = result.path
        self._counts[result.outcome] += 1
        self._progress.update(self._task, advance=1, description=result.api)
        if result.outcome is Outcome.FAILED:
            first, *rest = failure(result)
            say(self._console, f"✗ {first}", style="red")
            for line in rest:
                say(self._console, line)

    def end_group(self) -> None:
        """Sum up the group that has been told."""
        if self._counts and not self._console.is_terminal:
            is_alone = self._counts.total() == 1
            say(self._console, f"{self._path if is_alone else self._group}: {counted(self._counts)}")
        self._counts.clear()


@contextmanager
def narrating(console: Console, total: int) -> Iterator[Narrator]:
    """A narrator of ``total`` checks; the bar goes away at the end."""
    columns = (TextColumn("{task.description:<24.24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        narrator = Narrator(console, progress, total)
        yield narrator
        narrator.end_group()


def say(console: Console, line: str, style: str | None = None) -> None:
    """A line as it is: nothing in it is markup, and outside a terminal it is not folded."""
    console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)

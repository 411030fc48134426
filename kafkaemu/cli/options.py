"""Reading options from a command line, from a small table; much less than a library does, in no time."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from kafkaemu.cli.errors import UsageError


@attrs.frozen
class Option:
    """One option: ``--port``; what its value is called in the help, what it means, whether it may be given several times."""

    name: str
    value: str
    meaning: str
    repeated: bool = False


@attrs.frozen
class Command:
    """A command's options, and the words before and after them in its help."""

    name: str
    summary: str
    options: tuple[Option, ...]
    more: str = ""

    def help(self) -> str:
        """What ``--help`` prints."""
        width = max(len(f"{option.name} {option.value}") for option in self.options)
        lines = [f"Usage: kafkaemu {self.name} [OPTION]...", "", self.summary, "", "Options:"]
        for option in self.options:
            head = f"{option.name} {option.value}".ljust(width)
            first, *others = option.meaning.split("\n")
            lines.append(f"  {head}  {first}")
            lines.extend(" " * (width + 4) + line for line in others)
        if self.more:
            lines += ["", self.more]
        return "\n".join(lines)

    def parse(self, arguments: Sequence[str]) -> dict[str, list[str]] | None:
        """The values by option name; None if help is asked for. Raises `UsageError`."""
        by_name = {option.name: option for option in self.options}
        values: dict[str, list[str]] = {}
        rest = list(arguments)
        while rest:
            word = rest.pop(0)
            if word in ("--help", "-h"):
                return None
            name, equals, value = word.partition("=")
            option = by_name.get(name)
            if option is None:
                raise UsageError(self._unknown(name))
            if not equals:
                if not rest:
                    raise UsageError(f"{name} needs a value: {name} {option.value}")
                value = rest.pop(0)
            if name in values and not option.repeated:
                raise UsageError(f"{name} is given twice")
            values.setdefault(name, []).append(value)
        return values

    def _unknown(self, word: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(word, [option.name for option in self.options], n=1)
        if near:
            return f"{self.name} has no option {word}; did you mean {near[0]}?"
        return f"{self.name} has no option {word}; `kafkaemu {self.name} --help` lists them"

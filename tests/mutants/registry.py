"""The list of mutants, and the ways in which their modules plant a defect."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import attrs


@attrs.frozen
class Mutant:
    """A defect: its name, what it is, how it is planted, and one check of the runner that has to find it."""

    name: str
    what: str
    plant: Callable[[], None]
    found_by: str


_MUTANTS: dict[str, Mutant] = {}


def mutant(found_by: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes a mutant of a function that plants it in this process; its name and docstring are the mutant's."""

    def add(plant: Callable[[], None]) -> Callable[[], None]:
        name = plant.__name__
        assert name not in _MUTANTS and plant.__doc__, name
        _MUTANTS[name] = Mutant(name, plant.__doc__, plant, found_by)
        return plant

    return add


def mutants() -> dict[str, Mutant]:
    """Every mutant by its name."""
    package = importlib.import_module("tests.mutants")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("in_"):
            importlib.import_module(f"tests.mutants.{module.name}")
    return _MUTANTS


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """In place of ``owner.name`` comes what ``make`` makes of it."""
    setattr(owner, name, make(getattr(owner, name)))


def alter_answers(api: str, change: Callable[[Any], None]) -> None:
    """Every answer of the handler module ``api`` is changed before it is sent, whether it is given at once or later."""
    from kafkaemu.delayed import Parked

    module = importlib.import_module(f"kafkaemu.handlers.{api}")
    original = module.handle

    def changed(answer: Any) -> Any:
        if answer is not None:
            change(answer)
        return answer

    def handle(context: Any, request: Any, body: Any) -> Any:
        answer = original(context, request, body)
        if not isinstance(answer, Parked):
            return changed(answer)
        expire = answer.on_expire
        return attrs.evolve(
            answer,
            try_complete=lambda: changed(answer.try_complete()),
            on_expire=None if expire is None else lambda: changed(expire()),
        )

    module.handle = handle  # type: ignore[attr-defined]


class Now:
    """True once in so many times that it is asked."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._asked = 0

    def __call__(self) -> bool:
        self._asked += 1
        return self._asked % self._every == 0

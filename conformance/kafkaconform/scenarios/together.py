"""Programs of several clients side by side: they mostly wait, and what one does is nothing to another."""

import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import attrs

from kafkaconform.scenarios.driver import CheckResult, ScenarioClient, run_scenarios

Restart = Callable[[], str | None]


def run_together(
    clients: Sequence[ScenarioClient], bootstrap: str, restart: Restart | None = None
) -> dict[str, Future[list[CheckResult]]]:
    """Starts the program of each client; by the client's name what it reports, once it has ended.

    ``restart`` is as `run_scenarios` has it, and is called once for all, when every program that is still running has asked for it.
    """
    shared = None if restart is None else _SharedRestart(restart, {client.name for client in clients})
    return {client.name: _started(client, bootstrap, shared) for client in clients}


def _started(client: ScenarioClient, bootstrap: str, shared: "_SharedRestart | None") -> Future[list[CheckResult]]:
    reports: Future[list[CheckResult]] = Future()

    def run() -> None:
        prefix = f"{client.name}-{secrets.token_hex(4)}"
        wait = None if shared is None else lambda: shared.wait(client.name)
        try:
            reports.set_result(run_scenarios(client, bootstrap, prefix, restart=wait))
        except Exception as failure:
            reports.set_exception(failure)
        if shared is not None:
            shared.leave(client.name)

    # A run that is broken off does not wait for its programs: they end when nobody takes what they print.
    threading.Thread(target=run, daemon=True).start()
    return reports


@attrs.define
class _SharedRestart:
    """A restart for several programs, done in the thread of one that lets the others wait no longer."""

    _restart: Restart
    _expected: set[str]
    _is_wanted: bool = False
    _failure: str | None = "the broker could not be restarted"
    _is_over: threading.Event = attrs.field(factory=threading.Event)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def wait(self, name: str) -> str | None:
        """Until the broker was restarted; why it does not answer then."""
        self._is_wanted = True
        self.leave(name)
        self._is_over.wait()
        return self._failure

    def leave(self, name: str) -> None:
        """Nobody need wait for this program any more."""
        with self._lock:
            was_expected = name in self._expected
            self._expected.discard(name)
            if not was_expected or self._expected or not self._is_wanted:
                return
        try:
            self._failure = self._restart()
        finally:
            self._is_over.set()

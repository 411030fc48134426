"""Where a broker's configuration comes from: a properties file, ``--set key=value``, flags; later ones count.

Reading the environment (``KAFKA_*``) is not part of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from kafkaemu.config.table import BROKER
from kafkaemu.config.values import ConfigError

if TYPE_CHECKING:
    from kafkaemu.world.interface import Disk


#: Keys that name a Java class or a part of Kafka which decides who may do what; a broker without it should not be silent.
NOT_BUILT = {
    "alter.config.policy.class.name": "every config change is allowed",
    "authorizer.class.name": "nobody is refused anything",
    "client.quota.callback.class": "no quota is enforced",
    "create.topic.policy.class.name": "every topic is allowed",
    "replica.selector.class": "consumers read from leaders",
}


@attrs.frozen
class Sources:
    """The texts by key that go into `BrokerConfig`, and one sentence for each thing worth a warning."""

    overrides: dict[str, str]
    warnings: tuple[str, ...]


def load(
    disk: Disk,
    *,
    properties_file: str | None = None,
    settings: Iterable[str] = (),
    flags: Mapping[str, str] | None = None,
    forget: Iterable[str] = (),
) -> Sources:
    """Read and merge: file, then ``settings`` (``key=value`` each), then ``flags`` (texts by key). The keys to ``forget`` do not count
    if the file has them.

    A key that Kafka does not know is one warning in a file, where plugins and other programs have theirs, and an error in
    ``settings``. Raises `ConfigError` for that, and for a file that cannot be read.
    """
    overrides: dict[str, str] = {}
    warnings: tuple[str, ...] = ()
    if properties_file is not None:
        overrides = read_properties(disk, properties_file)
        unknown = [name for name in overrides if not is_known(name)]
        warnings = tuple(f"unknown key in {properties_file}, ignored: {name}" for name in unknown)
        for name in forget:
            overrides.pop(name, None)
    for setting in settings:
        name, value = parse_setting(setting)
        overrides[name] = value
    overrides.update(flags or {})
    warnings += tuple(
        f"{name} is set, but classes cannot be loaded: {effect}"
        for name, effect in NOT_BUILT.items()
        if overrides.get(name, "").strip()
    )
    return Sources(overrides, warnings)


def is_known(name: str) -> bool:
    """Whether Kafka has a broker key of that name, with or without a listener's prefix."""
    return name in BROKER or name.startswith("listener.name.")


def read_properties(disk: Disk, path: str) -> dict[str, str]:
    """The pairs of a Java properties file. Raises `ConfigError` if it cannot be read."""
    import javaproperties

    try:
        # Java reads properties files as Latin-1 (java.util.Properties), and so does every byte decode.
        return dict(javaproperties.loads(disk.read(path).decode("iso-8859-1")))
    except OSError as error:
        raise ConfigError(f"cannot read the configuration file {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(f"{path} is not a Java properties file: {error}") from error


def parse_setting(text: str) -> tuple[str, str]:
    """Key and value of a ``key=value``. Raises `ConfigError` without "=", and for a key that Kafka does not know."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise ConfigError(f"--set takes key=value, not {text!r}")
    if not is_known(name):
        from difflib import get_close_matches

        near = get_close_matches(name, list(BROKER), n=1)
        raise ConfigError(
            f"--set: Kafka has no broker configuration {name}" + (f"; did you mean {near[0]}?" if near else "")
        )
    return name, value

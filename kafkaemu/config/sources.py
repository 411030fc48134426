"""Where a broker's configuration comes from: a properties file, the environment, ``--set key=value``, flags; later ones count.

As in Apache's image, which appends what the environment says to the file that it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from kafkaemu.config.spelling import SETTING_RATIO, is_known, near_key
from kafkaemu.config.table import BROKER
from kafkaemu.config.values import ConfigError

if TYPE_CHECKING:
    from kafkaemu.config.environment import Environment
    from kafkaemu.world.interface import Disk


@attrs.frozen
class Sources:
    """The texts by key that go into `BrokerConfig`, where each is from (the name of a file, of a variable, or of a flag), and one
    sentence for each thing worth a warning."""

    overrides: dict[str, str]
    origins: dict[str, str]
    warnings: tuple[str, ...]

    def explain(self, error: ConfigError) -> ConfigError:
        """``error`` as a sentence that also says where the value is from, and what would be one."""
        for name, text in self.overrides.items():
            key = BROKER.get(name)
            if key is None or name not in self.origins:
                continue
            try:
                key.parse(text)
            except ConfigError as own:
                if str(own) == str(error):
                    valid = f" (valid values: {key.valid_values})" if key.valid_values else ""
                    return ConfigError(f"{self.origins[name]}: {error}{valid}")
        told = "".join(str(error).split())
        words = {word.strip("`'.,:;()") for word in str(error).replace("=", " ").split()}
        named = [
            f"{name} is from {origin}"
            for name, origin in self.origins.items()
            # What is wrong with addresses is told by the addresses, not by the key.
            if ("".join(self.overrides[name].split()) in told if name.endswith("listeners") else name in words)
        ]
        return ConfigError(error.with_hint + (f" ({', '.join(named)})" if named else ""))


def load(
    disk: Disk,
    *,
    properties_file: str | None = None,
    environment: Environment | None = None,
    settings: Iterable[str] = (),
    flags: Mapping[str, str] | None = None,
    forget: Iterable[str] = (),
) -> Sources:
    """Read and merge: file, then ``environment``, then ``settings`` (``key=value`` each), then ``flags`` (texts by key). The keys to
    ``forget`` do not count if the file or the environment has them.

    A key that Kafka does not know is one warning in a file, where plugins and other programs have theirs, and an error in
    ``settings``. Raises `ConfigError` for that, and for a file that cannot be read.
    """
    overrides: dict[str, str] = {}
    origins: dict[str, str] = {}
    warnings: tuple[str, ...] = ()
    if properties_file is not None:
        overrides = read_properties(disk, properties_file)
        origins = dict.fromkeys(overrides, properties_file)
        warnings = tuple(_unknown(properties_file, [name for name in overrides if not is_known(name)]))
    if environment is not None:
        overrides |= {name: text for name, (_, text) in environment.settings.items()}
        origins |= {name: variable for name, (variable, _) in environment.settings.items()}
        warnings += tuple(
            f"no configuration of Kafka, ignored: {variable}; did you mean {near}?"
            for variable, near in environment.misspelt
        )
        if environment.foreign:
            warnings += (f"there is neither a JVM nor ZooKeeper here, ignored: {', '.join(environment.foreign)}",)
    for name in forget:
        overrides.pop(name, None)
    for setting in settings:
        name, value = parse_setting(setting)
        overrides[name] = value
        origins[name] = "--set"
    overrides.update(flags or {})
    origins = {name: origin for name, origin in origins.items() if name in overrides and name not in (flags or {})}
    return Sources(overrides, origins, warnings)


def _unknown(path: str, names: Iterable[str]) -> Iterable[str]:
    of_zookeeper = []
    for name in names:
        if name.startswith("zookeeper."):
            of_zookeeper.append(name)
        else:
            near = near_key(name)
            yield f"unknown key in {path}, ignored: {name}" + (f"; did you mean {near}?" if near else "")
    if of_zookeeper:
        yield f"there is no ZooKeeper here, ignored in {path}: {', '.join(of_zookeeper)}"


def read_properties(disk: Disk, path: str) -> dict[str, str]:
    """The pairs of a Java properties file. Raises `ConfigError` if it cannot be read."""
    import javaproperties

    try:
        # Java reads properties files as Latin-1 (java.util.Properties), and so does every byte decode.
        text = disk.read(path).decode("iso-8859-1")
        if "\0" in text:
            raise ValueError("it is not even text")
        return dict(javaproperties.loads(text))
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
        near = near_key(name, SETTING_RATIO)
        raise ConfigError(
            f"--set: Kafka has no broker configuration {name}" + (f"; did you mean {near}?" if near else "")
        )
    return name, value

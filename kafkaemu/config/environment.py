"""Configuration from environment variables, by the rules of the images that people start Kafka with.

``KAFKA_NUM_PARTITIONS`` is ``num.partitions``: what follows the prefix in lower case, ``___`` for ``-``, ``__`` for ``_``, ``_`` for
``.`` (KafkaDockerWrapper; Confluent's image alike). ``KAFKA_CFG_NUM_PARTITIONS`` is Bitnami's way to say it, where an empty value
counts as none. Only ``kafkaemu serve`` reads the environment; a broker inside a test never does.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from kafkaemu.config.spelling import is_known, near_key

PREFIX, BITNAMI_PREFIX = "KAFKA_", "KAFKA_CFG_"
#: What the id of the cluster is called by Apache's and Confluent's images, and by Bitnami's.
CLUSTER_ID_VARIABLES = ("CLUSTER_ID", "KAFKA_CLUSTER_ID", "KAFKA_KRAFT_CLUSTER_ID")
#: Prefixes of variables for what is not here: a JVM, its logging and monitoring, ZooKeeper.
FOREIGN_PREFIXES = (
    "KAFKA_CFG_ZOOKEEPER_",
    "KAFKA_GC_LOG_OPTS",
    "KAFKA_HEAP_OPTS",
    "KAFKA_JMX_",
    "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_LOG4J",
    "KAFKA_OPTS",
    "KAFKA_TOOLS_LOG4J",
    "KAFKA_ZOOKEEPER_",
)


@attrs.frozen
class Environment:
    """What the environment says: ``settings`` are (variable, text) by key, ``foreign`` the names of variables that images know and
    that mean nothing here, ``misspelt`` those that name no key but nearly one, each with the variable of that key. All others with
    the prefix are of somebody else's program, and passed over."""

    settings: dict[str, tuple[str, str]] = attrs.Factory(dict)
    cluster_id: str | None = None
    foreign: tuple[str, ...] = ()
    misspelt: tuple[tuple[str, str], ...] = ()

    @property
    def taken(self) -> list[str]:
        """The names of the variables that count."""
        return sorted(variable for variable, _ in self.settings.values())


def key_of(variable: str) -> str:
    """The configuration key that a variable names, whether there is such a key or not."""
    return variable.removeprefix(_prefix(variable)).lower().replace("_", ".").replace("...", "-").replace("..", "_")


def _variable_of(key: str, prefix: str) -> str:
    return prefix + key.replace("_", "__").replace("-", "___").replace(".", "_").upper()


def _prefix(variable: str) -> str:
    return BITNAMI_PREFIX if variable.startswith(BITNAMI_PREFIX) else PREFIX


def read_environment(environ: Mapping[str, str]) -> Environment:
    """What ``environ`` says. Where both ways to name a key are used, Bitnami's counts."""
    settings: dict[str, tuple[str, str]] = {}
    foreign, misspelt = [], []
    for variable in sorted(environ, key=lambda name: (name.startswith(BITNAMI_PREFIX), name)):
        if variable.startswith(FOREIGN_PREFIXES):
            foreign.append(variable)
        elif not variable.startswith(PREFIX):
            continue
        elif is_known(key := key_of(variable)):
            text = environ[variable]
            if text or not variable.startswith(BITNAMI_PREFIX):
                settings[key] = (variable, text)
        elif near := near_key(key):
            misspelt.append((variable, _variable_of(near, _prefix(variable))))
    cluster_ids = [environ[name] for name in CLUSTER_ID_VARIABLES if environ.get(name)]
    return Environment(settings, cluster_ids[0] if cluster_ids else None, tuple(foreign), tuple(misspelt))


def where_advertised(advertised_listeners: str) -> str:
    """Listeners on the ports that are advertised, at every address: so listens Confluent's image that is told nothing else."""
    listeners = []
    for advertised in advertised_listeners.split(","):
        name, slashes, address = advertised.strip().rpartition("://")
        listeners.append(f"{name}{slashes}0.0.0.0:{address.rpartition(':')[2]}")
    return ",".join(listeners)

"""Every client that has scenarios, oldest release of each library first.

confluent-kafka-javascript is not among them: installing it downloads binaries, or sources to build, from outside npm.
"""

from collections.abc import Mapping

from kafkaconform.scenarios.driver import ScenarioClient
from kafkaconform.scenarios.installs import GoClient, JavaClient, NodeClient, PythonClient, SystemClient

CURRENT = "4.3"
OLD = ("2.8", "3.3", "3.9")
_CODECS = tuple(f"round_trip:{codec}" for codec in ("none", "gzip", "snappy", "lz4", "zstd"))
_STRATEGIES = tuple(f"strategy:{name}" for name in ("range", "roundrobin", "sticky", "cooperative-sticky"))
_READING = ("seek", "reset", "idempotence", "compaction", "timeouts", "times")
_ADMIN = ("topics", "configs", "groups")
_FULL = (*_CODECS, "resume", "rebalance", *_STRATEGIES, "static", "silent", *_READING, *_ADMIN, "restart")
_BASIC = (*_CODECS, "resume", "rebalance", "topics")

_COMMITS_1 = {"resume": "it commits in version 1 of OffsetCommit, which Kafka 4.0 has dropped"}


def _java(version: str) -> ScenarioClient:
    return JavaClient(library="java", version=version, checks=_FULL, kafka_releases=(*OLD, CURRENT))


def _without(checks: tuple[str, ...], *lacking: str) -> tuple[str, ...]:
    return tuple(check for check in checks if check not in lacking)


def _go(
    library: str,
    version: str,
    *kafka_releases: str,
    lacks: tuple[str, ...] = (),
    modules: str = "go",
    fails_today: Mapping[str, str] | None = None,
) -> ScenarioClient:
    return GoClient(
        library=library,
        version=version,
        checks=_without(_FULL, *lacks),
        kafka_releases=kafka_releases,
        fails_today=fails_today or {},
        program=library,
        modules=modules,
        import_path=("github.com/IBM/sarama", "github.com/Shopify/sarama") if modules != "go" else None,
    )


#: What is beyond kafka-go: it makes no static members and no idempotent producers. Older releases cannot delete groups.
_KAFKA_GO_LACKS = ("strategy:sticky", "strategy:cooperative-sticky", "static", "idempotence")
#: Their readers may not come back in half a minute where the broker has forgotten the topic, though today's do.
_OLD_KAFKA_GO_LACKS = (*_KAFKA_GO_LACKS, "configs", "groups", "restart")
#: Older releases of sarama keep connections that were cut, and fail with them for good.
_OLD_SARAMA_LACKS = ("strategy:cooperative-sticky", "static", "configs", "groups", "restart")
_OLD_PYTHON = (*_without(_BASIC, "round_trip:zstd"), "seek", "compaction", "timeouts", "times")
#: What is beyond kafkajs: it shares by round robin only, and makes no static members.
_KAFKAJS_LACKS = ("round_trip:lz4", "strategy:range", "strategy:sticky", "strategy:cooperative-sticky", "static")
#: What kafka-python compresses with.
_COMPRESSORS = ("lz4==4.4.5", "python-snappy==0.7.3", "xxhash==4.1.0", "zstandard==0.25.0")


def _python(
    library: str,
    version: str,
    *kafka_releases: str,
    checks: tuple[str, ...] = _BASIC,
    requirements: tuple[str, ...] = (),
    program: str | None = None,
) -> ScenarioClient:
    return PythonClient(
        library=library,
        version=version,
        checks=checks,
        kafka_releases=kafka_releases,
        program=program or f"{library}.py",
        requirements=requirements,
    )


_ALL = [
    *(_java(version) for version in ("2.8.2", "3.3.2", "3.9.1", "4.3.1")),
    _go("franz-go", "1.6.0", "2.8", CURRENT, modules="kafka-2.8"),
    # It never takes to a topic that was made anew, as happens where a broker forgets everything.
    _go("franz-go", "1.10.4", "3.3", CURRENT, modules="kafka-3.3", lacks=("restart",)),
    _go("franz-go", "1.22.3", *OLD, CURRENT),
    _go("kafka-go", "0.4.17", "2.8", CURRENT, modules="kafka-2.8", lacks=_OLD_KAFKA_GO_LACKS),
    _go("kafka-go", "0.4.38", "3.3", CURRENT, modules="kafka-3.3", lacks=_OLD_KAFKA_GO_LACKS),
    _go("kafka-go", "0.4.51", *OLD, CURRENT, lacks=_KAFKA_GO_LACKS),
    _go(
        "sarama",
        "1.29.1",
        "2.8",
        CURRENT,
        modules="kafka-2.8",
        lacks=_OLD_SARAMA_LACKS,
        fails_today=_COMMITS_1,
    ),
    _go(
        "sarama",
        "1.38.1",
        "3.3",
        CURRENT,
        modules="kafka-3.3",
        lacks=_OLD_SARAMA_LACKS,
        fails_today=_COMMITS_1,
    ),
    # It speaks as the release that its user names, and these name the newest that the library knows.
    _go("sarama", "1.61.1", CURRENT),
    _python("kafka-python", "1.4.6", "2.8", CURRENT, checks=_OLD_PYTHON, requirements=_COMPRESSORS),
    _python("kafka-python", "2.0.2", "3.3", CURRENT, checks=_OLD_PYTHON, requirements=_COMPRESSORS),
    # After a restart that forgot its topic its member may have no partitions for good: it misses a rebalance between two polls.
    _python(
        "kafka-python",
        "3.0.12",
        CURRENT,
        checks=_without(_FULL, "round_trip:zstd", "restart"),
        requirements=_COMPRESSORS,
    ),
    # After a restart its consumer leaves the group in order, and now and then never returns from closing: its threads do not end.
    _python("confluent-kafka", "2.0.2", "3.3", CURRENT, checks=_without(_FULL, "strategy:sticky", "reset", "restart")),
    _python("confluent-kafka", "2.16.1", CURRENT, checks=_without(_FULL, "strategy:sticky")),
    # It cannot delete groups. A program of the library's own name would be imported in its stead.
    _python(
        "aiokafka",
        "0.14.0",
        CURRENT,
        checks=_without(_FULL, "strategy:cooperative-sticky", "groups"),
        requirements=("cramjam==2.14.0",),
        program="aiokafka-client.py",
    ),
    SystemClient(
        library="kcat",
        version="of the system",
        checks=(*_CODECS, "resume", "rebalance", "seek", "idempotence", "times", "topics"),
        kafka_releases=("3.3", CURRENT),
    ),
    NodeClient(
        library="kafkajs", version="2.2.4", checks=_without(_FULL, *_KAFKAJS_LACKS), kafka_releases=("3.3", CURRENT)
    ),
]
CLIENTS: dict[str, ScenarioClient] = {client.name: client for client in _ALL}

"""The fixtures and markers, in test runs of their own."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from kafkaemu.testing import Broker

HEAVY = ("trio", "attrs", "kafkaemu.broker", "kafkaemu.testing.embedded", "kafkawire", "asyncio", "socket")


def run(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    """Run a test file in a process of its own."""
    pytester.makepyfile(test_it=source)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)


def test_each_test_has_a_broker_of_its_own_as_it_is_marked(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        @pytest.mark.kafka_config({"num.partitions": 3, "log.retention.hours": 1})
        class TestFresh:
            @pytest.mark.kafka_topics("orders", "bills:2", audit=4)
            @pytest.mark.kafka_config(num_partitions=5)
            def test_first(self, kafka_broker):
                assert kafka_broker.topics() == {"orders": 5, "bills": 2, "audit": 4}
                kafka_broker.produce("made", "x")

            def test_second(self, kafka_broker):
                kafka_broker.produce("auto", "x")
                assert kafka_broker.topics() == {"auto": 3}

        @pytest.mark.kafka_as_version("2.8")
        def test_release(kafka_broker):
            assert kafka_broker.topics() == {}

        @pytest.mark.kafka_topics("orders:2")
        @pytest.mark.parametrize("time", [1, 2])
        def test_shared(kafka_broker_session, time):
            assert kafka_broker_session.records("orders") == []
            kafka_broker_session.produce("orders", "x")
            kafka_broker_session.produce("kept", "x")
            assert len(kafka_broker_session.records("kept")) == time

        def test_external(kafka_external):
            raise AssertionError("there is none")
    """
    result = run(pytester, source, "-rs", "--strict-markers")
    result.assert_outcomes(passed=5, skipped=1)
    result.stdout.fnmatch_lines("*no broker to test against: name one with --kafka-bootstrap host:port*")


def test_a_marker_or_config_that_is_misspelt_is_an_error(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        @pytest.mark.kafka_topic("orders")
        def test_marker(kafka_broker):
            pass

        @pytest.mark.kafka_config({"num.partition": 1})
        def test_config(kafka_broker):
            pass

        @pytest.mark.kafka_config({"num.partitions": 1})
        def test_shared(kafka_broker_session):
            pass
    """
    result = run(pytester, source, "-W", "ignore::pytest.PytestUnknownMarkWarning")
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(
        [
            "*there is no marker kafka_topic: did you mean kafka_topics?*",
            "*no broker config num.partition: did you mean num.partitions?*",
            "*kafka_config is for a broker of one test: use kafka_broker*",
        ]
    )


def test_a_failed_test_tells_what_its_broker_holds(pytester: pytest.Pytester) -> None:
    source = """
        import pytest
        from confluent_kafka import Consumer, TopicPartition
        from confluent_kafka.admin import AdminClient, NewTopic

        @pytest.mark.kafka_topics("orders:2")
        def test_fails(kafka_broker):
            for number in range(7):
                kafka_broker.produce("orders", f"order {number}", key="table 4")
            servers = {"bootstrap.servers": kafka_broker.bootstrap_servers, "client.id": "waiter"}
            consumer = Consumer({**servers, "group.id": "waiters", "auto.offset.reset": "earliest"})
            consumer.subscribe(["orders"])
            message = consumer.consume(1, 20)[0]
            consumer.commit(offsets=[TopicPartition("orders", message.partition(), 3)], asynchronous=False)
            admin = AdminClient(servers)
            with pytest.raises(Exception, match="already exists"):
                admin.create_topics([NewTopic("orders", 1)])["orders"].result()
            kafka_broker.assert_produced("bills", value="a bill", timeout=0.01)

        def test_passes(kafka_broker):
            pass
    """
    result = run(pytester, source)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            "E *waited 0.01 s for 1 record(s) with value=b'a bill' in 'bills', which is not there",
            "*- Kafka topics at 127.0.0.1:* -*",
            "orders: 2 partition(s), 7 record(s)",
            "*key=b'table 4' value=b'order 6'",
            "*- Kafka groups at 127.0.0.1:* -*",
            "waiters: Stable, 1 member(s), lag 4",
            "  waiter at /127.0.0.1: orders-0, orders-1",
            "  committed orders-*: 3",
            "*- Kafka refused at 127.0.0.1:* -*",
            "CreateTopics v* of client 'waiter': orders: TOPIC_ALREADY_EXISTS*",
        ]
    )
    assert "order 1'" not in result.stdout.str()


def test_it_works_in_every_kind_of_async_test_and_under_xdist(pytester: pytest.Pytester) -> None:
    pytester.makeini(
        "[pytest]\nasyncio_mode = strict\nasyncio_default_fixture_loop_scope = function\ntrio_mode = false\n"
    )
    source = """
        import asyncio, pytest, trio
        from kafkaemu.testing import Broker

        @pytest.mark.asyncio
        async def test_asyncio(kafka_broker):
            waiting = asyncio.create_task(asyncio.to_thread(kafka_broker.wait_for, "orders", 1))
            await asyncio.sleep(0)
            kafka_broker.produce("orders", "x")
            assert len(await waiting) == 1

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
        async def test_anyio(kafka_broker, anyio_backend):
            kafka_broker.produce("orders", "x")
            assert len(kafka_broker.records("orders")) == 1
            async with Broker() as other:
                assert other.port != kafka_broker.port

        @pytest.mark.trio
        async def test_trio(kafka_broker):
            kafka_broker.produce("orders", "x")
            with pytest.raises(AssertionError, match="trio.to_thread.run_sync"):
                kafka_broker.wait_for("orders", 2, timeout=0.01)

        @pytest.mark.parametrize("number", range(6))
        def test_workers(kafka_broker_session, number, worker_id):
            assert kafka_broker_session.topics() in ({}, {worker_id: 1})
            kafka_broker_session.produce(worker_id, "x")
    """
    result = run(pytester, source, "-n", "2", "-W", "error")
    result.assert_outcomes(passed=10)


def test_a_failure_shows_the_line_of_the_test_and_none_of_ours(pytester: pytest.Pytester) -> None:
    source = """
        import pytest

        @pytest.mark.parametrize(
            "ask",
            [
                lambda broker: broker.assert_produced("orders", timeout=0.01),
                lambda broker: broker.delete_topic("orders"),
                lambda broker: broker.produce("orders", 4),
                lambda broker: broker.lag("nobody"),
                lambda broker: broker.clock.advance("a while"),
                lambda broker: (broker.stop(), broker.topics()),
            ],
        )
        def test_fails(kafka_broker, ask):
            ask(kafka_broker)

        @pytest.mark.kafka_config({"num.partition": 1})
        def test_config(kafka_broker):
            pass

        def test_defect(kafka_broker, monkeypatch):
            monkeypatch.setattr("kafkaemu.testing.groups.read_groups", lambda *_: {}["a defect of ours"])
            kafka_broker.groups()
    """
    result = run(pytester, source, "--tb=short")
    result.assert_outcomes(failed=7, errors=1)
    shown = re.findall(r"kafkaemu.testing.(\w+\.py):\d+: in", result.stdout.str())
    assert shown == ["plugin.py", "plugin.py", "surface.py"], "a fixture of ours, and what no sentence explains"


def test_the_same_tests_run_against_a_broker_elsewhere(pytester: pytest.Pytester) -> None:
    source = """
        import kafkaemu.testing
        import pytest

        @pytest.mark.kafka_topics("orders:2")
        def test_orders(kafka_broker):
            kafka_broker.produce("orders", "x", key="k")
            assert kafka_broker.wait_for("orders", 1)[0].key == b"k"
            kafka_broker.produce("made", "y")
            kafka_broker.assert_produced("made", value="y", count=1)
            assert kafka_broker.committed("nobody") == {}
            with pytest.raises(kafkaemu.testing.BrokerError, match="there is no group 'nobody'"):
                kafka_broker.lag("nobody")
            assert "nobody" not in kafka_broker.groups()

        def test_moves_time(kafka_broker):
            kafka_broker.clock.advance("1 day")

        @pytest.mark.kafka_config({"num.partitions": 2})
        def test_configures(kafka_broker):
            assert kafka_broker.bootstrap_servers

        def test_only_elsewhere(kafka_external):
            assert kafka_external.records("absent") == []
    """
    with Broker() as elsewhere:
        option = f"--kafka-bootstrap={elsewhere.bootstrap_servers}"
        result = run(pytester, source, option, "--kafka-broker=both", "-rs")
        assert elsewhere.topics() == {}, "what a test makes is deleted after it"
    result.assert_outcomes(passed=5, skipped=2)
    result.stdout.fnmatch_lines_random(
        ["*SKIPPED*moves the clock, which the broker at*", "*SKIPPED*kafka_config: the broker*"]
    )


@pytest.mark.parametrize("option", ["--kafka-broker=external", "--kafka-broker=both", "-okafka_broker=neither"])
def test_a_run_against_no_broker_is_refused_and_not_skipped(pytester: pytest.Pytester, option: str) -> None:
    result = run(pytester, "def test_it(kafka_broker): pass", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: kafka_broker is *"])


def test_the_broker_is_imported_as_it_is_and_not_with_rewritten_asserts() -> None:
    loaders = {
        type(module.__loader__).__name__ for name, module in sys.modules.items() if name.startswith("kafkaemu.server")
    }
    assert loaders == {"SourceFileLoader"}


def test_nothing_heavy_is_imported_before_a_fixture_is_used() -> None:
    code = f"""
import sys, time, pytest
before = set(sys.modules)
began = time.perf_counter()
import kafkaemu.testing.plugin
took_ms = (time.perf_counter() - began) * 1000
new = set(sys.modules) - before
heavy = [name for name in {HEAVY} if name in new]
assert not heavy, heavy
assert len(new) <= 4, new
print(took_ms)
"""
    took_ms = min(
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(3)
    )
    assert took_ms < 5

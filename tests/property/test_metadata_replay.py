"""DESIGN 6: an image is the fold of its log, whatever happened and wherever snapshots fell."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kafkaemu.config.broker import BrokerConfig
from kafkaemu.metadata.controller import Controller, NewTopic
from kafkaemu.metadata.image import MetadataImage
from kafkaemu.metadata.snapshot import records_of_image
from kafkaemu.metadata.topic_growth import Growth
from kafkaemu.world.memory import SeededEntropy
from kafkawire.declare import ZERO_UUID

names = st.sampled_from(["a", "b.c", "b_c", "long-name", "__consumer_offsets", "bad name"])
configs = st.lists(
    st.sampled_from([("retention.ms", "5"), ("cleanup.policy", "compact"), ("nope", "1"), ("retention.ms", None)]),
    max_size=2,
)
creations = st.tuples(
    st.just("create"),
    st.lists(st.builds(NewTopic, names, st.integers(-1, 4), st.integers(-1, 1), configs=configs), max_size=3),
)
growths = st.tuples(st.just("grow"), st.lists(st.builds(Growth, names, st.integers(-1, 6)), max_size=3))
deletions = st.tuples(st.just("delete"), st.lists(names, max_size=3))
others = st.tuples(st.sampled_from(["ids", "register"]), st.none())


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2000), st.lists(st.one_of(creations, growths, deletions, others), max_size=25))
def test_replaying_snapshot_and_log_gives_the_image_back(bound_bytes: int, events: list[tuple[str, list]]) -> None:  # type: ignore[type-arg]
    config = BrokerConfig({"metadata.log.max.record.bytes.between.snapshots": str(bound_bytes)})
    controller = Controller(config, SeededEntropy(7), "c")
    controller.format(0)
    controller.register_broker(1, {"PLAINTEXT": ("localhost", 9092, "PLAINTEXT")}, 0)
    for now_ms, (event, argument) in enumerate(events):
        if event == "create":
            controller.create_topics(argument, now_ms)
        elif event == "grow":
            controller.create_partitions(argument, now_ms)
        elif event == "delete":
            controller.delete_topics([(name, ZERO_UUID) for name in argument], now_ms)
        elif event == "ids":
            controller.allocate_producer_ids(1, now_ms)
        else:
            controller.register_broker(2, {"INSIDE": ("h", 1, "SSL")}, now_ms)
        replayed = MetadataImage("c")
        controller.log.replay(replayed)
        assert replayed.state() == controller.image.state()
        assert replayed.offset == controller.image.offset
        assert list(records_of_image(replayed)) == list(records_of_image(controller.image))

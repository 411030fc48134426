"""`python -m benchmarks.soak --minutes 60 --load 0.8`: everything at once, at a steady rate, and nothing may grow, fail or be lost.

The load comes in rounds: twenty Produce requests with one record of 100 bytes, one with sixteen of 1 KiB, and each so many
rounds a visitor, a Metadata of everything, a topic made and deleted. Two groups read all of it, one of dynamic members of which one
comes and goes, one of static members of which one restarts; they commit each second. First the broker is given as many rounds as
it takes, which is its capacity for this mix; then ``--load`` of that, each round when it is due whatever became of the ones before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import attrs
import trio

from benchmarks.process import RunningBroker, Target, free_port, running
from benchmarks.raw import RawClient
from benchmarks.soak.ledger import Ledger
from benchmarks.soak.members import GroupPlan, Member
from benchmarks.soak.passers_by import look_around, make_and_remove_topic, visit
from benchmarks.soak.pipe import Pipe, connected
from benchmarks.soak.producing import PartitionProducer, new_producer_id, value_position
from benchmarks.soak.samples import GROWTH_SHARE_MAX, SHOWN, WARM_UP_SHARE, Sampler, growth_share
from kafkawire.messages.create_topics import CreatableTopic, CreatableTopicConfig, CreateTopicsRequest
from kafkawire.messages.find_coordinator import FindCoordinatorRequest

SMALL, LARGE = "soak-small", "soak-large"
PARTITIONS = {SMALL: 8, LARGE: 4}
#: Records in a batch, bytes of a value.
SHAPES = {SMALL: (1, 100), LARGE: (16, 1024)}
RETENTION_BYTES = {SMALL: 8 << 20, LARGE: 32 << 20}
SEGMENT_BYTES = 2 << 20
SMALL_PER_ROUND = 20
#: Each so many rounds.
VISIT_EVERY, LOOK_EVERY, TOPIC_EVERY = 50, 100, 400
TICK_S = 0.002
#: How many rounds are under way when the capacity is measured, and how many may become due in one tick.
ROUNDS_UNDER_WAY, ROUNDS_PER_TICK_MAX = 16, 100
#: Producers pause when a group has read so little that retention might take what it has not seen: a share of what is retained.
LAG_SHARE_MAX = 0.5
DRAIN_S = 60.0
ERRORS_SHOWN = 20
#: How long the members that come and go stay.
STAY_S = 15.0


@attrs.define(eq=False)
class Load:
    """What offers the load: ``rate`` rounds per second, or with None as many as the broker takes.

    ``late_ms_max`` is how far behind its schedule it has been since somebody looked.
    """

    ledger: Ledger
    address: tuple[str, int]
    nursery: trio.Nursery
    producers: dict[str, list[PartitionProducer]]
    pipes: list[Pipe]
    rate: float | None = None
    late_ms_max: float = 0.0
    rounds: int = 0

    def lag_share(self) -> float:
        """The largest lag, as a share of what retention keeps."""
        limits = {
            topic: RETENTION_BYTES[topic] * SHAPES[topic][0] // (SHAPES[topic][0] * SHAPES[topic][1] + 75)
            for topic in PARTITIONS
        }
        return self.ledger.lag_share(limits)

    async def offer(self, seconds: float) -> None:
        """Offer load for so long."""
        begin = time.perf_counter()
        rounds_before = self.rounds
        while (now := time.perf_counter()) < begin + seconds:
            for due in self._due(now, begin, rounds_before):
                self._round(due)
            for pipe in self.pipes:
                await pipe.flush()
            await trio.sleep(TICK_S)

    def _due(self, now: float, begin: float, rounds_before: int) -> list[float]:
        """When the rounds that are to be sent now were due."""
        done = self.rounds - rounds_before
        if self.rate is None:
            per_round = SMALL_PER_ROUND + SHAPES[LARGE][0]
            free = ROUNDS_UNDER_WAY - self.ledger.unacknowledged // per_round
            return [] if self.lag_share() > LAG_SHARE_MAX else [now] * free
        late = int((now - begin) * self.rate) - done
        if late > 0:
            self.late_ms_max = max(self.late_ms_max, (now - begin - done / self.rate) * 1000)
        if late > 0 and self.lag_share() > LAG_SHARE_MAX:
            return []
        return [begin + (done + number) / self.rate for number in range(min(late, ROUNDS_PER_TICK_MAX))]

    def _round(self, due: float) -> None:
        number = self.rounds
        self.rounds += 1
        small, large = self.producers[SMALL], self.producers[LARGE]
        for index in range(SMALL_PER_ROUND):
            small[(number * SMALL_PER_ROUND + index) % len(small)].produce(due, is_timed=index == 0)
        large[number % len(large)].produce(due, is_timed=True)
        if number % VISIT_EVERY == 0:
            self.nursery.start_soon(visit, self.address, self.ledger, SMALL)
        if number % LOOK_EVERY == 0:
            self.nursery.start_soon(look_around, self.address, self.ledger)
        if number % TOPIC_EVERY == 0:
            self.nursery.start_soon(make_and_remove_topic, self.address, self.ledger)
        self.ledger.done["rounds"] += 1


def watched_target(counts: Path) -> Target:
    """The broker of this checkout, which tells what it holds."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.soak.watched", str(counts), "serve", "--host", "127.0.0.1"]
    settings = ["--port", str(port), "--set", "log.retention.check.interval.ms=1000"]
    return Target("kafkaemu", lambda: [*command, *settings], "127.0.0.1", port)


def make_topics(address: tuple[str, int]) -> None:
    """The two topics, which keep as much as the producers write in some seconds."""
    with RawClient(*address) as client:
        topics = [
            CreatableTopic(
                name=topic,
                num_partitions=count,
                replication_factor=1,
                configs=[
                    CreatableTopicConfig(name="retention.bytes", value=str(RETENTION_BYTES[topic])),
                    CreatableTopicConfig(name="segment.bytes", value=str(SEGMENT_BYTES)),
                ],
            )
            for topic, count in PARTITIONS.items()
        ]
        answer = client.call(19, 5, CreateTopicsRequest(topics=topics))
        if any(topic.error_code for topic in answer.topics):
            raise RuntimeError(f"CreateTopics: {answer}")


async def wait_for_coordinators(address: tuple[str, int], groups: Iterable[str]) -> None:
    """Ask for the coordinators of the groups until there are some, as members do: the first to ask makes __consumer_offsets."""
    async with connected(*address) as pipe:
        request = FindCoordinatorRequest(key_type=0, coordinator_keys=list(groups))
        while any(one.error_code for one in (await pipe.call(request, 4)).coordinators):
            await trio.sleep(0.05)


def members(ledger: Ledger, address: tuple[str, int]) -> list[Member]:
    """Who reads: the last member of each group goes and comes back."""
    value_at = {topic: value_position(*shape) for topic, shape in SHAPES.items()}
    plans = [
        GroupPlan("soak-dynamic", 4, False, PARTITIONS, value_at),
        GroupPlan("soak-static", 2, True, PARTITIONS, value_at),
    ]
    result: list[Member] = []
    for plan in plans:
        ledger.add_group(plan.name)
        stays = [None] * (plan.members - 1) + [STAY_S]
        result += [Member(plan, number, ledger, address, stay_s) for number, stay_s in enumerate(stays)]
    return result


async def run(broker: RunningBroker, counts: Path, options: argparse.Namespace) -> bool:
    """One soak; whether all is well."""
    address = (broker.target.host, broker.target.port)
    ledger = Ledger()
    make_topics(address)
    async with trio.open_nursery() as nursery:
        in_groups = members(ledger, address)
        await wait_for_coordinators(address, ledger.seen)
        for member in in_groups:
            nursery.start_soon(member.run)
        # A connection for each two partitions, as several producers have.
        async with (
            connected(*address) as a,
            connected(*address) as b,
            connected(*address) as c,
            connected(*address) as d,
        ):
            pipes = [a, b, c, d]
            producers = {}
            for topic, count in PARTITIONS.items():
                ids = [await new_producer_id(pipe) for pipe in pipes]
                producers[topic] = [
                    PartitionProducer(pipes[index % 4], ledger, topic, index, *SHAPES[topic], ids[index % 4])
                    for index in range(count)
                ]
            load = Load(ledger, address, nursery, producers, list(pipes))
            sampler = Sampler(broker, counts, ledger)
            if options.rate is None:
                capacity = await measure_capacity(load, sampler, options.capacity_seconds)
                load.rate = capacity * options.load
                print(f"{options.load:.0%} of that is offered from now on, for {options.minutes:g} minutes")
            else:
                load.rate = options.rate
            await drained(ledger)
            sampler.rows.clear()
            print("  ".join(f"{name:>9}" for name in ("s", *SHOWN)))
            async with trio.open_nursery() as sampling:
                sampling.start_soon(sample, sampler, load, options.sample)
                await load.offer(options.minutes * 60)
                sampling.cancel_scope.cancel()
            sampler.take(load.late_ms_max, load.lag_share())
            is_drained = await drained(ledger)
        nursery.cancel_scope.cancel()
    if options.csv:
        sampler.save(options.csv)
    return verdict(sampler, ledger, is_drained)


async def measure_capacity(load: Load, sampler: Sampler, seconds: float) -> float:
    """Rounds per second that the broker takes."""
    await load.offer(seconds / 2)
    sampler.take(0, 0)
    await load.offer(seconds)
    row = sampler.take(0, load.lag_share())
    print(
        f"capacity: {row['rounds/s']:.0f} rounds/s, that is {row['rounds/s'] * (SMALL_PER_ROUND + 1):.0f} Produce requests/s "
        f"with {row['rounds/s'] * SHAPES[LARGE][0] * SHAPES[LARGE][1] / 1e6:.0f} MB/s, read twice;"
        f" broker at {row['cpu %']:.0f} % of a core, load generator at {row['load generator cpu %']:.0f} %"
    )
    return float(row["rounds/s"])


async def sample(sampler: Sampler, load: Load, every_s: float) -> None:
    while True:
        await trio.sleep(every_s)
        row = sampler.take(load.late_ms_max, load.lag_share())
        load.late_ms_max = 0.0
        print("  ".join(f"{row[name]:>9}" for name in ("s", *SHOWN)), flush=True)


async def drained(ledger: Ledger) -> bool:
    """Wait until all is acknowledged and read by every group; whether that came to pass."""
    with trio.move_on_after(DRAIN_S) as scope:
        while ledger.unacknowledged or any(ledger.missing().values()):
            await trio.sleep(0.05)
    return not scope.cancelled_caught


def verdict(sampler: Sampler, ledger: Ledger, is_drained: bool) -> bool:
    """Say what is to be said; whether all is well."""
    done = ", ".join(f"{count:,} {what}" for what, count in sorted(ledger.done.items()))
    print(
        f"\n{ledger.acknowledged.total():,} records acknowledged, {ledger.batches_checked:,} batches read and checked; {done}"
    )
    rss = [row["rss MB"] for row in sampler.rows]
    rss_growth = growth_share(sampler.rows, "rss MB")
    objects_growth = growth_share(sampler.rows, "objects")
    warm = sampler.rows[int(len(sampler.rows) * WARM_UP_SHARE) :]
    print(
        f"memory: {min(rss)} to {max(rss)} MB; after the warm-up it changes by {rss_growth:+.1%}, objects by {objects_growth:+.1%}"
    )
    if warm:
        worst = max(row["p99 ms"] for row in warm)
        usual = sorted(row["p99 ms"] for row in warm)[len(warm) // 2]
        print(f"p99 from when a request was due: {usual} ms in the median sample, {worst} ms in the worst")
    complaints = [f"{count:,} times {what}" for what, count in ledger.errors.most_common(ERRORS_SHOWN)]
    if not is_drained:
        complaints.append(
            f"not seen within {DRAIN_S:.0f} s of the end: {ledger.missing()}, unacknowledged: {ledger.unacknowledged}"
        )
    if rss_growth > GROWTH_SHARE_MAX:
        complaints.append(f"memory grew by {rss_growth:.1%}, more than {GROWTH_SHARE_MAX:.0%}")
    for complaint in complaints:
        print(f"WRONG: {complaint}")
    print("verdict: " + ("something is wrong" if complaints else "memory is flat, nothing failed, nothing was lost"))
    return not complaints


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60, help="how long (60)")
    parser.add_argument("--load", type=float, default=0.8, help="share of the measured capacity that is offered (0.8)")
    parser.add_argument("--rate", type=float, help="rounds per second to offer, instead of measuring the capacity")
    parser.add_argument("--capacity-seconds", type=float, default=15, help="how long capacity is measured (15)")
    parser.add_argument("--sample", type=float, default=5, help="seconds between two samples (5)")
    parser.add_argument("--csv", metavar="FILE", help="write all samples to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder, "counts.json")
        with running(watched_target(counts)) as broker:
            is_well = trio.run(run, broker, counts, options)
    sys.exit(not is_well)


if __name__ == "__main__":
    main()

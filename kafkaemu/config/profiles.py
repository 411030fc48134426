"""Release profiles: which release of Apache Kafka a broker passes for, as far as clients can tell (``--as-version``).

A profile narrows: what this node has not built, no profile serves. Where a release behaves as 4.3 does, its profile says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from kafkaemu.config.table import KeyTable


@attrs.frozen(eq=False, repr=False, kw_only=True, slots=False)
class Profile:
    """A release, and in what a broker of it differs from one of `CURRENT`. None stands for what this node itself has."""

    #: As ``--as-version`` takes it: ``3.9``.
    release: str
    #: Whether recorded answers of that release prove the profile.
    is_tested: bool = True
    #: API key -> (first, last) version that brokers of the release answer.
    versions: Mapping[int, tuple[int, int]] | None = None
    #: API key -> (first, last) version that ApiVersions tells although nothing answers it here: what brokers ask each other.
    advertised_only: Mapping[int, tuple[int, int]] = {}
    #: Feature -> (lowest, highest) level, as ApiVersions tells it.
    supported_features: Mapping[str, tuple[int, int]] | None = None
    #: Feature -> level of a new cluster.
    finalized_features: Mapping[str, int] | None = None
    #: The keys of brokers and of topics.
    keys: tuple[KeyTable, KeyTable] | None = None
    #: Whether the cluster keeps its metadata in ZooKeeper, as it looks to clients.
    uses_zookeeper: bool = False
    #: Whether the log line "[KafkaServer id=1] started" is printed, for which older test harnesses wait.
    prints_kafka_server_started: bool = False
    #: Whether groups have no configs of their own that could be told, changed or allowed to be.
    has_no_group_configs: bool = False
    #: Whether ListOffsets answers every partition as often as it is named, in the shape of the request.
    list_offsets_answers_repetition: bool = False
    #: The negative timestamps of ListOffsets that mean something, in every version, while others are times.
    special_timestamps: frozenset[int] | None = None
    #: Whether the record with the largest timestamp is only the last one of its batch, where finding it would take a look inside.
    largest_timestamp_is_shallow: bool = False
    #: Whether acks=all is refused where a partition has fewer replicas than ``min.insync.replicas`` (before KIP-966).
    counts_replicas_strictly: bool = False
    #: Whether no producer may say that the broker stamped its records.
    refuses_append_time: bool = False
    #: Whether a group without members is gone with the last of its offsets.
    groups_end_with_their_offsets: bool = False
    #: Whether a ``group.instance.id`` that nobody has is passed over.
    ignores_unknown_instances: bool = False
    #: Whether the states that ListGroups filters by have to be written as they are.
    group_states_are_exact: bool = False
    #: Whether blanks around them belong to them.
    group_states_have_blanks: bool = False
    #: Whether DescribeGroups tells assignments only of groups that are stable.
    assignments_are_of_stable_groups: bool = False
    #: Whether JoinGroup tells a protocol with an empty name by that name.
    tells_empty_protocol_names: bool = False
    #: Whether OffsetCommit and OffsetDelete answer a partition that is there once.
    offsets_are_told_once: bool = False
    #: Whether OffsetCommit and OffsetDelete answer every partition once, and nothing of a topic without any; and OffsetFetch.
    offsets_are_told_by_partition: bool = False
    fetched_offsets_are_told_by_partition: bool = False
    #: Whether a commit of a member to a group that there is not is one of another generation, in every version.
    unknown_groups_are_past_generations: bool = False
    #: Whether share groups have a coordinator that is never there.
    awaits_share_coordinators: bool = False
    #: Whether a client waits for its interval before it asks again for its subscription to metrics, also after a refusal that
    #: asking would mend, and on another connection.
    subscriptions_are_throttled: bool = False
    #: Whether metrics that are pushed may be of any size once they are unpacked.
    metrics_may_be_of_any_size: bool = False
    #: Whether there are no configs of client metrics (KIP-714).
    has_no_client_metrics: bool = False
    #: Whether configs of client metrics are told as they were set, without types and defaults.
    client_metrics_are_untyped: bool = False
    #: Whether they are checked without types: lists may have gaps, and an interval that is no number is an error that nobody foresaw.
    client_metrics_are_texts: bool = False
    #: Whether UpdateFeatures takes every feature for itself.
    updates_features_singly: bool = False
    #: Whether any name will do for a feature that is to be at level 0.
    features_may_be_nothing: bool = False
    #: Whether quotas may be 0, and shares of time and rates of mutation anything.
    quotas_may_be_nothing: bool = False
    #: Whether those of connections may have 64 bits.
    quotas_have_64_bits: bool = False
    #: Whether nobody is authorized to make ``__cluster_metadata``.
    cluster_metadata_is_not_authorized: bool = False
    #: Whether a request that makes too many partitions is an error that nobody foresaw, and may be validated.
    trips_over_many_partitions: bool = False
    #: Whether a change of a broker's configs trips over an unknown key that something is to be appended to.
    trips_over_unknown_lists: bool = False
    #: Whether DescribeLogDirs names topics of which no partition is asked for.
    log_dirs_name_every_topic: bool = False
    #: Whether Fetch has null aborted transactions for partitions that it does not read.
    unread_aborted_are_null: bool = False
    #: Whether Fetch has no records for who pretends to be a replica, instead of refusing it.
    strangers_read_nothing: bool = False
    #: Whether Fetch up to version 2 has the beginning of a first batch that is larger than the limit.
    cuts_first_batches: bool = False
    #: Whether a partition without records to convert is told also where conversion is switched off.
    nothing_needs_no_conversion: bool = False
    #: Whether Fetch tells replicas, too, where the leader is.
    tells_replicas_endpoints: bool = False
    #: Whether Fetch up to version 9 gives nothing out of topics whose own compression is zstd.
    withholds_zstd: bool = False
    #: Whether Fetch has null records where it is refused as a whole, and where the records cannot be told to the client.
    withheld_records_are_null: bool = False


#: The release that everything else in this project follows.
CURRENT = Profile(release="4.3")

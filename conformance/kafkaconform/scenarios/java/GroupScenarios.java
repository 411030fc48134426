import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** Members that come, go, come back, and fall silent. */
final class GroupScenarios extends Harness {
    static final List<ConsumerPartitionAssignor> STRATEGIES = List.of(
        new RangeAssignor(), new RoundRobinAssignor(), new StickyAssignor(), new CooperativeStickyAssignor());

    GroupScenarios(String bootstrap, String prefix, Admin admin) {
        super(bootstrap, prefix, admin);
    }

    /** A consumer that keeps what it was told and what it has read. */
    private final class Member implements ConsumerRebalanceListener, AutoCloseable {
        final KafkaConsumer<byte[], byte[]> consumer;
        final Set<TopicPartition> revoked = new HashSet<>();
        final Map<TopicPartition, Set<Long>> read = new HashMap<>();

        Member(String topic, String group, Map<String, String> settings) {
            consumer = consumer(group, settings);
            consumer.subscribe(List.of(topic), this);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revoked.addAll(partitions);
        }

        Set<TopicPartition> poll() {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> read
                .computeIfAbsent(new TopicPartition(record.topic(), record.partition()), each -> new HashSet<>())
                .add(record.offset()));
            return consumer.assignment();
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    /** Polls until each of the members has so many partitions, and none is with two. */
    private static void share(int partitions, Member... members) throws Exception {
        until(partitions + " partitions for each of " + members.length, () -> {
            Set<TopicPartition> all = new HashSet<>();
            boolean settled = true;
            for (Member member : members) {
                Set<TopicPartition> assigned = member.poll();
                settled &= assigned.size() == partitions;
                all.addAll(assigned);
            }
            return settled && all.size() == partitions * members.length;
        });
    }

    /** Polls until the members have read all records below `end` of four partitions. */
    private static void readAll(int end, Member... members) throws Exception {
        until("records below " + end, () -> {
            Map<TopicPartition, Set<Long>> read = new HashMap<>();
            for (Member member : members) {
                member.poll();
                member.read.forEach((partition, offsets) ->
                    read.computeIfAbsent(partition, each -> new HashSet<>()).addAll(offsets));
            }
            return read.size() == 4 && read.values().stream().allMatch(offsets -> offsets.size() == end);
        });
    }

    String rebalance() throws Exception {
        String topic = create("rebalance", 4);
        String group = prefix + "-rebalance";
        try (Member first = new Member(topic, group, Map.of())) {
            try (Member second = new Member(topic, group, Map.of())) {
                share(2, first, second);
            }
            share(4, first);
            fill("none", topic, 4, 0, 1);
            readAll(1, first);
        }
        return "2 and 2, then 4";
    }

    String strategy(ConsumerPartitionAssignor strategy) throws Exception {
        String name = strategy.name();
        String topic = create("strategy-" + name, 4);
        String group = prefix + "-strategy-" + name;
        Map<String, String> settings = Map.of("partition.assignment.strategy", strategy.getClass().getName());
        try (Member first = new Member(topic, group, settings)) {
            share(4, first);
            fill("none", topic, 4, 0, 1);
            readAll(1, first);
            try (Member second = new Member(topic, group, settings)) {
                fill("none", topic, 4, 1, 2);
                share(2, first, second);
                fill("none", topic, 4, 2, 3);
                readAll(3, first, second);
            }
            share(4, first);
            fill("none", topic, 4, 3, 4);
            readAll(4, first);
            // A cooperative member gives up what the other is to have, an eager one everything at every rebalance.
            expect(first.revoked.size(), name.startsWith("cooperative") ? 2 : 4, "partitions revoked of the first member");
            return "2 and 2, then 4; the first member kept " + (4 - first.revoked.size()) + " all through";
        }
    }

    String staticMembers() throws Exception {
        String topic = create("static", 4);
        String group = prefix + "-static";
        Map<String, String> one = Map.of("group.instance.id", "one");
        Map<String, String> two = Map.of("group.instance.id", "two");
        try (Member first = new Member(topic, group, one)) {
            Member second = new Member(topic, group, two);
            Set<TopicPartition> before;
            try (second) {
                share(2, first, second);
                before = new HashSet<>(second.consumer.assignment());
            }
            first.revoked.clear();
            try (Member again = new Member(topic, group, two)) {
                share(2, first, again);
                expect(again.consumer.assignment(), before, "partitions of the member that came back");
                fill("none", topic, 4, 0, 1);
                readAll(1, first, again);
            }
            expect(first.revoked, Set.of(), "partitions revoked of the other member");
        }
        return "2 and 2, then the same 2 again";
    }

    /** A member whose user does not poll leaves by itself; its library's own thread sees to that. */
    String silent() throws Exception {
        String topic = create("silent", 4);
        String group = prefix + "-silent";
        try (Member first = new Member(topic, group, Map.of())) {
            Map<String, String> hasty = Map.of("max.poll.interval.ms", "1500", "session.timeout.ms", "6000");
            try (Member second = new Member(topic, group, hasty)) {
                share(2, first, second);
                share(4, first);
                fill("none", topic, 4, 0, 1);
                readAll(1, first);
            }
        }
        return "2 and 2, then 4 for who still polls";
    }

    /** Keeps a producer and a member of a group open while the broker is restarted; it may have forgotten everything. */
    String restart(Restart broker) throws Exception {
        String topic = create("restart", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (var producer = producer(Map.of()); var consumer = consumer(prefix + "-restart")) {
            consumer.subscribe(List.of(topic));
            // More than after it: where the broker begins anew, the member must not take the new end for where it was.
            carry(producer, consumer, topic, 0);
            carry(producer, consumer, topic, 10);
            broker.restart();
            try {
                create("restart", 1);
            } catch (TopicExistsException kept) {
                // It is a broker that keeps what it has.
            }
            carry(producer, consumer, topic, 20);
            return "20 before and 10 after, committed at " + consumer.committed(Set.of(partition)).get(partition).offset();
        }
    }

    /** Sends ten values, reads on until all of them have come, and commits. */
    private static void carry(
        KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer, String topic, int first) throws Exception {
        Set<String> missing = new HashSet<>();
        for (int value = first; value < first + 10; value++) {
            get(producer.send(new ProducerRecord<>(topic, 0, null, bytes("value-" + value))));
            missing.add("value-" + value);
        }
        until("ten values from " + first, () -> {
            consumer.poll(POLL).forEach(record -> missing.remove(new String(record.value())));
            return missing.isEmpty();
        });
        consumer.commitSync();
    }

    /** Has the broker restarted. */
    interface Restart {
        void restart() throws Exception;
    }
}

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** What is sent and how it is found again: codecs, positions, times, compaction; and waits that end. */
final class ReadingScenarios extends Harness {
    private static final int RECORDS_PER_PARTITION = 20;
    private static final int MANY = 500;
    private static final long SHORT_MS = 1_000;
    private static final long SLACK_MS = 5_000;

    ReadingScenarios(String bootstrap, String prefix, Admin admin) {
        super(bootstrap, prefix, admin);
    }

    String roundTrip(String codec) throws Exception {
        String topic = create(codec, 3);
        fill(codec, topic, 3, 0, RECORDS_PER_PARTITION);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(prefix + "-" + codec)) {
            consumer.subscribe(List.of(topic));
            compare(read(consumer, 3 * RECORDS_PER_PARTITION), 0);
        }
        return 3 * RECORDS_PER_PARTITION + " records in 3 partitions";
    }

    String resume() throws Exception {
        String topic = create("resume", 2);
        String group = prefix + "-resume";
        fill("none", topic, 2, 0, 8);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(group)) {
            consumer.subscribe(List.of(topic));
            compare(read(consumer, 16), 0);
            consumer.commitSync();
        }
        fill("none", topic, 2, 8, 12);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(group)) {
            consumer.subscribe(List.of(topic));
            compare(read(consumer, 8), 8);
            TopicPartition first = new TopicPartition(topic, 0);
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.of(first));
            expect(committed.get(first).offset(), 8L, "committed offset");
        }
        return "went on at 8";
    }

    String times() throws Exception {
        String topic = create("times", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        fill("none", topic, 1, 0, 10);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(null)) {
            expect(consumer.beginningOffsets(Set.of(partition)), Map.of(partition, 0L), "beginning");
            expect(consumer.endOffsets(Set.of(partition)), Map.of(partition, 10L), "end");
            long time = FIRST_TIMESTAMP_MS + 41;
            expect(consumer.offsetsForTimes(Map.of(partition, time)).get(partition).offset(), 5L, "offset of a time");
            Object late = consumer.offsetsForTimes(Map.of(partition, time + 1_000)).get(partition);
            expect(late == null, true, "no offset after the last record");
        }
        return "0, 10, 5, none";
    }

    String seek() throws Exception {
        String topic = create("seek", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        fill("none", topic, 1, 0, 10);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(null)) {
            consumer.assign(Set.of(partition));
            consumer.seek(partition, 7);
            compare(read(consumer, 3), 7);
            consumer.seekToBeginning(Set.of(partition));
            compare(read(consumer, 10), 0);
            consumer.seek(partition, 4);
            compare(read(consumer, 6), 4);
            consumer.seekToBeginning(Set.of(partition));
            consumer.seekToEnd(Set.of(partition));
            expect(consumer.position(partition), 10L, "position at the end");
            fill("none", topic, 1, 10, 11);
            compare(read(consumer, 1), 10);
        }
        return "7, 0, 4, then 10 as it came";
    }

    String reset() throws Exception {
        String topic = create("reset", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        fill("none", topic, 1, 0, 6);
        try (var consumer = resetting("earliest", "unknown", partition)) {
            compare(read(consumer, 6), 0);
        }
        try (var consumer = resetting("latest", "unknown", partition)) {
            expect(consumer.position(partition), 6L, "position without a commit");
            fill("none", topic, 1, 6, 7);
            compare(read(consumer, 1), 6);
        }
        expect(failure(resetting("none", "unknown", partition)), NoOffsetForPartitionException.class, "without a commit");
        long low = get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(3))).lowWatermarks().get(partition))
            .lowWatermark();
        expect(low, 3L, "low watermark after deletion");
        try (var consumer = resetting("none", "low", partition)) {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1)));
        }
        try (var consumer = resetting("earliest", "low", partition)) {
            compare(read(consumer, 4), 3);
            consumer.seek(partition, 100);
            compare(read(consumer, 4), 3);
        }
        try (var consumer = resetting("latest", "low", partition)) {
            until("the position after a commit that is out of range", () -> {
                expect(consumer.poll(POLL).count(), 0, "records before any came");
                return consumer.position(partition) == 7;
            });
            fill("none", topic, 1, 7, 8);
            compare(read(consumer, 1), 7);
        }
        expect(failure(resetting("none", "low", partition)), OffsetOutOfRangeException.class, "a commit out of range");
        return "without a commit and out of range: earliest, latest, none";
    }

    private KafkaConsumer<byte[], byte[]> resetting(String policy, String group, TopicPartition partition) {
        var consumer = consumer(prefix + "-reset-" + group, Map.of("auto.offset.reset", policy));
        consumer.assign(Set.of(partition));
        return consumer;
    }

    /** What a consumer fails with when it polls. */
    private static Object failure(KafkaConsumer<byte[], byte[]> consumer) throws Exception {
        List<Object> failures = new ArrayList<>();
        try (consumer) {
            until("a failure", () -> {
                try {
                    consumer.poll(POLL);
                } catch (RuntimeException error) {
                    failures.add(error.getClass());
                }
                return !failures.isEmpty();
            });
        }
        return failures.get(0);
    }

    String idempotence() throws Exception {
        String topic = create("idempotence", 1);
        Map<String, String> settings =
            Map.of("max.in.flight.requests.per.connection", "5", "batch.size", "200", "linger.ms", "0");
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer = producer(settings)) {
            for (int number = 0; number < MANY; number++) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, bytes("value-" + number))));
            }
            for (int number = 0; number < MANY; number++) {
                expect(get(sent.get(number)).offset(), (long) number, "offset of value " + number);
            }
        }
        try (var consumer = consumer(null)) {
            consumer.assign(Set.of(new TopicPartition(topic, 0)));
            List<ConsumerRecord<byte[], byte[]>> records = read(consumer, MANY);
            for (int number = 0; number < MANY; number++) {
                expect(new String(records.get(number).value()), "value-" + number, "value");
                expect(records.get(number).offset(), (long) number, "offset read");
            }
        }
        return MANY + " records once and in order";
    }

    String compaction() throws Exception {
        String topic = create("compaction", 1, Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.01"));
        Map<String, String> last = new HashMap<>();
        try (var producer = producer(Map.of())) {
            for (int round = 0; round < 4; round++) {
                for (int number = 0; number < 10; number++) {
                    // Keys 3 and 7 are deleted in the third round; 7 comes back in the last, 3 is left out of it.
                    if (number == 3 && round == 3) {
                        continue;
                    }
                    String value = round == 2 && (number == 3 || number == 7) ? null : "value-" + round;
                    producer.send(new ProducerRecord<>(topic, 0, bytes("key-" + number), value == null ? null : bytes(value)));
                    last.put("key-" + number, value);
                }
                producer.flush();
            }
            try {
                get(producer.send(new ProducerRecord<>(topic, 0, null, bytes("without a key"))));
                expect("taken", "refused", "a record without a key");
            } catch (InvalidRecordException refused) {
                // As it should be.
            }
        }
        Map<String, String> folded = new HashMap<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (var consumer = consumer(null)) {
            consumer.assign(Set.of(partition));
            long end = consumer.endOffsets(Set.of(partition)).get(partition);
            until("the end", () -> {
                consumer.poll(POLL).forEach(record -> folded.put(
                    new String(record.key()), record.value() == null ? null : new String(record.value())));
                return consumer.position(partition) >= end;
            });
        }
        // A tombstone may have gone already.
        last.values().removeIf(value -> value == null);
        folded.values().removeIf(value -> value == null);
        expect(folded, last, "last values");
        return folded.size() + " keys with their last values, 1 deleted";
    }

    String timeouts() throws Exception {
        String topic = create("timeouts", 2);
        try (var consumer = consumer(null)) {
            consumer.assign(Set.of(new TopicPartition(topic, 0)));
            consumer.position(new TopicPartition(topic, 0));
            long begin = System.nanoTime();
            expect(consumer.poll(Duration.ofMillis(SHORT_MS)).count(), 0, "records");
            lasted("the poll", begin, SHORT_MS);
        }
        try (var producer = producer(Map.of("max.block.ms", String.valueOf(2 * SHORT_MS)))) {
            long begin = System.nanoTime();
            try {
                get(producer.send(new ProducerRecord<>(topic, 99, null, bytes("nowhere"))));
                expect("sent", "refused", "a record for partition 99");
            } catch (TimeoutException late) {
                lasted("sending", begin, 2 * SHORT_MS);
            }
        }
        return "a poll in " + SHORT_MS + " ms, a send in " + 2 * SHORT_MS + " ms";
    }

    private static void lasted(String what, long beginNanos, long wantedMs) {
        long took = (System.nanoTime() - beginNanos) / 1_000_000;
        expect(took >= wantedMs * 8 / 10 && took <= wantedMs + SLACK_MS, true, what + " took " + took + " ms; about " + wantedMs);
    }
}

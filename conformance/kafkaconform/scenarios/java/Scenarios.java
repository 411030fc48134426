import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The Java client's scenarios; driver.py says what arguments and output mean. Compiles against every release from 2.8 on.
 */
public final class Scenarios {
    private static final long DEADLINE_MS = 30_000;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long FIRST_TIMESTAMP_MS = 1_700_000_000_000L;
    private static final int RECORDS_PER_PARTITION = 20;

    private final String bootstrap;
    private final String prefix;
    private final Admin admin;

    private Scenarios(String bootstrap, String prefix) {
        this.bootstrap = bootstrap;
        this.prefix = prefix;
        this.admin = Admin.create(client());
    }

    public static void main(String[] arguments) {
        Scenarios scenarios = new Scenarios(arguments[0], arguments[1]);
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            report("round_trip:" + codec, () -> scenarios.roundTrip(codec));
        }
        report("resume", scenarios::resume);
        report("rebalance", scenarios::rebalance);
        report("times", scenarios::times);
        report("topics", scenarios::topics);
        report("configs", scenarios::configs);
        report("groups", scenarios::groups);
        scenarios.admin.close();
    }

    private static void report(String check, Callable<String> body) {
        String detail;
        boolean ok = true;
        try {
            detail = body.call();
        } catch (Throwable error) {
            ok = false;
            detail = error.toString() + " at " + (error.getStackTrace().length > 0 ? error.getStackTrace()[0] : "?");
        }
        System.out.println("{\"check\": " + quoted(check) + ", \"ok\": " + ok + ", \"detail\": " + quoted(detail) + "}");
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\' || character < ' ') {
                json.append(String.format("\\u%04x", (int) character));
            } else {
                json.append(character);
            }
        }
        return json.append('"').toString();
    }

    private static void expect(Object found, Object expected, String what) {
        if (!found.equals(expected)) {
            throw new IllegalStateException(what + ": " + found + " instead of " + expected);
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(DEADLINE_MS, java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (ExecutionException error) {
            throw (Exception) error.getCause();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Properties client() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        return properties;
    }

    private KafkaProducer<byte[], byte[]> producer(String codec) {
        Properties properties = client();
        properties.put("compression.type", codec);
        properties.put("linger.ms", "20");
        properties.put("acks", "all");
        properties.put("enable.idempotence", "true");
        properties.put("request.timeout.ms", "10000");
        properties.put("delivery.timeout.ms", String.valueOf(DEADLINE_MS));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group) {
        Properties properties = client();
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("session.timeout.ms", "10000");
        properties.put("heartbeat.interval.ms", "300");
        if (group != null) {
            properties.put("group.id", group);
        }
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A topic whose partitions are led: Kafka's controller answers a moment before its brokers have heard of it. */
    private String create(String name, int partitions) throws Exception {
        String topic = prefix + "-" + name;
        NewTopic wanted = new NewTopic(topic, partitions, (short) 1).configs(Map.of("retention.ms", "-1"));
        get(admin.createTopics(List.of(wanted)).all());
        long end = System.currentTimeMillis() + DEADLINE_MS;
        while (!get(admin.listTopics().names()).contains(topic)) {
            expect(System.currentTimeMillis() < end, true, "the new topic is listed in time");
            Thread.sleep(20);
        }
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        get(admin.listOffsets(ends).all());
        return topic;
    }

    /** The record that stands at an offset of a partition: null and empty keys, values and headers are among them. */
    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, int offset) {
        byte[] key = offset == 1 ? null : offset == 2 ? new byte[0] : bytes("key-" + offset);
        byte[] value = offset == 3 ? null : offset == 4 ? new byte[0] : bytes(partition + ":" + offset + " " + "value ".repeat(offset * 40));
        if (offset == 5) {
            value = new byte[256];
            for (int each = 0; each < 256; each++) {
                value[each] = (byte) each;
            }
        }
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(topic, partition, FIRST_TIMESTAMP_MS + offset * 10L, key, value);
        if (offset == 6) {
            record.headers().add("a", bytes("1")).add("empty", new byte[0]).add("null", null).add("a", bytes("2"));
        }
        return record;
    }

    private void fill(String codec, String topic, int partitions, int first, int end) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(codec)) {
            for (int offset = first; offset < end; offset++) {
                for (int partition = 0; partition < partitions; partition++) {
                    sent.add(producer.send(record(topic, partition, offset)));
                }
            }
            producer.flush();
            for (int index = 0; index < sent.size(); index++) {
                expect(get(sent.get(index)).offset(), (long) first + index / partitions, "offset of record " + index);
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(KafkaConsumer<byte[], byte[]> consumer, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long end = System.currentTimeMillis() + DEADLINE_MS;
        while (records.size() < count && System.currentTimeMillis() < end) {
            consumer.poll(POLL).forEach(records::add);
        }
        expect(records.size(), count, "records read");
        return records;
    }

    /** Fails unless these are the records of `record`, in order in each partition from `first` on. */
    private static void compare(List<ConsumerRecord<byte[], byte[]>> records, long first) {
        Map<Integer, Long> next = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> found : records) {
            String where = found.partition() + ":" + found.offset();
            expect(found.offset(), next.getOrDefault(found.partition(), first), "offset in partition " + found.partition());
            next.put(found.partition(), found.offset() + 1);
            ProducerRecord<byte[], byte[]> sent = record(found.topic(), found.partition(), (int) found.offset());
            expect(Arrays.equals(found.key(), sent.key()), true, "key of " + where + " as sent");
            expect(Arrays.equals(found.value(), sent.value()), true, "value of " + where + " as sent");
            expect(found.timestamp(), sent.timestamp(), "timestamp of " + where);
            Header[] headers = found.headers().toArray();
            expect(List.of(headers), List.of(sent.headers().toArray()), "headers of " + where);
        }
    }

    private String roundTrip(String codec) throws Exception {
        String topic = create(codec, 3);
        fill(codec, topic, 3, 0, RECORDS_PER_PARTITION);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(prefix + "-" + codec)) {
            consumer.subscribe(List.of(topic));
            compare(read(consumer, 3 * RECORDS_PER_PARTITION), 0);
        }
        return 3 * RECORDS_PER_PARTITION + " records in 3 partitions";
    }

    private String resume() throws Exception {
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

    private String rebalance() throws Exception {
        String topic = create("rebalance", 4);
        String group = prefix + "-rebalance";
        KafkaConsumer<byte[], byte[]> first = consumer(group);
        KafkaConsumer<byte[], byte[]> second = consumer(group);
        first.subscribe(List.of(topic));
        second.subscribe(List.of(topic));
        try (first) {
            try (second) {
                share(List.of(first, second), 2);
                Set<TopicPartition> all = new HashSet<>(first.assignment());
                all.addAll(second.assignment());
                expect(all.size(), 4, "partitions of both members");
            }
            share(List.of(first), 4);
            fill("none", topic, 4, 0, 1);
            compare(read(first, 4), 0);
        }
        return "2 and 2, then 4";
    }

    /** Polls until each of the members has so many partitions. */
    private static void share(List<KafkaConsumer<byte[], byte[]>> members, int partitions) {
        long end = System.currentTimeMillis() + DEADLINE_MS;
        while (members.stream().anyMatch(member -> member.assignment().size() != partitions)) {
            expect(System.currentTimeMillis() < end, true, "assignment of " + partitions + " each in time");
            members.forEach(member -> member.poll(POLL));
        }
    }

    private String times() throws Exception {
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
            consumer.assign(Set.of(partition));
            consumer.seek(partition, 7);
            compare(read(consumer, 3), 7);
        }
        return "0, 10, 5, none";
    }

    private String topics() throws Exception {
        String topic = create("topics", 3);
        TopicDescription described = get(described(admin.describeTopics(List.of(topic))).get(topic));
        expect(described.partitions().size(), 3, "partitions");
        String again = "nothing";
        try {
            create("topics", 3);
        } catch (Exception error) {
            again = error.getClass().getSimpleName();
        }
        expect(again, "TopicExistsException", "creating it again");
        get(admin.deleteTopics(List.of(topic)).all());
        long end = System.currentTimeMillis() + DEADLINE_MS;
        while (get(admin.listTopics().names()).contains(topic)) {
            expect(System.currentTimeMillis() < end, true, "the deleted topic is gone in time");
            Thread.sleep(20);
        }
        return "created, listed, described, refused, deleted";
    }

    /** What was asked for by name: the method is called otherwise since 3.1, and its first name is gone since 4.0. */
    @SuppressWarnings("unchecked")
    private static Map<String, Future<TopicDescription>> described(DescribeTopicsResult result) throws Exception {
        boolean renamed = Arrays.stream(result.getClass().getMethods()).anyMatch(each -> each.getName().equals("topicNameValues"));
        return (Map<String, Future<TopicDescription>>)
            result.getClass().getMethod(renamed ? "topicNameValues" : "values").invoke(result);
    }

    private String configs() throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, create("configs", 1));
        String value = get(admin.describeConfigs(Set.of(resource)).all()).get(resource).get("retention.ms").value();
        expect(value, "-1", "retention.ms");
        expect(get(admin.describeCluster().nodes()).size(), 1, "nodes of the cluster");
        return "retention.ms=-1";
    }

    private String groups() throws Exception {
        String topic = create("groups", 1);
        String group = prefix + "-groups";
        fill("none", topic, 1, 0, 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(group)) {
            consumer.subscribe(List.of(topic));
            read(consumer, 2);
            consumer.commitSync();
            ConsumerGroupDescription described = get(admin.describeConsumerGroups(Set.of(group)).all()).get(group);
            expect(described.members().size(), 1, "members");
        }
        boolean listed = get(admin.listConsumerGroups().all()).stream().anyMatch(each -> each.groupId().equals(group));
        expect(listed, true, "the group is listed");
        OffsetAndMetadata offset =
            get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).get(new TopicPartition(topic, 0));
        expect(offset.offset(), 2L, "committed offset");
        get(admin.deleteConsumerGroups(Set.of(group)).all());
        return "described, listed, read, deleted";
    }
}

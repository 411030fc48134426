import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What all scenarios use: clients, topics, the records that are sent, and waiting with a deadline. */
abstract class Harness {
    static final long DEADLINE_MS = 30_000;
    static final Duration POLL = Duration.ofMillis(100);
    static final long FIRST_TIMESTAMP_MS = 1_700_000_000_000L;

    final String bootstrap;
    final String prefix;
    final Admin admin;

    Harness(String bootstrap, String prefix, Admin admin) {
        this.bootstrap = bootstrap;
        this.prefix = prefix;
        this.admin = admin;
    }

    static void expect(Object found, Object expected, String what) {
        if (!found.equals(expected)) {
            throw new IllegalStateException(what + ": " + found + " instead of " + expected);
        }
    }

    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException error) {
            throw (Exception) error.getCause();
        }
    }

    /** Something that must come true soon. */
    interface Condition {
        boolean holds() throws Exception;
    }

    static void until(String what, Condition condition) throws Exception {
        long end = System.currentTimeMillis() + DEADLINE_MS;
        while (!condition.holds()) {
            expect(System.currentTimeMillis() < end, true, what + " in time");
            Thread.sleep(20);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Properties client(String bootstrap) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        return properties;
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
        Properties properties = client(bootstrap);
        properties.put("linger.ms", "20");
        properties.put("acks", "all");
        properties.put("enable.idempotence", "true");
        properties.put("request.timeout.ms", "10000");
        properties.put("delivery.timeout.ms", String.valueOf(DEADLINE_MS));
        properties.putAll(settings);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(String group) {
        return consumer(group, Map.of());
    }

    KafkaConsumer<byte[], byte[]> consumer(String group, Map<String, String> settings) {
        Properties properties = client(bootstrap);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("session.timeout.ms", "10000");
        properties.put("heartbeat.interval.ms", "300");
        if (group != null) {
            properties.put("group.id", group);
        }
        properties.putAll(settings);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A topic whose partitions are led: Kafka's controller answers a moment before its brokers have heard of it. */
    String create(String name, int partitions) throws Exception {
        return create(name, partitions, Map.of("retention.ms", "-1"));
    }

    String create(String name, int partitions, Map<String, String> configs) throws Exception {
        String topic = prefix + "-" + name;
        NewTopic wanted = new NewTopic(topic, partitions, (short) 1).configs(configs);
        get(admin.createTopics(List.of(wanted)).all());
        until("the new topic is listed", () -> get(admin.listTopics().names()).contains(topic));
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        get(admin.listOffsets(ends).all());
        return topic;
    }

    /** The record that stands at an offset of a partition: null and empty keys, values and headers are among them. */
    static ProducerRecord<byte[], byte[]> record(String topic, int partition, int offset) {
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

    void fill(String codec, String topic, int partitions, int first, int end) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("compression.type", codec))) {
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

    static List<ConsumerRecord<byte[], byte[]>> read(KafkaConsumer<byte[], byte[]> consumer, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long end = System.currentTimeMillis() + DEADLINE_MS;
        while (records.size() < count && System.currentTimeMillis() < end) {
            consumer.poll(POLL).forEach(records::add);
        }
        expect(records.size(), count, "records read");
        return records;
    }

    /** Fails unless these are the records of `record`, in order in each partition from `first` on. */
    static void compare(List<ConsumerRecord<byte[], byte[]>> records, long first) {
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
}

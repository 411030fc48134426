import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Topics, configs and groups as an administrator sees them. */
final class AdminScenarios extends Harness {
    AdminScenarios(String bootstrap, String prefix, Admin admin) {
        super(bootstrap, prefix, admin);
    }

    String topics() throws Exception {
        String topic = create("topics", 3);
        expect(partitions(topic), 3, "partitions");
        String again = "nothing";
        try {
            create("topics", 3);
        } catch (Exception error) {
            again = error.getClass().getSimpleName();
        }
        expect(again, "TopicExistsException", "creating it again");
        get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all());
        until("5 partitions", () -> partitions(topic) == 5);
        fill("none", topic, 5, 0, 1);
        get(admin.deleteTopics(List.of(topic)).all());
        until("the deleted topic is gone", () -> !get(admin.listTopics().names()).contains(topic));
        return "created, listed, described, refused, enlarged, deleted";
    }

    private int partitions(String topic) throws Exception {
        return get(described(admin.describeTopics(List.of(topic))).get(topic)).partitions().size();
    }

    /** What was asked for by name: the method is called otherwise since 3.1, and its first name is gone since 4.0. */
    @SuppressWarnings("unchecked")
    private static Map<String, Future<TopicDescription>> described(DescribeTopicsResult result) throws Exception {
        boolean renamed = Arrays.stream(result.getClass().getMethods()).anyMatch(each -> each.getName().equals("topicNameValues"));
        return (Map<String, Future<TopicDescription>>)
            result.getClass().getMethod(renamed ? "topicNameValues" : "values").invoke(result);
    }

    String configs() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, create("configs", 1));
        expect(described(topic).value(), "-1", "retention.ms");
        expect(get(admin.describeCluster().nodes()).size(), 1, "nodes of the cluster");
        alter(topic, "60000", AlterConfigOp.OpType.SET);
        until("retention.ms is altered", () -> described(topic).value().equals("60000"));
        alter(topic, null, AlterConfigOp.OpType.DELETE);
        until("retention.ms is the broker's again", () -> described(topic).isDefault());
        return "retention.ms: -1, 60000, " + described(topic).value();
    }

    private ConfigEntry described(ConfigResource topic) throws Exception {
        return get(admin.describeConfigs(Set.of(topic)).all()).get(topic).get("retention.ms");
    }

    private void alter(ConfigResource topic, String retentionMs, AlterConfigOp.OpType operation) throws Exception {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry("retention.ms", retentionMs), operation);
        get(admin.incrementalAlterConfigs(Map.of(topic, List.of(change))).all());
    }

    String groups() throws Exception {
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

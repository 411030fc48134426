import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaFilter;

/**
 * What web interfaces for Kafka ask when they start and when their pages are opened, through the stock admin client: cluster,
 * brokers, topics, configs, log directories, groups, offsets, access, quotas, credentials, transactions, reassignments.
 */
@SuppressWarnings("removal") // listConsumerGroups is what interfaces of today still ask
public final class UiQueries {
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", arguments[0], "default.api.timeout.ms", 5000,
            "request.timeout.ms", 5000);
        try (Admin admin = Admin.create(config)) {
            cluster(admin);
            topics(admin);
            configs(admin);
            groups(admin);
            offsets(admin);
            access(admin);
        }
    }

    private static void cluster(Admin admin) {
        DescribeClusterResult cluster =
            admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true).includeFencedBrokers(true));
        show("cluster id is there", () -> !cluster.clusterId().get().isEmpty());
        show("controller is a broker", () -> cluster.nodes().get().contains(cluster.controller().get()));
        show("nodes", () -> cluster.nodes().get().size());
        show("cluster operations", cluster::authorizedOperations);
        show("features", () -> new TreeMap<>(admin.describeFeatures().featureMetadata().get().finalizedFeatures()));
        show("quorum", () -> {
            var quorum = admin.describeMetadataQuorum().quorumInfo().get();
            return "leader " + quorum.leaderId() + ", voters " + quorum.voters().size() + ", observers " + quorum.observers();
        });
        show("log directories", () -> {
            Map<String, Object> seen = new TreeMap<>();
            admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).forEach((path, directory) -> {
                directory.replicaInfos().forEach((partition, replica) -> {
                    if (!partition.topic().startsWith("__")) seen.put(partition.toString(), replica);
                });
                seen.put("error", directory.error());
                seen.put("cordoned", directory.isCordoned());
            });
            return seen;
        });
    }

    private static void topics(Admin admin) {
        for (boolean internal : new boolean[] {false, true})
            show("topics, internal " + internal, () -> admin.listTopics(new ListTopicsOptions().listInternal(internal)).listings()
                .get().stream().map(topic -> topic.name() + " internal=" + topic.isInternal())
                .filter(line -> !line.startsWith("__transaction")).collect(Collectors.toCollection(TreeSet::new)));
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        for (String topic : List.of("payments", "__consumer_offsets", "nowhere"))
            show("topic " + topic, () -> {
                var found = admin.describeTopics(List.of(topic), options).allTopicNames().get().get(topic);
                return found.name() + " internal=" + found.isInternal() + " " + text(found.authorizedOperations()) + " "
                    + found.partitions();
            });
        show("reassignments", () -> admin.listPartitionReassignments().reassignments());
        show("reassignments of a partition", () ->
            admin.listPartitionReassignments(Set.of(new TopicPartition("nowhere", 0))).reassignments());
        show("producers", () -> admin.describeProducers(List.of(new TopicPartition("placed", 0))).all());
    }

    private static void configs(Admin admin) {
        DescribeConfigsOptions options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(false);
        for (ConfigResource resource : List.of(
            new ConfigResource(ConfigResource.Type.TOPIC, "payments"),
            new ConfigResource(ConfigResource.Type.TOPIC, "nowhere"),
            new ConfigResource(ConfigResource.Type.BROKER, "1"),
            new ConfigResource(ConfigResource.Type.BROKER, ""),
            new ConfigResource(ConfigResource.Type.GROUP, "baristas"),
            new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "nothing")))
            show("config of " + resource, () -> {
                Config config = admin.describeConfigs(List.of(resource), options).all().get().get(resource);
                Map<String, Object> lines = new TreeMap<>();
                config.entries().forEach(entry -> lines.put(entry.name(), entry.value() + " " + entry.source() + " "
                    + entry.type() + (entry.isReadOnly() ? " read-only" : "") + (entry.isSensitive() ? " sensitive" : "")
                    + " " + entry.synonyms()));
                return lines;
            });
        DescribeConfigsOptions documented = new DescribeConfigsOptions().includeDocumentation(true);
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        show("configs of a broker without documentation", () -> admin.describeConfigs(List.of(broker), documented).all().get()
            .get(broker).entries().stream().filter(entry -> entry.documentation() == null).count());
        show("config resources", () -> admin.listConfigResources(Set.of(), new
            org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all().get().stream().map(Object::toString)
            .filter(line -> !line.contains("__transaction")).collect(Collectors.toCollection(TreeSet::new)));
        show("client metrics", () -> admin.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS), new
            org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all());
    }

    private static void groups(Admin admin) {
        show("groups", () -> new TreeSet<>(admin.listGroups().all().get().stream().map(Object::toString).toList()));
        show("consumer groups", () -> new TreeSet<>(admin.listConsumerGroups().all().get().stream().map(Object::toString)
            .toList()));
        DescribeConsumerGroupsOptions options = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
        for (String group : List.of("baristas", "tills", "nobody")) {
            show("group " + group, () -> {
                var found = admin.describeConsumerGroups(List.of(group), options).all().get().get(group);
                return found.groupId() + " " + found.groupState() + " " + found.partitionAssignor() + " members "
                    + found.members() + " " + text(found.authorizedOperations()) + " epochs " + found.groupEpoch() + " "
                    + found.targetAssignmentEpoch();
            });
            show("classic group " + group, () -> admin.describeClassicGroups(List.of(group)).all().get().get(group).state());
            show("offsets of group " + group, () -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        }
        show("offsets of some partitions", () -> admin.listConsumerGroupOffsets(Map.of("baristas",
            new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(new TopicPartition("brews", 0),
                new TopicPartition("nowhere", 3))))).partitionsToOffsetAndMetadata("baristas"));
    }

    private static void offsets(Admin admin) {
        Map<String, OffsetSpec> kinds = new LinkedHashMap<>();
        kinds.put("earliest", OffsetSpec.earliest());
        kinds.put("latest", OffsetSpec.latest());
        kinds.put("max timestamp", OffsetSpec.maxTimestamp());
        kinds.put("earliest local", OffsetSpec.earliestLocal());
        kinds.put("latest tiered", OffsetSpec.latestTiered());
        kinds.put("earliest pending upload", OffsetSpec.earliestPendingUpload());
        kinds.put("of a time", OffsetSpec.forTimestamp(1_700_000_000_001L));
        kinds.put("of a time to come", OffsetSpec.forTimestamp(4_000_000_000_000L));
        for (String topic : List.of("counted", "placed"))
            kinds.forEach((name, kind) -> show("offset of " + topic + " " + name,
                () -> admin.listOffsets(Map.of(new TopicPartition(topic, 0), kind)).all()));
    }

    private static void access(Admin admin) {
        show("access rules", () -> admin.describeAcls(AclBindingFilter.ANY).values());
        show("quotas", () -> new TreeMap<>(admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get().entrySet()
            .stream().collect(Collectors.toMap(entry -> text(entry.getKey().entries()), Map.Entry::getValue))));
        show("credentials", () -> admin.describeUserScramCredentials().all().get().values().stream().map(user -> user.name()
            + " " + new TreeSet<>(user.credentialInfos().stream().map(Object::toString).toList())).toList());
        show("credentials of a user that is not there", () -> admin.describeUserScramCredentials(List.of("nobody")).all());
        show("delegation tokens", () -> admin.describeDelegationToken().delegationTokens());
        show("transactions", () -> admin.listTransactions().all());
    }

    /** Prints one answer, or the error that came instead. */
    private static void show(String title, Callable<Object> query) {
        System.out.println("-- " + title);
        try {
            Object answer = query.call();
            System.out.println(text(answer instanceof KafkaFuture<?> future ? future.get() : answer));
        } catch (ExecutionException failed) {
            System.out.println(failed.getCause());
        } catch (Exception failed) {
            System.out.println(failed);
        }
    }

    /** As text in an order of its own, because sets and maps have none. */
    private static String text(Object value) {
        if (value instanceof Optional<?> optional) return optional.map(UiQueries::text).orElse("nothing");
        if (value instanceof Map<?, ?> map) {
            Map<String, String> sorted = new TreeMap<>();
            map.forEach((key, entry) -> sorted.put(text(key), text(entry)));
            return sorted.entrySet().stream().map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("\n"));
        }
        if (value instanceof Set<?> set)
            return set.stream().map(UiQueries::text).sorted().collect(Collectors.joining(", "));
        if (value instanceof Collection<?> list)
            return list.stream().map(UiQueries::text).collect(Collectors.joining("\n"));
        return String.valueOf(value);
    }
}

"""Which keys the configuration of a broker has in past releases, as the brokers of three of them described it: 2.8.2, 3.3.2, 3.9.1.

In between a key counts as there from the first of these on that has it, and as long as the last of them that has it.
"""

from __future__ import annotations

from kafkaemu.config.table import Row

#: Release -> keys of 4.3 that no release before has, one behind the other.
SINCE: dict[str, str] = {
    "4.0": """
        add.partitions.to.txn.retry.backoff.max.ms add.partitions.to.txn.retry.backoff.ms config.providers
        controller.quorum.auto.join.enable controller.quorum.fetch.max.bytes
        controller.quorum.fetch.snapshot.max.bytes cordoned.log.dirs follower.fetch.last.tiered.offset.enable
        group.consumer.assignment.interval.ms group.consumer.max.assignment.interval.ms
        group.consumer.migration.policy group.consumer.min.assignment.interval.ms group.coordinator.background.threads
        group.coordinator.cached.buffer.max.bytes group.share.assignment.interval.ms group.share.assignors
        group.share.max.assignment.interval.ms group.share.max.delivery.count.limit
        group.share.max.partition.max.record.locks group.share.max.share.sessions
        group.share.min.assignment.interval.ms group.share.min.delivery.count.limit
        group.share.min.partition.max.record.locks group.streams.assignment.interval.ms
        group.streams.heartbeat.interval.ms group.streams.initial.rebalance.delay.ms
        group.streams.max.assignment.interval.ms group.streams.max.heartbeat.interval.ms
        group.streams.max.session.timeout.ms group.streams.max.size group.streams.max.standby.replicas
        group.streams.min.assignment.interval.ms group.streams.min.heartbeat.interval.ms
        group.streams.min.session.timeout.ms group.streams.num.standby.replicas group.streams.session.timeout.ms
        remote.list.offsets.request.timeout.ms remote.log.manager.follower.thread.pool.size
        sasl.oauthbearer.assertion.algorithm sasl.oauthbearer.assertion.claim.aud
        sasl.oauthbearer.assertion.claim.exp.seconds sasl.oauthbearer.assertion.claim.iss
        sasl.oauthbearer.assertion.claim.jti.include sasl.oauthbearer.assertion.claim.nbf.seconds
        sasl.oauthbearer.assertion.claim.sub sasl.oauthbearer.assertion.file
        sasl.oauthbearer.assertion.private.key.file sasl.oauthbearer.assertion.private.key.passphrase
        sasl.oauthbearer.assertion.template.file sasl.oauthbearer.client.credentials.client.id
        sasl.oauthbearer.client.credentials.client.secret sasl.oauthbearer.jwt.retriever.class
        sasl.oauthbearer.jwt.validator.class sasl.oauthbearer.scope share.coordinator.append.linger.ms
        share.coordinator.cached.buffer.max.bytes share.coordinator.load.buffer.size
        share.coordinator.snapshot.update.records.per.snapshot share.coordinator.state.topic.compression.codec
        share.coordinator.state.topic.min.isr share.coordinator.state.topic.num.partitions
        share.coordinator.state.topic.replication.factor share.coordinator.state.topic.segment.bytes
        share.coordinator.threads share.coordinator.write.timeout.ms share.fetch.purgatory.purge.interval.requests
        transaction.two.phase.commit.enable
    """,
    "3.9": """
        compression.gzip.level compression.lz4.level compression.zstd.level controller.quorum.bootstrap.servers
        group.consumer.assignors group.consumer.heartbeat.interval.ms group.consumer.max.heartbeat.interval.ms
        group.consumer.max.session.timeout.ms group.consumer.max.size group.consumer.min.heartbeat.interval.ms
        group.consumer.min.session.timeout.ms group.consumer.session.timeout.ms group.coordinator.append.linger.ms
        group.coordinator.rebalance.protocols group.coordinator.threads group.share.delivery.count.limit
        group.share.heartbeat.interval.ms group.share.max.heartbeat.interval.ms
        group.share.max.record.lock.duration.ms group.share.max.session.timeout.ms group.share.max.size
        group.share.min.heartbeat.interval.ms group.share.min.record.lock.duration.ms
        group.share.min.session.timeout.ms group.share.partition.max.record.locks group.share.record.lock.duration.ms
        group.share.session.timeout.ms log.dir.failure.timeout.ms log.local.retention.bytes log.local.retention.ms
        log.message.timestamp.after.max.ms log.message.timestamp.before.max.ms max.request.partition.size.limit
        metadata.log.max.snapshot.interval.ms producer.id.expiration.ms remote.fetch.max.wait.ms
        remote.log.index.file.cache.total.size.bytes remote.log.manager.copier.thread.pool.size
        remote.log.manager.copy.max.bytes.per.second remote.log.manager.copy.quota.window.num
        remote.log.manager.copy.quota.window.size.seconds remote.log.manager.expiration.thread.pool.size
        remote.log.manager.fetch.max.bytes.per.second remote.log.manager.fetch.quota.window.num
        remote.log.manager.fetch.quota.window.size.seconds remote.log.manager.task.interval.ms
        remote.log.manager.thread.pool.size remote.log.metadata.custom.metadata.max.bytes
        remote.log.metadata.manager.class.name remote.log.metadata.manager.class.path
        remote.log.metadata.manager.impl.prefix remote.log.metadata.manager.listener.name
        remote.log.reader.max.pending.tasks remote.log.reader.threads remote.log.storage.manager.class.name
        remote.log.storage.manager.class.path remote.log.storage.manager.impl.prefix remote.log.storage.system.enable
        ssl.allow.dn.changes ssl.allow.san.changes telemetry.max.bytes transaction.partition.verification.enable
    """,
    "3.3": """
        broker.heartbeat.interval.ms broker.session.timeout.ms controller.listener.names
        controller.quorum.append.linger.ms controller.quorum.election.backoff.max.ms
        controller.quorum.election.timeout.ms controller.quorum.fetch.timeout.ms controller.quorum.request.timeout.ms
        controller.quorum.retry.backoff.ms controller.quorum.voters early.start.listeners
        initial.broker.registration.timeout.ms metadata.log.dir metadata.log.max.record.bytes.between.snapshots
        metadata.log.segment.bytes metadata.log.segment.ms metadata.max.idle.interval.ms metadata.max.retention.bytes
        metadata.max.retention.ms node.id process.roles sasl.login.connect.timeout.ms sasl.login.read.timeout.ms
        sasl.login.retry.backoff.max.ms sasl.login.retry.backoff.ms sasl.mechanism.controller.protocol
        sasl.oauthbearer.clock.skew.seconds sasl.oauthbearer.expected.audience sasl.oauthbearer.expected.issuer
        sasl.oauthbearer.jwks.endpoint.refresh.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms
        sasl.oauthbearer.jwks.endpoint.retry.backoff.ms sasl.oauthbearer.jwks.endpoint.url
        sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name sasl.oauthbearer.token.endpoint.url
        socket.listen.backlog.size
    """,
}
#: Release -> those among them that its brokers have, and do not tell.
UNTOLD: dict[str, str] = {
    "3.9": "group.consumer.migration.policy",
    "3.3": """
        remote.log.index.file.cache.total.size.bytes remote.log.manager.task.interval.ms
        remote.log.manager.thread.pool.size remote.log.metadata.manager.class.name
        remote.log.metadata.manager.class.path remote.log.metadata.manager.impl.prefix
        remote.log.metadata.manager.listener.name remote.log.reader.max.pending.tasks remote.log.reader.threads
        remote.log.storage.manager.class.name remote.log.storage.manager.class.path
        remote.log.storage.manager.impl.prefix remote.log.storage.system.enable
    """,
    "2.8": """
        broker.heartbeat.interval.ms broker.session.timeout.ms controller.listener.names
        controller.quorum.append.linger.ms controller.quorum.election.backoff.max.ms
        controller.quorum.election.timeout.ms controller.quorum.fetch.timeout.ms controller.quorum.request.timeout.ms
        controller.quorum.retry.backoff.ms controller.quorum.voters initial.broker.registration.timeout.ms
        metadata.log.dir node.id process.roles sasl.mechanism.controller.protocol
    """,
}
#: Keys that went with 4.0. Those that have the name of a topic's stand elsewhere, as does ``inter.broker.protocol.version``.
UNTIL_4: tuple[Row, ...] = (
    ("broker.id.generation.enable", "BOOLEAN", "true", "", "MEDIUM", False),
    ("control.plane.listener.name", "STRING", None, "", "MEDIUM", False),
    ("controlled.shutdown.max.retries", "INT", "3", "", "MEDIUM", False),
    ("controlled.shutdown.retry.backoff.ms", "LONG", "5000", "", "MEDIUM", False),
    ("delegation.token.master.key", "PASSWORD", None, "", "MEDIUM", False),
    ("leader.imbalance.per.broker.percentage", "INT", "10", "", "MEDIUM", False),
    ("offsets.commit.required.acks", "SHORT", "-1", "", "MEDIUM", False),
    ("password.encoder.cipher.algorithm", "STRING", "AES/CBC/PKCS5Padding", "", "MEDIUM", False),
    ("password.encoder.iterations", "INT", "4096", "", "MEDIUM", False),
    ("password.encoder.key.length", "INT", "128", "", "MEDIUM", False),
    ("password.encoder.keyfactory.algorithm", "STRING", None, "", "MEDIUM", False),
    ("password.encoder.old.secret", "PASSWORD", None, "", "MEDIUM", False),
    ("password.encoder.secret", "PASSWORD", None, "", "MEDIUM", False),
    ("reserved.broker.max.id", "INT", "1000", "", "MEDIUM", False),
    ("zookeeper.clientCnxnSocket", "STRING", None, "", "MEDIUM", False),
    ("zookeeper.connect", "STRING", None, "", "MEDIUM", False),
    ("zookeeper.connection.timeout.ms", "INT", None, "", "MEDIUM", False),
    ("zookeeper.max.in.flight.requests", "INT", "10", "", "MEDIUM", False),
    ("zookeeper.session.timeout.ms", "INT", "18000", "", "MEDIUM", False),
    ("zookeeper.set.acl", "BOOLEAN", "false", "", "MEDIUM", False),
    ("zookeeper.ssl.cipher.suites", "LIST", None, "", "MEDIUM", False),
    ("zookeeper.ssl.client.enable", "BOOLEAN", "false", "", "MEDIUM", False),
    ("zookeeper.ssl.crl.enable", "BOOLEAN", "false", "", "MEDIUM", False),
    ("zookeeper.ssl.enabled.protocols", "LIST", None, "", "MEDIUM", False),
    ("zookeeper.ssl.endpoint.identification.algorithm", "STRING", "HTTPS", "", "MEDIUM", False),
    ("zookeeper.ssl.keystore.location", "STRING", None, "", "MEDIUM", False),
    ("zookeeper.ssl.keystore.password", "PASSWORD", None, "", "MEDIUM", False),
    ("zookeeper.ssl.keystore.type", "STRING", None, "", "MEDIUM", False),
    ("zookeeper.ssl.ocsp.enable", "BOOLEAN", "false", "", "MEDIUM", False),
    ("zookeeper.ssl.protocol", "STRING", "TLSv1.2", "", "MEDIUM", False),
    ("zookeeper.ssl.truststore.location", "STRING", None, "", "MEDIUM", False),
    ("zookeeper.ssl.truststore.password", "PASSWORD", None, "", "MEDIUM", False),
    ("zookeeper.ssl.truststore.type", "STRING", None, "", "MEDIUM", False),
)
#: Keys of 3.9 that neither 3.3 nor 4.0 has, or has like this.
SINCE_3_9: tuple[Row, ...] = (
    ("auto.include.jmx.reporter", "BOOLEAN", "true", "", "MEDIUM", False),
    ("eligible.leader.replicas.enable", "BOOLEAN", "false", "", "MEDIUM", False),
    ("group.share.max.groups", "SHORT", "10", "", "MEDIUM", False),
    ("remote.log.manager.copier.thread.pool.size", "INT", "-1", "", "MEDIUM", False),
    ("remote.log.manager.expiration.thread.pool.size", "INT", "-1", "", "MEDIUM", False),
    ("remote.log.reader.threads", "INT", "10", "[1,...]", "MEDIUM", False),
    ("zookeeper.metadata.migration.enable", "BOOLEAN", "false", "", "MEDIUM", False),
)
#: Keys that went with 3.0.
UNTIL_3: tuple[Row, ...] = (
    ("advertised.host.name", "STRING", None, "", "MEDIUM", False),
    ("advertised.port", "INT", None, "", "MEDIUM", False),
    ("host.name", "STRING", "", "", "MEDIUM", False),
    ("port", "INT", "9092", "", "MEDIUM", False),
    ("quota.consumer.default", "LONG", "9223372036854775807", "", "MEDIUM", False),
    ("quota.producer.default", "LONG", "9223372036854775807", "", "MEDIUM", False),
    ("zookeeper.sync.time.ms", "INT", "2000", "", "MEDIUM", False),
)
#: Release -> default of inter.broker.protocol.version, by which programs tell what release a broker is.
PROTOCOL_VERSION = {
    "2.2": "2.2-IV1",
    "2.3": "2.3-IV1",
    "2.4": "2.4-IV1",
    "2.5": "2.5-IV0",
    "2.6": "2.6-IV0",
    "2.7": "2.7-IV2",
    "2.8": "2.8-IV1",
    "3.0": "3.0-IV1",
    "3.1": "3.1-IV0",
    "3.2": "3.2-IV0",
    "3.3": "3.3-IV3",
    "3.4": "3.4-IV0",
    "3.5": "3.5-IV2",
    "3.6": "3.6-IV2",
    "3.7": "3.7-IV4",
    "3.8": "3.8-IV0",
    "3.9": "3.9-IV0",
}

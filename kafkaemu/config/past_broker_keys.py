"""Which keys brokers had in past releases, as the ``KafkaConfig`` of each of them, from 2.2 on, declares them."""

from __future__ import annotations

from kafkaemu.config.table import Row

#: Release -> keys that were first told by it, one behind the other.
SINCE: dict[str, str] = {
    "2.3": "log.cleaner.max.compaction.lag.ms max.connections",
    "2.4": "replica.selector.class security.providers",
    "2.5": """
        fetch.max.bytes zookeeper.clientCnxnSocket zookeeper.ssl.cipher.suites zookeeper.ssl.client.enable
        zookeeper.ssl.crl.enable zookeeper.ssl.enabled.protocols
        zookeeper.ssl.endpoint.identification.algorithm zookeeper.ssl.keystore.location
        zookeeper.ssl.keystore.password zookeeper.ssl.keystore.type zookeeper.ssl.ocsp.enable
        zookeeper.ssl.protocol zookeeper.ssl.truststore.location zookeeper.ssl.truststore.password
        zookeeper.ssl.truststore.type
    """,
    "2.6": "ssl.engine.factory.class",
    "2.7": """
        controller.quota.window.num controller.quota.window.size.seconds max.connection.creation.rate
        socket.connection.setup.timeout.max.ms socket.connection.setup.timeout.ms
        ssl.keystore.certificate.chain ssl.keystore.key ssl.truststore.certificates
    """,
    "2.8": "delegation.token.secret.key sasl.server.max.receive.size",
    "3.0": """
        broker.heartbeat.interval.ms broker.session.timeout.ms controller.listener.names
        controller.quorum.append.linger.ms controller.quorum.election.backoff.max.ms
        controller.quorum.election.timeout.ms controller.quorum.fetch.timeout.ms
        controller.quorum.request.timeout.ms controller.quorum.retry.backoff.ms controller.quorum.voters
        initial.broker.registration.timeout.ms metadata.log.dir
        metadata.log.max.record.bytes.between.snapshots metadata.log.segment.bytes metadata.log.segment.ms
        metadata.max.retention.bytes metadata.max.retention.ms node.id process.roles
        sasl.mechanism.controller.protocol
    """,
    "3.1": """
        sasl.login.connect.timeout.ms sasl.login.read.timeout.ms sasl.login.retry.backoff.max.ms
        sasl.login.retry.backoff.ms sasl.oauthbearer.clock.skew.seconds sasl.oauthbearer.expected.audience
        sasl.oauthbearer.expected.issuer sasl.oauthbearer.jwks.endpoint.refresh.ms
        sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.ms
        sasl.oauthbearer.jwks.endpoint.url sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name
        sasl.oauthbearer.token.endpoint.url
    """,
    "3.2": "socket.listen.backlog.size",
    "3.3": "early.start.listeners metadata.max.idle.interval.ms",
    "3.4": """
        auto.include.jmx.reporter metadata.log.max.snapshot.interval.ms producer.id.expiration.ms
        zookeeper.metadata.migration.enable
    """,
    "3.6": """
        log.local.retention.bytes log.local.retention.ms log.message.timestamp.after.max.ms
        log.message.timestamp.before.max.ms remote.log.manager.task.interval.ms
        remote.log.manager.thread.pool.size remote.log.metadata.custom.metadata.max.bytes
        remote.log.metadata.manager.class.name remote.log.metadata.manager.class.path
        remote.log.metadata.manager.impl.prefix remote.log.metadata.manager.listener.name
        remote.log.reader.max.pending.tasks remote.log.reader.threads remote.log.storage.manager.class.name
        remote.log.storage.manager.class.path remote.log.storage.manager.impl.prefix
        remote.log.storage.system.enable transaction.partition.verification.enable
    """,
    "3.7": """
        eligible.leader.replicas.enable group.consumer.assignors group.consumer.heartbeat.interval.ms
        group.consumer.max.heartbeat.interval.ms group.consumer.max.session.timeout.ms group.consumer.max.size
        group.consumer.min.heartbeat.interval.ms group.consumer.min.session.timeout.ms
        group.consumer.session.timeout.ms group.coordinator.rebalance.protocols group.coordinator.threads
        remote.log.index.file.cache.total.size.bytes ssl.allow.dn.changes ssl.allow.san.changes
        telemetry.max.bytes
    """,
    "3.8": """
        compression.gzip.level compression.lz4.level compression.zstd.level group.consumer.migration.policy
        group.coordinator.append.linger.ms log.dir.failure.timeout.ms max.request.partition.size.limit
        remote.fetch.max.wait.ms remote.log.manager.copy.max.bytes.per.second
        remote.log.manager.copy.quota.window.num remote.log.manager.copy.quota.window.size.seconds
        remote.log.manager.fetch.max.bytes.per.second remote.log.manager.fetch.quota.window.num
        remote.log.manager.fetch.quota.window.size.seconds
    """,
    "3.9": """
        controller.quorum.bootstrap.servers group.share.delivery.count.limit group.share.heartbeat.interval.ms
        group.share.max.groups group.share.max.heartbeat.interval.ms group.share.max.record.lock.duration.ms
        group.share.max.session.timeout.ms group.share.max.size group.share.min.heartbeat.interval.ms
        group.share.min.record.lock.duration.ms group.share.min.session.timeout.ms
        group.share.partition.max.record.locks group.share.record.lock.duration.ms
        group.share.session.timeout.ms remote.log.manager.copier.thread.pool.size
        remote.log.manager.expiration.thread.pool.size
    """,
    "4.0": """
        add.partitions.to.txn.retry.backoff.max.ms add.partitions.to.txn.retry.backoff.ms
        remote.list.offsets.request.timeout.ms share.coordinator.append.linger.ms
        share.coordinator.load.buffer.size share.coordinator.snapshot.update.records.per.snapshot
        share.coordinator.state.topic.compression.codec share.coordinator.state.topic.min.isr
        share.coordinator.state.topic.num.partitions share.coordinator.state.topic.replication.factor
        share.coordinator.state.topic.segment.bytes share.coordinator.threads
        share.coordinator.write.timeout.ms share.fetch.purgatory.purge.interval.requests
    """,
    "4.1": """
        group.share.assignors group.share.max.share.sessions group.streams.heartbeat.interval.ms
        group.streams.max.heartbeat.interval.ms group.streams.max.session.timeout.ms group.streams.max.size
        group.streams.max.standby.replicas group.streams.min.heartbeat.interval.ms
        group.streams.min.session.timeout.ms group.streams.num.standby.replicas
        group.streams.session.timeout.ms sasl.oauthbearer.assertion.algorithm
        sasl.oauthbearer.assertion.claim.aud sasl.oauthbearer.assertion.claim.exp.seconds
        sasl.oauthbearer.assertion.claim.iss sasl.oauthbearer.assertion.claim.jti.include
        sasl.oauthbearer.assertion.claim.nbf.seconds sasl.oauthbearer.assertion.claim.sub
        sasl.oauthbearer.assertion.file sasl.oauthbearer.assertion.private.key.file
        sasl.oauthbearer.assertion.private.key.passphrase sasl.oauthbearer.assertion.template.file
        sasl.oauthbearer.client.credentials.client.id sasl.oauthbearer.client.credentials.client.secret
        sasl.oauthbearer.jwt.retriever.class sasl.oauthbearer.jwt.validator.class sasl.oauthbearer.scope
        transaction.two.phase.commit.enable
    """,
    "4.2": """
        config.providers controller.quorum.auto.join.enable group.streams.initial.rebalance.delay.ms
        remote.log.manager.follower.thread.pool.size
    """,
    "4.3": """
        controller.quorum.fetch.max.bytes controller.quorum.fetch.snapshot.max.bytes cordoned.log.dirs
        follower.fetch.last.tiered.offset.enable group.consumer.assignment.interval.ms
        group.consumer.max.assignment.interval.ms group.consumer.min.assignment.interval.ms
        group.coordinator.background.threads group.coordinator.cached.buffer.max.bytes
        group.share.assignment.interval.ms group.share.max.assignment.interval.ms
        group.share.max.delivery.count.limit group.share.max.partition.max.record.locks
        group.share.min.assignment.interval.ms group.share.min.delivery.count.limit
        group.share.min.partition.max.record.locks group.streams.assignment.interval.ms
        group.streams.max.assignment.interval.ms group.streams.min.assignment.interval.ms
        share.coordinator.cached.buffer.max.bytes
    """,
}
#: First release that has keys which it keeps to itself, and first one that does not -> those keys.
UNTOLD: dict[tuple[str, str], str] = {
    ("2.8", "3.0"): """
        broker.heartbeat.interval.ms broker.session.timeout.ms controller.listener.names
        controller.quorum.append.linger.ms controller.quorum.election.backoff.max.ms
        controller.quorum.election.timeout.ms controller.quorum.fetch.timeout.ms
        controller.quorum.request.timeout.ms controller.quorum.retry.backoff.ms controller.quorum.voters
        initial.broker.registration.timeout.ms metadata.log.dir node.id process.roles
        sasl.mechanism.controller.protocol
    """,
    ("3.0", "3.6"): """
        remote.log.manager.task.interval.ms remote.log.manager.thread.pool.size
        remote.log.metadata.manager.class.name remote.log.metadata.manager.class.path
        remote.log.metadata.manager.impl.prefix remote.log.metadata.manager.listener.name
        remote.log.reader.max.pending.tasks remote.log.reader.threads remote.log.storage.manager.class.name
        remote.log.storage.manager.class.path remote.log.storage.manager.impl.prefix
        remote.log.storage.system.enable
    """,
    ("3.0", "3.7"): "remote.log.index.file.cache.total.size.bytes",
    ("3.5", "3.7"): """
        group.consumer.assignors group.consumer.heartbeat.interval.ms group.consumer.max.heartbeat.interval.ms
        group.consumer.max.session.timeout.ms group.consumer.max.size group.consumer.min.heartbeat.interval.ms
        group.consumer.min.session.timeout.ms group.consumer.session.timeout.ms group.coordinator.threads
    """,
    ("3.8", "3.9"): """
        controller.quorum.bootstrap.servers remote.log.manager.copier.thread.pool.size
        remote.log.manager.expiration.thread.pool.size
    """,
    ("3.9", "4.0"): "group.consumer.migration.policy",
}
#: First release without a key, or with that of 4.3 -> keys as they were last before it. Those that have the name of a topic's stand
#: elsewhere, as does ``inter.broker.protocol.version``.
UNTIL: dict[str, tuple[Row, ...]] = {
    "2.3": (("group.max.session.timeout.ms", "INT", "300000", "", "MEDIUM", False),),
    "2.5": (
        ("message.max.bytes", "INT", "1000012", "[0,...]", "HIGH", True),
        ("replica.lag.time.max.ms", "LONG", "10000", "", "HIGH", False),
        ("ssl.enabled.protocols", "LIST", "TLSv1.2,TLSv1.1,TLSv1", "", "MEDIUM", True),
        ("ssl.protocol", "STRING", "TLS", "", "MEDIUM", True),
        ("transaction.abort.timed.out.transaction.cleanup.interval.ms", "INT", "60000", "[1,...]", "LOW", False),
    ),
    "2.6": (
        ("ssl.enabled.protocols", "LIST", "TLSv1.2", "", "MEDIUM", True),
        ("ssl.protocol", "STRING", "TLSv1.2", "", "MEDIUM", True),
    ),
    "2.8": (("socket.connection.setup.timeout.max.ms", "LONG", "127000", "", "MEDIUM", False),),
    "3.0": (
        ("advertised.host.name", "STRING", None, "", "HIGH", False),
        ("advertised.port", "INT", None, "", "HIGH", False),
        ("host.name", "STRING", "", "", "HIGH", False),
        ("port", "INT", "9092", "", "HIGH", False),
        ("principal.builder.class", "CLASS", None, "", "MEDIUM", True),
        ("quota.consumer.default", "LONG", "9223372036854775807", "[1,...]", "HIGH", False),
        ("quota.producer.default", "LONG", "9223372036854775807", "[1,...]", "HIGH", False),
    ),
    "3.2": (("zookeeper.sync.time.ms", "INT", "2000", "", "LOW", False),),
    "4.0": (
        ("auto.include.jmx.reporter", "BOOLEAN", "true", "", "LOW", False),
        ("broker.id.generation.enable", "BOOLEAN", "true", "", "MEDIUM", False),
        ("control.plane.listener.name", "STRING", None, "", "HIGH", False),
        ("controlled.shutdown.max.retries", "INT", "3", "", "MEDIUM", False),
        ("controlled.shutdown.retry.backoff.ms", "LONG", "5000", "", "MEDIUM", False),
        ("delegation.token.master.key", "PASSWORD", None, "", "MEDIUM", False),
        ("eligible.leader.replicas.enable", "BOOLEAN", "false", "", "HIGH", False),
        (
            "group.consumer.migration.policy",
            "STRING",
            "disabled",
            "(case insensitive) [DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL]",
            "MEDIUM",
            False,
        ),
        ("group.coordinator.append.linger.ms", "INT", "10", "[-1,...]", "MEDIUM", False),
        (
            "group.coordinator.rebalance.protocols",
            "LIST",
            "classic",
            "[consumer, classic, share, streams]",
            "MEDIUM",
            False,
        ),
        ("group.coordinator.threads", "INT", "1", "[1,...]", "MEDIUM", False),
        ("leader.imbalance.per.broker.percentage", "INT", "10", "", "HIGH", False),
        ("metric.reporters", "LIST", "", "", "LOW", True),
        ("num.recovery.threads.per.data.dir", "INT", "1", "[1,...]", "HIGH", True),
        ("offsets.commit.required.acks", "SHORT", "-1", "", "HIGH", False),
        ("password.encoder.cipher.algorithm", "STRING", "AES/CBC/PKCS5Padding", "", "LOW", False),
        ("password.encoder.iterations", "INT", "4096", "[1024,...]", "LOW", False),
        ("password.encoder.key.length", "INT", "128", "[8,...]", "LOW", False),
        ("password.encoder.keyfactory.algorithm", "STRING", None, "", "LOW", False),
        ("password.encoder.old.secret", "PASSWORD", None, "", "MEDIUM", False),
        ("password.encoder.secret", "PASSWORD", None, "", "MEDIUM", False),
        ("remote.log.manager.copier.thread.pool.size", "INT", "-1", "", "MEDIUM", False),
        ("remote.log.manager.expiration.thread.pool.size", "INT", "-1", "", "MEDIUM", False),
        ("remote.log.manager.thread.pool.size", "INT", "10", "[1,...]", "MEDIUM", False),
        ("remote.log.reader.threads", "INT", "10", "[1,...]", "MEDIUM", False),
        ("reserved.broker.max.id", "INT", "1000", "[0,...]", "MEDIUM", False),
        ("zookeeper.clientCnxnSocket", "STRING", None, "", "MEDIUM", False),
        ("zookeeper.connect", "STRING", None, "", "HIGH", False),
        ("zookeeper.connection.timeout.ms", "INT", None, "", "HIGH", False),
        ("zookeeper.max.in.flight.requests", "INT", "10", "[1,...]", "HIGH", False),
        ("zookeeper.metadata.migration.enable", "BOOLEAN", "false", "", "HIGH", False),
        ("zookeeper.session.timeout.ms", "INT", "18000", "", "HIGH", False),
        ("zookeeper.set.acl", "BOOLEAN", "false", "", "HIGH", False),
        ("zookeeper.ssl.cipher.suites", "LIST", None, "", "LOW", False),
        ("zookeeper.ssl.client.enable", "BOOLEAN", "false", "", "MEDIUM", False),
        ("zookeeper.ssl.crl.enable", "BOOLEAN", "false", "", "LOW", False),
        ("zookeeper.ssl.enabled.protocols", "LIST", None, "", "LOW", False),
        ("zookeeper.ssl.endpoint.identification.algorithm", "STRING", "HTTPS", "", "LOW", False),
        ("zookeeper.ssl.keystore.location", "STRING", None, "", "MEDIUM", False),
        ("zookeeper.ssl.keystore.password", "PASSWORD", None, "", "MEDIUM", False),
        ("zookeeper.ssl.keystore.type", "STRING", None, "", "MEDIUM", False),
        ("zookeeper.ssl.ocsp.enable", "BOOLEAN", "false", "", "LOW", False),
        ("zookeeper.ssl.protocol", "STRING", "TLSv1.2", "", "LOW", False),
        ("zookeeper.ssl.truststore.location", "STRING", None, "", "MEDIUM", False),
        ("zookeeper.ssl.truststore.password", "PASSWORD", None, "", "MEDIUM", False),
        ("zookeeper.ssl.truststore.type", "STRING", None, "", "MEDIUM", False),
    ),
    "4.1": (
        (
            "group.coordinator.rebalance.protocols",
            "LIST",
            "classic,consumer",
            "[consumer, classic, share, streams]",
            "MEDIUM",
            False,
        ),
        ("group.share.max.groups", "SHORT", "10", "[1,...,100]", "MEDIUM", False),
        ("group.share.partition.max.record.locks", "INT", "200", "[100,...,10000]", "MEDIUM", False),
        ("share.coordinator.append.linger.ms", "INT", "10", "[-1,...]", "MEDIUM", False),
    ),
    "4.2": (
        ("group.coordinator.append.linger.ms", "INT", "5", "[-1,...]", "MEDIUM", False),
        ("share.coordinator.append.linger.ms", "INT", "5", "[-1,...]", "MEDIUM", False),
    ),
}
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

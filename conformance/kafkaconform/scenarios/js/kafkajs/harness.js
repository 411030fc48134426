// What all scenarios use: clients, topics, the records that are sent, and waiting with a deadline.
'use strict'

const assert = require('node:assert')
const { setTimeout: sleep } = require('node:timers/promises')
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require('kafkajs')
const snappy = require('kafkajs-snappy')
const { ZstdCodec } = require('zstd-codec')

const DEADLINE_MS = 30_000
const FIRST_TIMESTAMP_MS = 1_700_000_000_000
const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  zstd: CompressionTypes.ZSTD,
}

const [bootstrap, prefix] = process.argv.slice(2)
const kafka = new Kafka({ brokers: [bootstrap], clientId: 'scenarios', logLevel: logLevel.NOTHING })
// A broker that restarts is waited for.
const patient = { retries: 30, initialRetryTime: 100, maxRetryTime: 1_000 }
const admin = kafka.admin({ retry: patient })

// The library brings gzip; for the others it names packages to plug in. Those for lz4 and zstd are built from C++: zstd is plugged
// in by hand, and lz4 left out, since the one that is written in JavaScript makes frames that Kafka refuses (linked blocks).
async function plugCodecs() {
  const zstd = await new Promise((resolve) => ZstdCodec.run(({ Simple }) => resolve(new Simple())))
  CompressionCodecs[CompressionTypes.Snappy] = snappy
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async (encoder) => Buffer.from(zstd.compress(encoder.buffer)),
    decompress: async (buffer) => Buffer.from(zstd.decompress(buffer)),
  })
}

async function until(what, condition) {
  for (const end = Date.now() + DEADLINE_MS; !(await condition()); await sleep(20)) {
    assert.ok(Date.now() < end, `not in time: ${what}`)
  }
}

// The record that stands at an offset of a partition: null and empty keys and values, and headers, are among them.
function expected(partition, offset) {
  const key = offset === 1 ? null : Buffer.from(offset === 2 ? '' : `key-${offset}`)
  let value = Buffer.from(`${partition}:${offset} ${'value '.repeat(offset * 40)}`)
  if (offset === 3) value = null
  if (offset === 4) value = Buffer.alloc(0)
  if (offset === 5) value = Buffer.from(Array.from({ length: 256 }, (_, each) => each))
  const headers = offset === 6 ? { a: Buffer.from('1'), empty: Buffer.alloc(0) } : {}
  return { partition, offset, key, value, headers, timestamp: String(FIRST_TIMESTAMP_MS + offset * 10) }
}

async function create(name, partitions, configs = { 'retention.ms': '-1' }) {
  const topic = `${prefix}-${name}`
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }))
  const wanted = { topic, numPartitions: partitions, replicationFactor: 1, configEntries }
  assert.ok(await admin.createTopics({ topics: [wanted] }), 'not created')
  await until('the new topic is listed', async () => (await admin.listTopics()).includes(topic))
  return topic
}

async function fill(codec, topic, partitions, first, end) {
  const messages = []
  for (let offset = first; offset < end; offset++) {
    for (let partition = 0; partition < partitions; partition++) messages.push(expected(partition, offset))
  }
  await producing(async (producer) => {
    const answers = await producer.send({ topic, messages, acks: -1, compression: CODECS[codec] })
    for (const { errorCode, baseOffset } of answers) assert.deepEqual([errorCode, baseOffset], [0, String(first)])
  })
}

// Has something done with a producer of its own.
async function producing(body, settings = {}) {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: patient, ...settings })
  await producer.connect()
  try {
    return await body(producer)
  } finally {
    await producer.disconnect()
  }
}

// A member of a group, which keeps what it reads and commits it when told so.
async function join(topic, group, { fromBeginning = true, handle = () => {}, ...settings } = {}) {
  const consumer = kafka.consumer({
    groupId: `${prefix}-${group}`,
    heartbeatInterval: 300,
    sessionTimeout: 6_000,
    rebalanceTimeout: 6_000,
    maxWaitTimeInMs: 100,
    retry: { ...patient, restartOnFailure: async () => true },
    ...settings,
  })
  const member = { consumer, records: [], assigned: [], topic }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.assigned = payload.memberAssignment[topic] || []
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message: { key, value, headers, offset, timestamp } }) => {
      member.records.push({ partition, offset: Number(offset), key, value, headers, timestamp })
      await handle()
    },
  })
  return member
}

// A member that stays until something is done.
async function joined(topic, group, settings, body) {
  const member = await join(topic, group, settings)
  try {
    return await body(member)
  } finally {
    await member.consumer.disconnect()
  }
}

function commit({ consumer, records, topic }) {
  const next = new Map(records.map(({ partition, offset }) => [partition, offset + 1]))
  return consumer.commitOffsets([...next].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })))
}

// Waits for so many records, which must be those from `first` on in every partition.
async function read(member, count, first) {
  await until(`${count} records`, () => member.records.length >= count)
  assert.strictEqual(member.records.length, count)
  const following = new Map()
  for (const found of member.records) {
    const offset = following.get(found.partition) ?? first
    assert.deepEqual(found, expected(found.partition, offset))
    following.set(found.partition, offset + 1)
  }
}

module.exports = {
  CODECS,
  FIRST_TIMESTAMP_MS,
  admin,
  commit,
  create,
  fill,
  joined,
  kafka,
  patient,
  plugCodecs,
  prefix,
  producing,
  read,
  until,
}

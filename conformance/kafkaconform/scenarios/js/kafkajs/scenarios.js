// kafkajs's side of the scenarios; driver.py says what arguments and output mean.
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
const admin = kafka.admin()

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

async function report(check, body) {
  let ok = true
  let detail
  try {
    detail = await body()
  } catch (error) {
    ok = false
    detail = String(error)
  }
  console.log(JSON.stringify({ check, ok, detail }))
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

async function create(name, partitions) {
  const topic = `${prefix}-${name}`
  const configEntries = [{ name: 'retention.ms', value: '-1' }]
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
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  try {
    const answers = await producer.send({ topic, messages, acks: -1, compression: CODECS[codec] })
    for (const { errorCode, baseOffset } of answers) assert.deepEqual([errorCode, baseOffset], [0, String(first)])
  } finally {
    await producer.disconnect()
  }
}

// A member of a group, which keeps what it reads and commits it when told so.
async function join(topic, group) {
  const consumer = kafka.consumer({
    groupId: `${prefix}-${group}`,
    heartbeatInterval: 300,
    sessionTimeout: 10_000,
    rebalanceTimeout: 10_000,
    maxWaitTimeInMs: 100,
  })
  const member = { consumer, records: [], assignment: 0 }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.assignment = (payload.memberAssignment[topic] || []).length
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message: { key, value, headers, offset, timestamp } }) => {
      member.records.push({ partition, offset: Number(offset), key, value, headers, timestamp })
    },
  })
  return member
}

function commit({ consumer, records }, topic) {
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

async function inGroup(topic, group, count, first) {
  const member = await join(topic, group)
  try {
    await read(member, count, first)
    await commit(member, topic)
  } finally {
    await member.consumer.disconnect()
  }
}

async function roundTrip(codec) {
  const topic = await create(codec, 3)
  await fill(codec, topic, 3, 0, 20)
  await inGroup(topic, codec, 60, 0)
  return '60 records in 3 partitions'
}

async function resume() {
  const topic = await create('resume', 2)
  await fill('none', topic, 2, 0, 8)
  await inGroup(topic, 'resume', 16, 0)
  await fill('none', topic, 2, 8, 12)
  await inGroup(topic, 'resume', 8, 8)
  return 'went on at 8'
}

async function rebalance() {
  const topic = await create('rebalance', 4)
  const first = await join(topic, 'rebalance')
  try {
    const second = await join(topic, 'rebalance')
    try {
      await until('2 and 2', () => first.assignment === 2 && second.assignment === 2)
    } finally {
      await second.consumer.disconnect()
    }
    await until('4', () => first.assignment === 4)
    await fill('none', topic, 4, 0, 1)
    await read(first, 4, 0)
  } finally {
    await first.consumer.disconnect()
  }
  return '2 and 2, then 4'
}

async function topics() {
  const topic = await create('topics', 3)
  const again = await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }] })
  assert.strictEqual(again, false, 'created again')
  await admin.deleteTopics({ topics: [topic] })
  await until('the topic is gone', async () => !(await admin.listTopics()).includes(topic))
  return 'created, listed, refused, deleted'
}

async function main() {
  await plugCodecs()
  await admin.connect()
  for (const codec of Object.keys(CODECS)) await report(`round_trip:${codec}`, () => roundTrip(codec))
  await report('resume', resume)
  await report('rebalance', rebalance)
  await report('topics', topics)
  await admin.disconnect()
}

main()

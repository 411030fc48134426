// What is sent and how it is found again: codecs, positions, times, compaction; and waits that end.
'use strict'

const assert = require('node:assert')
const { FIRST_TIMESTAMP_MS, admin, commit, create, fill, joined, prefix, producing, read, until } = require('./harness')

const MANY = 500
const SHORT_MS = 1_000
const SLACK_MS = 5_000

async function roundTrip(codec) {
  const topic = await create(codec, 3)
  await fill(codec, topic, 3, 0, 20)
  await joined(topic, codec, {}, (member) => read(member, 60, 0))
  return '60 records in 3 partitions'
}

async function resume() {
  const topic = await create('resume', 2)
  for (const [first, end] of [[0, 8], [8, 12]]) {
    await fill('none', topic, 2, first, end)
    await joined(topic, 'resume', {}, async (member) => {
      await read(member, 2 * (end - first), first)
      await commit(member)
    })
  }
  return 'went on at 8'
}

// A topic of one partition with the records below an offset.
async function only(name, end) {
  const topic = await create(name, 1)
  await fill('none', topic, 1, 0, end)
  return topic
}

async function seek() {
  const topic = await only('seek', 10)
  await joined(topic, 'seek', {}, async (member) => {
    await read(member, 10, 0)
    for (const first of [7, 0, 4]) {
      member.records = []
      member.consumer.seek({ topic, partition: 0, offset: String(first) })
      await read(member, 10 - first, first)
    }
    member.records = []
    member.consumer.seek({ topic, partition: 0, offset: '0' })
    const [{ high }] = await admin.fetchTopicOffsets(topic)
    member.records = []
    member.consumer.seek({ topic, partition: 0, offset: high })
    await fill('none', topic, 1, 10, 11)
    await until('the record that came', () => member.records.some(({ offset }) => offset === 10))
  })
  return '7, 0, 4, then 10 as it came'
}

// Reads as a new group does, from a commit that may be out of range.
async function resetFrom(name, fromBeginning, committed) {
  const topic = await only(name, 6)
  const groupId = `${prefix}-${name}`
  if (committed) await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: committed }] })
  await joined(topic, name, { fromBeginning }, async (member) => {
    if (fromBeginning) return read(member, 6, 0)
    // The library looks for the end in its own time: the first record may come before that.
    for (let next = 6; next < 26 && member.records.length === 0; next++) {
      await fill('none', topic, 1, next, next + 1)
      const waiting = Date.now()
      await until('a record or a second', () => member.records.length > 0 || Date.now() > waiting + 1_000)
    }
    assert.ok(member.records[0].offset >= 6, `offset ${member.records[0].offset} was read`)
  })
}

async function reset() {
  await resetFrom('reset-earliest', true)
  await resetFrom('reset-latest', false)
  await resetFrom('range-earliest', true, '100')
  await resetFrom('range-latest', false, '100')
  return 'without a commit and out of range: earliest, latest'
}

// One request after the other: more of them at once the library does not keep in order.
async function idempotence() {
  const topic = await create('idempotence', 1)
  await producing(async (producer) => {
    for (let first = 0; first < MANY; first += 10) {
      const messages = Array.from({ length: 10 }, (_, each) => ({ partition: 0, value: `value-${first + each}` }))
      await producer.send({ topic, messages })
    }
  })
  await joined(topic, 'idempotence', {}, async ({ records }) => {
    await until(`${MANY} records`, () => records.length >= MANY)
    assert.deepEqual(
      records.map(({ offset, value }) => [offset, value.toString()]),
      Array.from({ length: MANY }, (_, number) => [number, `value-${number}`])
    )
  })
  return `${MANY} records once and in order`
}

async function compaction() {
  const topic = await create('compaction', 1, { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' })
  const last = new Map()
  let written = 0
  let refused
  await producing(async (producer) => {
    for (let round = 0; round < 4; round++) {
      const messages = []
      for (let number = 0; number < 10; number++) {
        // Keys 3 and 7 are deleted in the third round; 7 comes back in the last, 3 is left out of it.
        if (number === 3 && round === 3) continue
        const value = round === 2 && (number === 3 || number === 7) ? null : `value-${round}`
        messages.push({ partition: 0, key: `key-${number}`, value })
        last.set(`key-${number}`, value)
      }
      await producer.send({ topic, messages })
      written += messages.length
    }
    refused = await failure(producer.send({ topic, messages: [{ partition: 0, value: 'without a key' }] }))
  }, { retry: { retries: 1 } })
  const folded = new Map()
  await joined(topic, 'compaction', {}, async ({ records }) => {
    // The last record of all is that of key 9, and stays.
    await until('the last record', () => records.some(({ offset }) => offset === written - 1))
    for (const { key, value } of records) folded.set(key.toString(), value && value.toString())
  })
  for (const values of [last, folded]) values.forEach((value, key) => value === null && values.delete(key))
  assert.deepEqual(folded, last)
  return `${folded.size} keys with their last values, 1 deleted; ${refused.message}`
}

// What a promise fails with.
async function failure(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  return assert.fail('it did not fail')
}

// The library has no poll that its user waits for; it tells how long each of its own fetches took. What is for a partition that is not
// there it drops without a word, so that there is no failure to wait for.
async function timeouts() {
  const topic = await create('timeouts', 2)
  return joined(topic, 'timeouts', { maxWaitTimeInMs: SHORT_MS }, async ({ consumer }) => {
    let fetched
    consumer.on(consumer.events.FETCH, ({ payload }) => (fetched = fetched || payload))
    await until('a fetch', () => fetched)
    const { numberOfBatches, duration } = fetched
    assert.strictEqual(numberOfBatches, 0)
    assert.ok(duration >= 0.8 * SHORT_MS && duration <= SHORT_MS + SLACK_MS, `${duration} ms; about ${SHORT_MS}`)
    return `a fetch in ${SHORT_MS} ms`
  })
}

async function times() {
  const topic = await only('times', 10)
  const [{ low, high }] = await admin.fetchTopicOffsets(topic)
  const [{ offset }] = await admin.fetchTopicOffsetsByTimestamp(topic, FIRST_TIMESTAMP_MS + 41)
  // Where there is none, the library answers with the end.
  const [late] = await admin.fetchTopicOffsetsByTimestamp(topic, FIRST_TIMESTAMP_MS + 1_041)
  assert.deepEqual([low, high, offset, late.offset], ['0', '10', '5', '10'])
  return '0, 10, 5, the end'
}

module.exports = { compaction, idempotence, reset, resume, roundTrip, seek, timeouts, times }

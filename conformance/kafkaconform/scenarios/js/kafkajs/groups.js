// Members that come, go, and fall silent. The library has neither static members nor strategies but one.
'use strict'

const { admin, commit, create, fill, joined, kafka, patient, read, until } = require('./harness')

// Each partition is held once, so many by each of the members.
function shared(members, count) {
  const held = members.flatMap(({ assigned }) => assigned)
  return members.every(({ assigned }) => assigned.length === count) && new Set(held).size === count * members.length
}

// The members have read all records below an offset in each of four partitions, which may come again after a rebalance.
function haveRead(members, end) {
  const found = members.flatMap(({ records }) => records).map(({ partition, offset }) => `${partition}:${offset}`)
  return new Set(found).size === 4 * end
}

async function rebalance() {
  const topic = await create('rebalance', 4)
  await joined(topic, 'rebalance', {}, async (first) => {
    await joined(topic, 'rebalance', {}, (second) => until('2 and 2', () => shared([first, second], 2)))
    await until('4', () => shared([first], 4))
    await fill('none', topic, 4, 0, 1)
    await read(first, 4, 0)
  })
  return '2 and 2, then 4'
}

async function roundRobin() {
  const topic = await create('strategy', 4)
  await joined(topic, 'strategy', {}, async (first) => {
    await until('4 at first', () => shared([first], 4))
    await fill('none', topic, 4, 0, 1)
    await joined(topic, 'strategy', {}, async (second) => {
      await fill('none', topic, 4, 1, 2)
      await until('2 and 2', () => shared([first, second], 2))
      await fill('none', topic, 4, 2, 3)
      await until('records below 3', () => haveRead([first, second], 3))
    })
    await until('4 again', () => shared([first], 4))
    await fill('none', topic, 4, 3, 4)
    await until('records below 4', () => haveRead([first], 4))
  })
  return '2 and 2, then 4'
}

// The library's heartbeats stop where its user does not come back from a message.
async function silent() {
  const topic = await create('silent', 4)
  await joined(topic, 'silent', {}, async (first) => {
    let goOn
    const stuck = new Promise((resolve) => (goOn = resolve))
    await joined(topic, 'silent', { handle: () => stuck }, async (second) => {
      try {
        await until('2 and 2', () => shared([first, second], 2))
        await fill('none', topic, 4, 0, 1)
        await until('a message that the member is stuck with', () => second.records.length > 0)
        await until('4', () => shared([first], 4))
        await until('records below 1', () => haveRead([first], 1))
      } finally {
        goOn()
      }
    })
  })
  return '2 and 2, then 4 for who comes back from messages'
}

// Keeps a producer and a member of a group open while the broker is restarted; it may have forgotten everything.
async function restart(restarted) {
  const topic = await create('restart', 1)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: patient })
  await producer.connect()
  try {
    await joined(topic, 'restart', {}, async (member) => {
      // More than after it: where the broker begins anew, the member must not take the new end for where it was.
      await carry(producer, member, 0)
      await carry(producer, member, 10)
      await restarted()
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
      await carry(producer, member, 20)
    })
  } finally {
    await producer.disconnect()
  }
  return '20 before and 10 after'
}

// Sends ten values, waits until all of them have come, and commits.
async function carry(producer, member, first) {
  const values = Array.from({ length: 10 }, (_, each) => `value-${first + each}`)
  for (const value of values) await producer.send({ topic: member.topic, messages: [{ partition: 0, value }] })
  await until(`ten values from ${first}`, () => {
    const read = new Set(member.records.map(({ value }) => value.toString()))
    return values.every((value) => read.has(value))
  })
  await commit(member)
}

module.exports = { rebalance, restart, roundRobin, silent }

// Topics, configs and groups as an administrator sees them.
'use strict'

const assert = require('node:assert')
const { ConfigResourceTypes } = require('kafkajs')
const { admin, commit, create, fill, joined, prefix, read, until } = require('./harness')

async function partitions(topic) {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  return topics[0].partitions.length
}

async function topics() {
  const topic = await create('topics', 3)
  assert.strictEqual(await partitions(topic), 3)
  const again = await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }] })
  assert.strictEqual(again, false, 'created again')
  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
  await until('5 partitions', async () => (await partitions(topic)) === 5)
  await admin.deleteTopics({ topics: [topic] })
  await until('the topic is gone', async () => !(await admin.listTopics()).includes(topic))
  return 'created, listed, described, refused, enlarged, deleted'
}

async function configs() {
  const name = await create('configs', 1)
  const type = ConfigResourceTypes.TOPIC
  const value = async () => {
    const resources = [{ type, name, configNames: ['retention.ms'] }]
    const described = await admin.describeConfigs({ includeSynonyms: false, resources })
    return described.resources[0].configEntries.find(({ configName }) => configName === 'retention.ms').configValue
  }
  // What is not named here goes back to the broker's own: the library knows the older of the two APIs.
  const alter = (configEntries) => admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] })
  assert.strictEqual(await value(), '-1')
  await alter([{ name: 'retention.ms', value: '3600000' }])
  await until('as altered', async () => (await value()) === '3600000')
  await alter([])
  await until('the broker\'s own', async () => !['-1', '3600000'].includes(await value()))
  return 'as created, as altered, as the broker has it'
}

async function groups() {
  const topic = await create('groups', 1)
  const groupId = `${prefix}-groups`
  await fill('none', topic, 1, 0, 2)
  await joined(topic, 'groups', {}, async (member) => {
    await read(member, 2, 0)
    await commit(member)
    const described = await admin.describeGroups([groupId])
    assert.strictEqual(described.groups[0].members.length, 1)
  })
  const listed = async () => (await admin.listGroups()).groups.some((each) => each.groupId === groupId)
  assert.ok(await listed())
  const [{ partitions: committed }] = await admin.fetchOffsets({ groupId, topics: [topic] })
  assert.deepEqual(committed.map(({ partition, offset }) => [partition, offset]), [[0, '2']])
  await admin.deleteGroups([groupId])
  assert.ok(!(await listed()))
  return 'described, listed, read, deleted'
}

module.exports = { configs, groups, topics }

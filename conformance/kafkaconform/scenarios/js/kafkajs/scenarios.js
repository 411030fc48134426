// kafkajs's side of the scenarios; driver.py says what arguments and output mean.
'use strict'

const { once } = require('node:events')
const administration = require('./administration')
const groups = require('./groups')
const { CODECS, admin, plugCodecs } = require('./harness')
const reading = require('./reading')

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

async function restarted() {
  console.log('{"please": "restart"}')
  await once(process.stdin, 'data')
}

async function everything() {
  for (const codec of Object.keys(CODECS)) await report(`round_trip:${codec}`, () => reading.roundTrip(codec))
  await report('resume', reading.resume)
  await report('rebalance', groups.rebalance)
  await report('strategy:roundrobin', groups.roundRobin)
  await report('silent', groups.silent)
  for (const check of ['seek', 'reset', 'idempotence', 'compaction', 'timeouts', 'times']) await report(check, reading[check])
  for (const check of ['topics', 'configs', 'groups']) await report(check, administration[check])
}

async function main() {
  await plugCodecs()
  await admin.connect()
  if (process.argv[4]) await report('restart', () => groups.restart(restarted))
  else await everything()
  await admin.disconnect()
  // After it has lost a broker the library keeps a connection open that nobody can end.
  process.exit()
}

main()

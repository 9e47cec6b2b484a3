// Measures a connector as the cloud uses it: loaded once, then commands. The argument is an
// index.js; the output is one JSON object.
'use strict'

const { once } = require('events')
const { Writable } = require('stream')

const index = process.argv[2]

async function run(connector, type, input) {
  let lines = 0
  let bytes = 0
  const writable = new Writable({
    objectMode: true,
    write(line, _, done) {
      lines++
      bytes += JSON.stringify(line).length + 1
      if (lines % 1000 === 0) {
        setImmediate(done) // a reader needs a moment
      } else {
        done()
      }
    },
  })
  await connector._exec(type, { commandType: type }, input, writable)
  writable.end()
  await once(writable, 'finish')
  return { lines, bytes }
}

async function main() {
  const times = [performance.now()]
  const lap = () => {
    times.push(performance.now())
    return times.at(-1) - times.at(-2)
  }
  const { connector } = require(index)
  const load = lap()
  await run(connector, 'std:test-connection', {})
  const first = lap()
  const idle = process.memoryUsage().rss
  for (let i = 0; i < 100; i++) {
    await run(connector, 'std:test-connection', {})
  }
  const further = lap() / 100
  const { lines, bytes } = await run(connector, 'std:account:list', {})
  const list = lap()
  const peak = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ load, first, further, idle, lines, bytes, list, peak }))
  process.exit()
}

main()

// Passes bytes to the code of a bundle that reads lines, as if from a service or from the program:
// lines.js SCRIPT MODE LIMIT. Each line of standard input, {chunks}, is an answer in base64; each
// line of standard output, {lines, error}, is what the runtime receives from it.
'use strict'

const { readFileSync } = require('fs')
const readline = require('readline')

const [file, mode, limit] = process.argv.slice(2)

const feeds = {
	service: {
		more: 'opened = async () => feed()',
		keep: 'let feed; exports.setFeed = (chunks) => { feed = async function* () { yield* chunks } }',
	},
	program: {
		more: `exports.setFeed = (chunks) => {
			const instance = new Instance(() => {})
			const memory = new Uint8Array(1 << 20)
			let id
			const next = () => {
				const chunk = chunks.shift()
				if (chunk === undefined) {
					instance.end(new Error('the program has ended'))
					return
				}
				memory.fill(0x78)
				memory.set(chunk, 100)
				instance.take(id, 100, chunk.length)
			}
			instance.abandon = () => {}
			instance.memory = { buffer: memory.buffer }
			instance.go = { _scheduledTimeouts: new Map() }
			instance.connector = { run: (n) => { id = n; queueMicrotask(next) }, resume: () => queueMicrotask(next), cancel() {} }
			globalThis[key].instance = instance
		}`,
		keep: '',
	},
}

const settings = {
	hash: 'h',
	keys: { url: 'url', secret: 'secret', timeout: 'timeout' },
	own: [],
	reading: [],
	retries: [],
	keepAlive: 60_000,
	timeout: 60_000,
	lineLimit: Number(limit),
}
const bundle = {}
const code = `'use strict'\nconst bundle = ${JSON.stringify(settings)}\n${feeds[mode].keep}\n${readFileSync(file, 'utf8')}\n${feeds[mode].more}`
new Function('require', 'exports', 'module', '__filename', code)(require, bundle, { parent: undefined }, __filename)

process.env.CONNECTOR_CONFIG = Buffer.from('{"url":"http://localhost"}').toString('base64')

async function answer({ chunks }) {
	const lines = []
	let error = null
	bundle.setFeed(chunks.map((chunk) => Buffer.from(chunk, 'base64')))
	try {
		await bundle.connector._exec('a:b', {}, null, { write: (line) => lines.push(line) })
	} catch (err) {
		error = { type: err.type, message: err.message, name: err.constructor.name, marks: Object.keys(err).filter((name) => name !== 'type') }
	}
	return { lines, error }
}

async function main() {
	for await (const line of readline.createInterface({ input: process.stdin })) {
		process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n')
	}
}

main()

// A stand-in for the runtime that calls bundles: it loads index.js once and runs the commands that
// come as lines of JSON on standard input, {id, request, customizer, reader}, concurrently. It
// answers with lines {id, line} and, at the end of each command, {id, error}.
'use strict'

const { once } = require('events')
const readline = require('readline')
const { Writable } = require('stream')

/** Counts of the bundle's slow operations so far. */
const counts = { crossings: 0, parses: 0 }

const parse = JSON.parse
JSON.parse = (...args) => {
	counts.parses++
	return parse(...args)
}

const instantiate = WebAssembly.instantiate
WebAssembly.instantiate = (module, imports) => {
	if (!imports?.gojs) return instantiate(module, imports) // one of Node's modules
	const counted = (call) => (sp) => {
		counts.crossings++
		return call(sp)
	}
	return instantiate(module, { gojs: Object.fromEntries(Object.entries(imports.gojs).map(([name, call]) => [name, counted(call)])) })
}

const connectors = load(process.argv[2])

async function load(file) {
	const { connector } = require(file)
	return typeof connector === 'function' ? connector() : connector
}

function say(message) {
	process.stdout.write(JSON.stringify(message) + '\n')
}

/** How the answer is read: at once, slowly, only up to a line, or not at all. */
const readers = {
	fast: (id) =>
		new Writable({
			objectMode: true,
			write(line, _, done) {
				say({ id, line })
				done()
			},
		}),
	slow: (id) =>
		new Writable({
			objectMode: true,
			highWaterMark: 1,
			write(line, _, done) {
				say({ id, line })
				setTimeout(done, 1)
			},
		}),
	leaving: (id) =>
		new Writable({
			objectMode: true,
			write(line, _, done) {
				say({ id, line })
				this.destroy()
				done()
			},
		}),
	// disconnects before the command begins
	away: (id) => readers.leaving(id).destroy(),
	// does not slow down the sender, and has no stream method but write
	plain: (id) => ({
		write(line) {
			say({ id, line })
			return true
		},
	}),
	counting: (id) => {
		let count = 0
		const before = { ...counts }
		return new Writable({
			objectMode: true,
			write(line, _, done) {
				count++
				setImmediate(done)
			},
			final(done) {
				const { crossings, parses } = counts
				say({ id, count, memory: process.memoryUsage().rss, crossings: crossings - before.crossings, parses: parses - before.parses })
				done()
			},
		})
	},
}

/** The actions of hooks in a customizer, by name. */
const hooks = {
	setInput: (value) => async () => value,
	tag: (value) => async (_, output) => ({ ...output, tag: value }),
	fail: (message) => async () => {
		throw new Error(message)
	},
}

async function run({ id, request, context = {}, customizer, reader = 'fast' }) {
	const connector = await connectors
	const handlers = new Map(Object.entries(customizer ?? {}).map(([key, [hook, value]]) => [key, hooks[hook](value)]))
	const writable = readers[reader](id)
	process.env.CONNECTOR_CONFIG = Buffer.from(JSON.stringify(request.config ?? {})).toString('base64')
	let error = null
	try {
		await connector._exec(request.type, { commandType: request.type, ...context }, request.input, writable, customizer && { handlers })
		if (writable.end) {
			writable.end()
			await once(writable, 'finish')
		}
	} catch (err) {
		const marks = Object.keys(err).filter((key) => key !== 'type') // the dev server would print them
		error = { name: [err.constructor.name, ...marks].join(' with '), type: err.type, message: err.message }
	}
	say({ id, error })
}

readline.createInterface({ input: process.stdin }).on('line', (line) => run(parse(line)))

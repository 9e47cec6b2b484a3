/* exported connectorOf, Lines */

const { once } = require('events')

/**
 * Returns the connector whose commands run answers. The runtime calls its _exec.
 *
 * run gets a request, {type, input, config, version, context}, and a signal that fires when nobody
 * reads the answer any longer. It yields lists of lines, the closing line last:
 * {data: {}, type: 'end'} or {data: {type, message}, type: 'error'}.
 */
function connectorOf(run) {
	return {
		sdkVersion: 1,
		async _exec(type, context, input, writable, customizer) {
			const gone = new AbortController()
			const leave = () => gone.abort(new Error('the reader of the answer is gone'))
			writable.once?.('close', leave)
			if (writable.destroyed) {
				leave()
			}
			try {
				const before = customizer?.handlers?.get(`before:${type}`)
				const after = customizer?.handlers?.get(`after:${type}`)
				if (before) {
					input = await before(context, input)
				}
				const config = await readConfig(context)
				const request = { type, input, config, version: context?.version, context: invocation(context) }
				gone.signal.throwIfAborted()
				await deliver(run(request, gone.signal), writable, gone.signal, after && ((output) => after(context, output)))
			} finally {
				writable.off?.('close', leave)
			}
		},
	}
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The types of lines; the last two close an answer. */
const lineTypes = ['output', 'state', 'config', 'keepAlive', 'end', 'error']

const closes = (line) => line.type === 'end' || line.type === 'error'

/** Returns a line of the protocol without unknown members; undefined if it is not a line. */
function lineOf(bytes) {
	try {
		return checkedLine(JSON.parse(utf8.decode(bytes)))
	} catch {
		return undefined
	}
}

/** Returns what lineOf returns, of the value of a line. */
function checkedLine(line) {
	if (line === null || typeof line !== 'object' || !('data' in line) || !lineTypes.includes(line.type)) {
		return undefined
	}
	const { data, type } = line
	if (type !== 'error') {
		return { data, type }
	}
	const typed = typeof data?.type === 'string'
	if (typeof data?.message !== 'string' || (!typed && data.type !== undefined)) {
		return undefined
	}
	return { data: typed ? { type: data.type, message: data.message } : { message: data.message }, type }
}

/**
 * What is between lines that are parsed as one list. No line can contain it, other than by a chance
 * in 2^29: where the list has it in all the right places, each line is one value.
 */
const mark = 2 ** 29 + Math.floor(Math.random() * 2 ** 29)

/**
 * Parses whole lines at once, which takes less than one by one. Returns undefined unless each of
 * them is a line of the protocol, and none but the last closes the answer.
 */
function linesOf(bytes) {
	const between = `,${mark},`
	let text, list
	try {
		text = utf8.decode(bytes.subarray(0, -1))
		const joined = text.replace(/\n/g, between)
		list = JSON.parse(`[${joined}]`)
		if (list.length !== ((joined.length - text.length) / (between.length - 1)) * 2 + 1) {
			return undefined
		}
	} catch {
		return undefined
	}
	const lines = []
	for (let i = 0; i < list.length; i += 2) {
		const line = checkedLine(list[i])
		if (!line || (i > 0 && list[i - 1] !== mark) || (closes(line) && i + 1 < list.length)) {
			return undefined
		}
		lines.push(line)
	}
	return lines
}

/**
 * Splits an answer into its lines, one JSON object each, however the answer is split into chunks.
 * The fault of an answer that breaks the protocol repeats none of its text: the answer may come from
 * any server, and may contain secrets.
 */
class Lines {
	fault = undefined // what is wrong with the answer; no more of it is read
	closed = false // the closing line has come
	parts = [] // of the unfinished line
	size = 0 // of the parts, in bytes

	/** A line may have at most limit bytes. */
	constructor(limit) {
		this.limit = limit
	}

	/** Takes bytes, and returns the lines that they complete. */
	take(bytes) {
		const lines = []
		let start = this.parts.length > 0 ? this.step(bytes, 0, lines) : 0
		const end = bytes.lastIndexOf(10) + 1
		if (start < end && end - start <= this.limit && !this.fault && !this.closed) {
			const whole = linesOf(bytes.subarray(start, end))
			if (whole) {
				this.closed = closes(whole.at(-1))
				start = end
				lines.push(...whole)
			}
		}
		while (start < bytes.length && !this.fault) {
			start = this.step(bytes, start, lines)
		}
		return lines
	}

	/** Takes bytes up to the end of a line, adds the line that they complete, and returns where the next one starts. */
	step(bytes, start, lines) {
		const found = bytes.indexOf(10, start)
		const end = found < 0 ? bytes.length : found
		this.add(bytes.subarray(start, end))
		if (found >= 0 && !this.fault) {
			lines.push(...this.ended())
		}
		return end + 1
	}

	add(part) {
		this.parts.push(part)
		this.size += part.length
		if (this.closed) {
			this.fault = 'continued after its closing line'
		} else if (this.size > this.limit) {
			this.fault = `sent a line of more than ${this.limit} bytes`
		}
	}

	/** Returns the finished line in a list; an empty list if it is not a line of the protocol. */
	ended() {
		const line = lineOf(this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts))
		this.parts = []
		this.size = 0
		if (!line) {
			this.fault = 'sent something that is not a line of the protocol'
			return []
		}
		this.closed = closes(line)
		return [line]
	}
}

/**
 * Writes the lines of a command, as fast as they are taken: after each list it waits until the
 * writable wants more, and lets other work of the process have its turn.
 */
async function deliver(lists, writable, gone, after) {
	for await (const lines of lists) {
		for (const line of lines) {
			gone.throwIfAborted()
			switch (line.type) {
				case 'end':
					return
				case 'error':
					throw failure(line.data)
				case 'output':
					if (after) {
						line.data = await after(line.data)
					}
			}
			writable.write(line)
		}
		if (writable.writableNeedDrain) {
			await once(writable, 'drain', { signal: gone })
		}
		await new Promise(setImmediate)
	}
}

/**
 * Returns the source's config: from the dev server where it runs the bundle, else from where
 * Identity Security Cloud puts it. Without one the connector says what it lacks.
 */
async function readConfig(context) {
	const server = devServer()
	if (server) {
		try {
			return await server.readConfig()
		} catch {
			// the process has the dev server's SDK, but no dev server runs the bundle
		}
	}
	const text = process.env.CONNECTOR_CONFIG
	if (!text) {
		return context?.reloadConfig?.()
	}
	try {
		return JSON.parse(Buffer.from(text, 'base64').toString())
	} catch {
		throw new Error('unexpected runtime error: failed to parse connector config')
	}
}

/** Returns what the runtime calls the command and its source, for the connector's logs. */
function invocation(context) {
	const names = ['id', 'name', 'connectorInstanceId', 'invocationId', 'spanId', 'requestId']
	return Object.fromEntries(names.filter((name) => typeof context?.[name] === 'string').map((name) => [name, context[name]]))
}

class ConnectorError extends Error {
	constructor(message, type) {
		super(message)
		this.type = type
	}
}

/** Returns the error that a closing line tells of, typed where the connector has typed it. */
function failure({ type, message }) {
	if (type === undefined) {
		return new Error(message)
	}
	const Typed = devServer()?.ConnectorError ?? ConnectorError
	return new Typed(message, type)
}

let sdk

/** Returns the SDK of the dev server, which knows no other errors and configs; undefined elsewhere. */
function devServer() {
	if (sdk === undefined) {
		try {
			sdk = require.main.require('@sailpoint/connector-sdk')
		} catch {
			sdk = null
		}
	}
	return sdk ?? undefined
}

/* global Lines, bundle, connectorOf, goRuntime, programText */

const { gunzipSync } = require('zlib')

/**
 * The program that answers the commands, started by the first one. It belongs to the process, since
 * the dev server loads this file anew for each command.
 */
class Program {
	async *run(request, gone) {
		this.instance ??= this.start()
		yield* (await this.instance).run(request, gone)
	}

	async start() {
		try {
			this.module ??= await WebAssembly.compile(unpacked(programText()))
			const instance = new Instance(() => {
				this.instance = undefined // the next command starts another one
			})
			await instance.start(this.module)
			return instance
		} catch (err) {
			this.instance = undefined
			throw err
		}
	}
}

/** Returns the program in one piece, whose size gzip has at the end: joining pieces takes half as long again. */
function unpacked(text) {
	const packed = Buffer.from(text, 'base64')
	return gunzipSync(packed, { chunkSize: packed.readUInt32LE(packed.length - 4) })
}

/** One run of the program. Commands run in it side by side. */
class Instance {
	commands = new Map()
	lastID = 0
	ended = undefined // why it no longer runs

	constructor(whenEnded) {
		this.whenEnded = whenEnded
	}

	/** Starts the program, and returns when it takes commands. */
	start(module) {
		return new Promise((resolve, reject) => {
			this.abandon = reject
			const host = {
				start: (connector) => {
					this.connector = connector
					resolve()
				},
				write: (id, address, length) => this.take(id, address, length),
			}
			this.load(module, host).catch((err) => this.end(err))
		})
	}

	async load(module, host) {
		const scope = scopeOf(host)
		const Go = goRuntime(scope, scope.fs, scope.crypto)
		const go = new Go()
		this.go = go
		go.argv = [bundle.name]
		go.env = environment()
		go.exit = (code) => {
			this.code = code
		}
		const resume = go._resume
		go._resume = () => {
			// Timers and answers to HTTP calls come in here too, where an error would end the process.
			try {
				if (!this.ended) {
					resume.call(go)
				}
			} catch (err) {
				this.end(err)
			}
		}
		const instance = await WebAssembly.instantiate(module, go.importObject)
		this.memory = instance.exports.mem
		await go.run(instance)
		this.end(new Error(`the connector's program exited with code ${this.code}`))
	}

	/** Fails all commands: the program is gone. */
	end(reason) {
		if (this.ended) {
			return
		}
		this.ended = reason
		this.abandon(reason) // in case it has not even started
		for (const timer of this.go?._scheduledTimeouts.values() ?? []) {
			clearTimeout(timer)
		}
		this.go?._scheduledTimeouts.clear() // a timer that fires repeats until its program has seen it
		for (const command of this.commands.values()) {
			command.fail(reason)
		}
		this.whenEnded()
	}

	/**
	 * Takes lines of a command from the program's memory. It never throws: an error would end the
	 * program and all of its commands.
	 */
	take(id, address, length) {
		const command = this.commands.get(id)
		if (!command) {
			return // nobody waits for it any more
		}
		const { buffer } = this.memory
		if (address >= 0 && length >= 0 && address + length <= buffer.byteLength) {
			command.take(Buffer.from(buffer, address, length))
		} else {
			command.fail(new Error("the connector's program sent lines that are not in its memory"))
		}
	}

	/** Runs a command and yields its lines; the program waits until each list has been worked off. */
	async *run(request, gone) {
		if (this.ended) {
			throw this.ended
		}
		gone.throwIfAborted() // the program may have taken its time to start
		const id = ++this.lastID
		const command = new Command()
		const cancel = () => this.connector.cancel(id)
		this.commands.set(id, command)
		this.holdProcess(true)
		gone.addEventListener('abort', cancel)
		try {
			this.connector.run(id, new TextEncoder().encode(JSON.stringify(request)))
			for (;;) {
				yield await command.next()
				this.connector.resume(id)
			}
		} finally {
			gone.removeEventListener('abort', cancel)
			this.commands.delete(id)
			cancel() // has no effect on a command that has ended
			this.holdProcess(this.commands.size > 0)
		}
	}

	/**
	 * Sets whether the program's timers keep the process alive. Go does not clear its last timer, so a
	 * host that waits for an idle process would wait a minute after each HTTP call.
	 */
	holdProcess(held) {
		for (const timer of this.go._scheduledTimeouts.values()) {
			timer[held ? 'ref' : 'unref']?.()
		}
	}
}

/** The lines of a command that have come and have not been handled. */
class Command {
	lines = new Lines(Infinity)
	lists = []
	wake = () => {}
	failure = undefined

	/** Takes one or more whole lines. */
	take(bytes) {
		const list = this.lines.take(bytes)
		const fault = this.lines.fault ?? (this.lines.parts.length > 0 ? 'sent an incomplete line' : undefined)
		if (fault && this.lines.closed) {
			list.pop()
		}
		this.lists.push(list) // even an empty one: the program waits until it has been handled
		if (fault) {
			this.fail(new Error(`the connector's program ${fault}`))
		}
		this.wake()
	}

	fail(reason) {
		this.failure ??= reason
		this.wake()
	}

	async next() {
		while (this.lists.length === 0 && !this.failure) {
			await new Promise((resolve) => {
				this.wake = resolve
			})
		}
		if (this.lists.length === 0) {
			throw this.failure
		}
		return this.lists.shift()
	}
}

/**
 * Returns the global object that Go sees. It inherits from the real one, which stays as it is.
 * Go must not take the process for a plain Node: its HTTP client then refuses to use fetch.
 */
function scopeOf(connectorHost) {
	return Object.create(globalThis, {
		connectorHost: { value: connectorHost },
		fs: { value: files },
		crypto: { value: globalThis.crypto ?? require('crypto').webcrypto },
		fetch: { value: globalThis.fetch && fetchForGo },
		process: {
			value: {
				argv0: 'connector',
				pid: process.pid,
				ppid: process.ppid,
				getuid: () => -1,
				getgid: () => -1,
				geteuid: () => -1,
				getegid: () => -1,
				getgroups: () => [],
				umask: () => 0,
				cwd: () => '/',
				chdir() {
					throw notImplemented()
				},
			},
		},
	})
}

/**
 * Go closes the body of each answer and ignores the resulting promise. If the answer broke off, the
 * promise is rejected, which would end the process.
 */
async function fetchForGo(...request) {
	const response = await fetch(...request)
	const body = response.body
	if (body) {
		const getReader = body.getReader.bind(body)
		body.getReader = () => {
			const reader = getReader()
			const cancel = reader.cancel.bind(reader)
			reader.cancel = () => cancel().catch(() => {})
			return reader
		}
	}
	return response
}

function notImplemented() {
	return Object.assign(new Error('not implemented'), { code: 'ENOSYS' })
}

/** The files that Go sees: what it prints goes to the process's output, and there is nothing else. */
const files = new Proxy(
	{
		constants: { O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1, O_DIRECTORY: -1 },
		writeSync(_, bytes) {
			process.stdout.write(Buffer.from(bytes))
			return bytes.length
		},
		write(_, bytes, offset, length, position, done) {
			process.stdout.write(Buffer.from(bytes.subarray(offset, offset + length)), (err) => done(err ?? null, length))
		},
		fsync: (_, done) => done(null),
	},
	{ get: (known, name) => known[name] ?? ((...args) => args.at(-1)(notImplemented())) },
)

/**
 * Returns the environment for Go. Its runtime has 8 KiB for it, so the longest variables may
 * have to stay behind; the source's config comes with each command.
 */
function environment() {
	const entries = Object.entries(process.env).filter(([name]) => name !== 'CONNECTOR_CONFIG')
	const size = ([name, value]) => Buffer.byteLength(name) + Buffer.byteLength(value) + 24
	let room = 6 << 10
	entries.sort((a, b) => size(a) - size(b))
	return Object.fromEntries(entries.filter((entry) => (room -= size(entry)) >= 0))
}

// The dev server would keep every copy of this file that it loads.
const loaded = module.parent?.children ?? []
loaded.splice(0, loaded.length, ...loaded.filter((other) => other === module || other.filename !== __filename))

const key = Symbol.for(`connector ${bundle.hash}`)
globalThis[key] ??= new Program()
exports.connector = connectorOf((request, gone) => globalThis[key].run(request, gone))

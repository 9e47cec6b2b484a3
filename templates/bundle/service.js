/* global bundle, connectorOf */

const http = require('http')
const https = require('https')

/** Forwards a command to the connector's service, and yields the lines of its answer as they come. */
async function* forward(request, gone) {
	const service = serviceOf(request.config)
	const stop = new AbortController()
	const abort = () => stop.abort(gone.reason)
	gone.addEventListener('abort', abort)
	try {
		gone.throwIfAborted()
		yield* withKeepAlives(answer(service, request, stop.signal), service, stop)
	} finally {
		gone.removeEventListener('abort', abort)
	}
}

/** Returns where the service is and how long it may be silent, as the source's config says. */
function serviceOf(config) {
	const { url: urlKey, secret: secretKey, timeout: timeoutKey } = bundle.keys
	const text = config?.[urlKey]
	if (typeof text !== 'string' || text.trim() === '') {
		throw new Error(`the source's config lacks ${urlKey}, the address of the connector's service`)
	}
	let url
	try {
		url = new URL(text.trim())
	} catch {
		throw new Error(`${urlKey} is no URL; one looks like https://connector.example.com`)
	}
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
		throw new Error(`${urlKey} must begin with https://, since the commands carry secrets`)
	}
	const seconds = Number(config[timeoutKey])
	return {
		url,
		secret: String(config[secretKey] ?? '').trim(),
		timeout: seconds > 0 ? seconds * 1000 : bundle.timeout,
	}
}

function isLoopback(host) {
	return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

/** Returns the config for the service, without what is between the bundle and the service alone. */
function configFor(config) {
	const { url, secret, timeout } = bundle.keys
	const own = { ...config }
	for (const key of [url, secret, timeout]) {
		if (!bundle.own.includes(key)) {
			delete own[key]
		} else if (key === secret) {
			own[key] = '[redacted]'
		}
	}
	return own
}

/**
 * Yields the lists of another generator, and a keep-alive whenever that has nothing for a while.
 * When it has nothing for the service's timeout, it is given up.
 */
async function* withKeepAlives(lists, service, stop) {
	try {
		for (;;) {
			const next = lists.next()
			next.catch(() => {}) // it may fail when nobody waits any longer
			const patience = Date.now() + service.timeout
			let result
			while ((result = await atMost(next, Math.min(bundle.keepAlive, patience - Date.now()))) === undefined) {
				if (Date.now() >= patience) {
					throw problem(service, `has said nothing for ${service.timeout / 1000} s`)
				}
				yield [{ data: {}, type: 'keepAlive' }]
			}
			if (result.done) {
				return
			}
			yield result.value
		}
	} finally {
		stop.abort(new Error('the command has ended'))
	}
}

/** Returns what a promise gives, undefined when it takes longer than so many milliseconds. */
async function atMost(promise, milliseconds) {
	let timer
	const late = new Promise((resolve) => {
		timer = setTimeout(resolve, milliseconds)
	})
	try {
		return await Promise.race([promise, late])
	} finally {
		clearTimeout(timer)
	}
}

/** Yields the lines of the service's answer, several at a time. */
async function* answer(service, request, gone) {
	const decoder = new TextDecoder()
	let rest = ''
	let count = 0
	const brokenOff = (why) => problem(service, `broke off its answer to ${request.type} after ${count} lines: ${why}`)
	const response = await opened(service, request, gone)
	let last // with the closing line: it leaves when the connection is free again
	try {
		for await (const chunk of response) {
			rest += decoder.decode(chunk, { stream: true })
			const end = rest.lastIndexOf('\n')
			if (end < 0 && rest.length > bundle.lineLimit) {
				throw problem(service, `sent a line of more than ${bundle.lineLimit} characters`)
			}
			if (end < 0) {
				continue
			}
			const lines = parsed(service, rest.slice(0, end))
			rest = rest.slice(end + 1)
			if (isClosing(lines.at(-1))) {
				last = lines
				continue
			}
			count += lines.length
			yield lines
		}
	} catch (err) {
		if (!last) {
			throw err.isProblem ? err : brokenOff(err.message)
		}
	}
	if (!last) {
		throw brokenOff('it did not say that it was done')
	}
	yield last
}

function isClosing(line) {
	return line.type === 'end' || line.type === 'error'
}

function parsed(service, text) {
	try {
		return JSON.parse(`[${text.replaceAll('\n', ',')}]`)
	} catch {
		throw problem(service, `sent what is no line of the protocol: ${JSON.stringify(text.slice(0, 100))}`)
	}
}

/**
 * Sends a command, and returns the response when it begins. Commands that only read are sent again
 * when the service cannot be reached or is not ready.
 */
async function opened(service, request, gone) {
	const reads = bundle.reading.includes(request.type)
	const body = JSON.stringify({ ...request, config: configFor(request.config) })
	for (const pause of [...(reads ? bundle.retries : []), undefined]) {
		try {
			return await sent(service, body, reads, gone)
		} catch (err) {
			if (!err.again || pause === undefined || gone.aborted) {
				throw err
			}
			await new Promise((resolve) => setTimeout(resolve, pause))
		}
	}
}

// Connections are kept for commands that may be sent again: one that the service has closed in the
// meantime shows only when it is used.
const agents = {
	'http:': new http.Agent({ keepAlive: true, timeout: 60_000 }),
	'https:': new https.Agent({ keepAlive: true, timeout: 60_000 }),
}

function sent(service, body, reads, gone) {
	const { url, secret } = service
	const headers = {
		'content-type': 'application/json',
		'content-length': Buffer.byteLength(body),
		[bundle.closingHeader]: 'true',
	}
	if (secret) {
		headers.authorization = `Bearer ${secret}`
	}
	return new Promise((resolve, reject) => {
		const unreachable = (err) => reject(Object.assign(problem(service, `cannot be reached: ${reasonOf(err)}`), { again: true }))
		const call = (url.protocol === 'https:' ? https : http).request(
			url,
			{ method: 'POST', headers, agent: reads ? agents[url.protocol] : false, signal: gone },
			(response) => checked(service, response).then(resolve, reject),
		)
		call.on('error', unreachable)
		call.once('socket', (socket) => {
			if (socket.connecting) {
				const timer = setTimeout(() => call.destroy(new Error('no connection in time')), bundle.connectTimeout)
				socket.once('connect', () => clearTimeout(timer))
				socket.once('close', () => clearTimeout(timer))
			}
		})
		call.end(body)
	})
}

function reasonOf(err) {
	return err.message || err.code || 'unknown' // an error of several attempts has no message
}

/** Returns a response that is the answer of a connector's service. Any other is an error. */
async function checked(service, response) {
	if (response.statusCode === 200 && response.headers[bundle.closingHeader]) {
		return response
	}
	const text = response.statusCode === 200 ? '' : await firstOf(response)
	response.destroy()
	switch (response.statusCode) {
		case 200:
			throw problem(service, 'is not a connector of conngen, or one of another version')
		case 401:
			throw problem(service, `refused the secret: ${bundle.keys.secret} must be the token that it was started with`)
		case 502:
		case 503:
		case 504:
			throw Object.assign(problem(service, `is not ready: status ${response.statusCode}`), { again: true })
	}
	throw problem(service, `answered with status ${response.statusCode}${text && `: ${text}`}`)
}

/** Returns the beginning of a response's text, without HTML. */
async function firstOf(response) {
	try {
		for await (const chunk of response) {
			return chunk.toString().replace(/<(title|style)>.*?<\/\1>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ').trim().slice(0, 200)
		}
	} catch {
		// the status says enough
	}
	return ''
}

function problem(service, what) {
	return Object.assign(new Error(`the connector's service at ${service.url.origin} ${what}`), { isProblem: true })
}

exports.connector = connectorOf(forward)

/* global Lines, bundle, connectorOf */

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

/** Returns the service's address, secret and timeout from the source's config. */
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
		throw new Error(`${urlKey} is not a URL, such as https://connector.example.com`)
	}
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
		throw new Error(`${urlKey} must begin with https://, since the commands carry secrets`)
	}
	const seconds = Number(config[timeoutKey])
	const secret = String(config[secretKey] ?? '').trim()
	if (/[^ -~]/.test(secret)) {
		throw new Error(`${secretKey} must be a single line of ASCII characters`)
	}
	return {
		url,
		secret,
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
					throw problem(service, `was silent for ${service.timeout / 1000} s`)
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
	const response = await opened(service, request, gone)
	const lines = new Lines(bundle.lineLimit)
	let count = 0
	let last // the closing line: sent on when nothing follows it and the connection is free again
	let why = 'it did not say that it was done'
	try {
		for await (const chunk of response) {
			const list = lines.take(chunk)
			if (lines.closed) {
				last ??= list.pop()
			}
			count += list.length
			if (list.length > 0) {
				yield list
			}
			if (lines.fault) {
				break
			}
		}
	} catch (err) {
		why = reasonOf(err)
	}
	if (lines.fault) {
		throw problem(service, lines.fault)
	}
	if (!last) {
		throw problem(service, `broke off its answer to ${request.type} after ${count} lines: ${why}`)
	}
	yield [last]
}

/**
 * Sends a command, and returns the response when it begins. Commands that only read are sent again
 * when the service cannot be reached or is not ready.
 */
async function opened(service, request, gone) {
	const reads = bundle.reading.includes(request.type)
	const body = JSON.stringify({ ...request, config: configFor(request.config) })
	for (const pause of [...(reads ? bundle.retries : []), undefined]) {
		const { response, error, again } = await sent(service, body, reads, gone)
		if (response) {
			return response
		}
		if (!again || pause === undefined || gone.aborted) {
			throw error
		}
		await new Promise((resolve) => setTimeout(resolve, pause))
	}
}

// Connections are kept for commands that may be sent again: one that the service has closed in the
// meantime shows only when it is used.
const agents = {
	'http:': new http.Agent({ keepAlive: true, timeout: 60_000 }),
	'https:': new https.Agent({ keepAlive: true, timeout: 60_000 }),
}

/** Sends a command once. Returns {response}, or {error, again}; again says whether to retry. */
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
	return new Promise((resolve) => {
		const unreachable = (err) => resolve({ error: problem(service, `cannot be reached: ${reasonOf(err)}`), again: true })
		const call = (url.protocol === 'https:' ? https : http).request(
			url,
			{ method: 'POST', headers, agent: reads ? agents[url.protocol] : false, signal: gone },
			(response) => resolve(checked(service, response)),
		)
		call.on('error', unreachable)
		call.on('upgrade', (response, socket) => {
			socket.destroy()
			resolve(checked(service, response))
		})
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
	if (err.code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
		return 'its certificate is for other hosts' // which the message would list
	}
	return (err.message || err.code || 'unknown').slice(0, 200) // an error that combines several attempts has no message
}

/**
 * Returns {response} for the answer of a connector's service, and {error, again} for any other. The
 * error repeats only the status: such an answer may come from any server, and may contain secrets.
 */
function checked(service, response) {
	const status = response.statusCode
	if (status === 200 && response.headers[bundle.closingHeader]) {
		return { response }
	}
	response.destroy()
	const refused = (what) => ({ error: problem(service, what), again: false })
	switch (status) {
		case 200:
			return refused('is not a conngen connector, or one of another version')
		case 401:
			return refused(`refused the secret: ${bundle.keys.secret} must be the token that it was started with`)
		case 403:
			if (!service.secret) {
				return refused(`answered with status 403: without a token it must be started with --allow-host ${service.url.hostname}`)
			}
			break // of a proxy in front: the service checks the token alone
		case 413:
			return refused('answered with status 413: the command is too large for it')
		case 502:
		case 503:
		case 504:
			return { error: problem(service, `is not ready: status ${status}`), again: true }
	}
	const kind = kinds.get(String(response.headers['content-type']).split(';', 1)[0].trim().toLowerCase())
	return refused(`answered with status ${status}${kind ? ` and ${kind}` : ''}`)
}

/** How errors describe answers of other servers, by content type. */
const kinds = new Map([
	['text/html', 'a web page'],
	['text/plain', 'a text'],
	['application/json', 'JSON'],
	['application/problem+json', 'JSON'],
])

function problem(service, what) {
	return new Error(`the connector's service at ${service.url.origin} ${what}`)
}

exports.connector = connectorOf(forward)

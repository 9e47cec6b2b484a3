'use strict'

// The connector on the original SDK for make conformance. It serves the commands of the spec in the
// working folder, with the data in library/data.json for the spec's key type. library/library.go
// gives the same answers.

const fs = require('fs')
const path = require('path')
const sdk = require(process.env.CONFORMANCE_SDK || '@sailpoint/connector-sdk')

const spec = JSON.parse(fs.readFileSync('connector-spec.json', 'utf8'))
const data = JSON.parse(fs.readFileSync(path.join(__dirname, 'library', 'data.json'), 'utf8'))[spec.keyType]

const keys = {
  simple: { id: sdk.KeyID, make: (id) => sdk.SimpleKey(id) },
  compound: { id: sdk.KeyLookupID, make: (id, unique) => sdk.CompoundKey(id, unique) },
}[spec.keyType]

function find(rows, input) {
  const id = keys.id(input)
  const row = rows.find((r) => keys.id(r) === id)
  if (!row) {
    throw new sdk.ConnectorError(`${JSON.stringify(id ?? '')} is not in the source`, sdk.ConnectorErrorType.NotFound)
  }
  return row
}

const account = (input) => find([...data.accounts, ...data.unlisted], input)

function entitlements(type) {
  if (!data.entitlements[type]) {
    const known = Object.keys(data.entitlements).sort().map((t) => JSON.stringify(t)).join(' and ')
    throw new sdk.ConnectorError(`unknown entitlement type ${JSON.stringify(type)}; the connector has ${known}`)
  }
  return data.entitlements[type]
}

// inOrder returns attributes in schema order, then the others.
function inOrder(attributes) {
  const names = spec.accountSchema.attributes.map((a) => a.name)
  const others = Object.keys(attributes).filter((name) => !names.includes(name)).sort()
  return Object.fromEntries([...names, ...others].filter((name) => name in attributes).map((name) => [name, attributes[name]]))
}

function apply(attributes, change) {
  const name = change.attribute
  const values = [].concat(change.value ?? [])
  const multi = Array.isArray(attributes[name]) || spec.accountSchema.attributes.some((a) => a.name === name && a.multi)
  const list = attributes[name] ?? []
  switch (change.op) {
    case 'Set':
      attributes[name] = multi ? values : change.value
      break
    case 'Add':
      attributes[name] = multi ? [...new Set([...list, ...values])] : change.value
      break
    case 'Remove':
      attributes[name] = multi && values.length > 0 ? list.filter((v) => !values.includes(v)) : undefined
      break
    default:
      throw new sdk.ConnectorError(`std:account:update: input: changes: ${change.op} "${name}": unknown operation; ISC knows "Set", "Add" and "Remove"`)
  }
  if (attributes[name] === null || attributes[name] === undefined) {
    delete attributes[name]
  }
}

function required(attributes) {
  const fields = spec.accountCreateTemplate.fields.filter((f) => f.required && !attributes[f.key])
  if (fields.length > 0) {
    throw new sdk.ConnectorError('std:account:create: the request lacks attributes that the create template requires: ' + fields.map((f) => `"${f.key}"`).join(' and '))
  }
}

function create(input) {
  const given = input.attributes ?? {}
  required(given)
  const ids = spec.keyType === 'simple' ? { id: given.login } : { card: input.identity }
  const id = Object.values(ids)[0]
  if (!id) {
    throw new sdk.ConnectorError('an object must have an ID')
  }
  if (data.accounts.some((a) => keys.id(a) === id)) {
    throw new sdk.ConnectorError(`${JSON.stringify(id)} already exists`)
  }
  const refused = given.mail === 'refused'
  const attributes = inOrder({ ...ids, ...given, mail: refused ? undefined : given.mail })
  const results = refused
    ? [{ attribute: 'mail', status: 'error', messages: [{ level: 'ERROR', message: 'the address is refused' }] }]
    : undefined
  return { key: keys.make(id, given.holder), disabled: false, locked: false, attributes, results }
}

function update(input) {
  if (!input.changes?.length) {
    return {}
  }
  const { attributes, ...rest } = account(input)
  input.changes.forEach((change) => apply(attributes, change))
  return replaced(rest, { attributes: inOrder(attributes) })
}

// replaced returns an account with its members in the order in which accounts are sent.
function replaced(old, members) {
  const { key, disabled, locked, attributes, permissions } = { ...old, ...members }
  return { key, disabled, locked, attributes, permissions }
}

// list sends all rows, or those changed since the state.
function list(input, res, rows, changed) {
  const wanted = input.stateful && input.state ? changed : rows
  wanted.forEach((row) => res.send(row))
  if (input.stateful) {
    res.saveState({ cursor: 'next', after: input.state?.cursor ?? '' })
  }
}

function checkPassword(password) {
  if (password !== 'right') {
    throw new sdk.ConnectorError('the password is wrong')
  }
}

const values = (input) => ({
  text: '\u0000\u001f\u007f\u2028\u2029 <b>&\'"\\/\b\f\n\r\t é 日本 🚢',
  numbers: [0, 1.5, 0.1, 1e20, 1e21, 1.5e300, 1e-6, 1e-7, 5e-324, -123456789, 9007199254740991, ...(input.infinite ? [NaN, Infinity] : [])],
  others: [null, true, false, [], {}, ''],
})

function lines(input, res) {
  res.keepAlive()
  res.send(values(input))
  res.saveState({ cursor: '1', empty: {} })
  res.patchConfig([
    { op: 'add', path: '/a', value: 'x<y' },
    { op: 'add', path: '/b', value: null },
    { op: 'replace', path: '/c', value: [1, false] },
    { op: 'remove', path: '/d' },
  ])
  res.patchConfig([])
  res.keepAlive()
  ;['text', '', 42, 0.5, true, null, [], [1, 'a', null], {}].forEach((v) => res.send(v))
  res.saveState({})
}

// fail sends outputs and then fails.
function fail(input, res) {
  for (let i = 0; i < (input.outputs ?? 0); i++) {
    res.send({ i })
  }
  if (input.state) {
    res.saveState({ a: '1' })
  }
  if (input.keepAlive) {
    res.keepAlive()
  }
  throw input.plain ? new Error(input.message) : new sdk.ConnectorError(input.message, input.type)
}

function repeat(input, res) {
  for (let i = 0; i < input.times; i++) {
    res.send({ key: sdk.SimpleKey(String(i)), type: 'group', attributes: { id: String(i), name: 'n' } })
  }
}

const handlers = (config) => ({
  'std:test-connection': (input, res) => {
    if (config?.token === 'wrong') {
      throw new sdk.ConnectorError('the token is wrong')
    }
    res.send({})
  },
  'std:account:list': (input, res) => list(input, res, data.accounts, data.changed),
  'std:account:read': (input, res) => res.send(account(input)),
  'std:account:create': (input, res) => res.send(create(input)),
  'std:account:update': (input, res) => res.send(update(input)),
  'std:account:delete': (input, res) => {
    account(input)
    res.send({})
  },
  'std:account:enable': (input, res) => res.send(replaced(account(input), { disabled: false })),
  'std:account:disable': (input, res) => res.send(replaced(account(input), { disabled: true })),
  'std:account:unlock': (input, res) => res.send(replaced(account(input), { locked: false })),
  'std:account:discover-schema': (input, res) => res.send(data.schema),
  'std:entitlement:list': (input, res) => list(input, res, entitlements(input.type ?? ''), []),
  'std:entitlement:read': (input, res) => res.send(find(entitlements(input.type ?? ''), input)),
  'std:change-password': (input, res) => {
    account(input)
    checkPassword(input.password)
    res.send({})
  },
  'std:authenticate': (input, res) => {
    const row = account(input)
    checkPassword(input.password)
    res.send(row)
  },
  'std:source-data:discover': (input, res) => res.send(data.sourceData.slice(0, input.queryInput?.limit || undefined)),
  'std:source-data:read': (input, res) => {
    const items = data.sourceData.filter((item) => !input.queryInput?.excludeItems?.includes(item.key))
    res.send(items.map((item) => ({ key: `${input.sourceDataKey ?? ''}/${item.key}`, label: item.label })))
  },
  'std:config-options:read': (input, res) => res.send({ options: { [input.key]: data.options[input.key] } }),
  'std:application-discovery:list': (input, res) => {
    const rows = input.additionalParameters?.further ? [data.furtherApplication] : data.applications
    rows.forEach((row) => res.send(row))
  },
  'library:echo': (input, res) => res.send(input),
  'library:fail': fail,
  'library:lines': lines,
  'library:nothing': () => {},
  'library:repeat': repeat,
})

// A newer SDK may have commands that nothing here compares. That is an error only for the version
// that npm installs: others are compared in what they share with it.
function checkCommands(all) {
  for (const command of Object.values(sdk.StandardCommand)) {
    if (command !== 'std:spec:read' && !(command in all) && !process.env.CONFORMANCE_SDK) {
      throw new Error(`the SDK has the command ${command}; answer it here and in library/library.go`)
    }
  }
}

exports.connector = async () => {
  const all = handlers(await sdk.readConfig())
  checkCommands(all)
  const connector = sdk.createConnector()
  for (const command of spec.commands.filter((c) => c !== 'std:spec:read')) {
    const standard = command.startsWith('std:') // these accept a missing input, or one without members
    connector.command(command, async (context, input, res) => all[command](standard ? input ?? {} : input, res))
  }
  return connector
}

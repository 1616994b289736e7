// A worker thread, which runs one Action at a time. The api only records: the rules are
// in Go.
'use strict'
const { parentPort, workerData } = require('node:worker_threads')
const Module = require('node:module')
const crypto = require('node:crypto')
const path = require('node:path')
const util = require('node:util')

const own = {} // how it was before the first job
const known = new Map() // objects that every program shares, with their members
let current = 0 // the id of the job

const post = message => parentPort.postMessage({ ...message, id: current })

// know notes the members of an object, and of what it makes. They must stay as they are.
function know (object) {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function') || known.has(object)) return
  if (object === globalThis || object === process || object === console) return // their members change by themselves
  const members = Object.getOwnPropertyDescriptors(object)
  known.set(object, Reflect.ownKeys(members).map(key => [key, members[key]]))
  if (members.prototype) know(members.prototype.value)
}

function isKnown (object, members) {
  if (Reflect.ownKeys(object).length !== members.length) return false
  for (const [key, was] of members) {
    if (was.get === undefined && was.set === undefined) {
      if (object[key] !== was.value && !Object.is(object[key], was.value)) return false
      continue
    }
    const is = Reflect.getOwnPropertyDescriptor(object, key)
    if (is === undefined || is.get !== was.get || is.set !== was.set) return false
  }
  return true
}

// begin notes what there is before the first job.
function begin () {
  if (own.globals !== undefined) return
  own.globals = Object.getOwnPropertyDescriptors(globalThis)
  for (const key of Reflect.ownKeys(own.globals)) know(own.globals[key].value)
  for (const hidden of [[][Symbol.iterator](), async () => {}, function * () {}, async function * () {}]) know(Object.getPrototypeOf(hidden))
  const load = Module._load
  Module._load = function (request, ...rest) {
    const loaded = load.call(this, request, ...rest)
    if (Module.isBuiltin(request)) know(loaded)
    return loaded
  }
  know(Module)
  capture(0)
  own.listeners = listeners()
  own.resources = process.getActiveResourcesInfo().length
}

const listeners = () => [process, parentPort].flatMap(one => one.eventNames().map(name => one.listenerCount(name))).join()

// clean tells whether the last job has left nothing behind that the next one could meet.
function clean () {
  if (process.getActiveResourcesInfo().length > own.resources || listeners() !== own.listeners || Object.keys(process.env).length > 0) return false
  const globals = Reflect.ownKeys(globalThis)
  for (const key of globals) {
    const was = own.globals[key]
    if (was === undefined) return false
    if ('value' in was && !Object.is(Reflect.getOwnPropertyDescriptor(globalThis, key).value, was.value)) return false
  }
  for (const [object, members] of known) {
    if (!isKnown(object, members)) return false
  }
  return true
}

// capture lets the console write to the log of a job.
function capture (left) {
  const log = text => { if (left-- > 0) post({ log: text.slice(0, 10000) }) }
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    console[level] = (...args) => { if (left > 0) log(util.format(...args)) }
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk, encoding, done) => {
      log(String(chunk))
      const then = typeof encoding === 'function' ? encoding : done
      if (typeof then === 'function') then()
      return true
    }
  }
}

// describe says what was thrown, which can be anything.
function describe (thrown) {
  try {
    const text = String((thrown && thrown.message) || thrown)
    return { error: text.slice(0, 4000) || 'an empty text was thrown', stack: thrown && typeof thrown.stack === 'string' ? thrown.stack : undefined }
  } catch {
    return { error: 'something was thrown that has no text' }
  }
}

function encodeToken (job, { secret, payload = {}, expiresInSeconds = 900 }) {
  const { event } = job
  const now = Math.floor(Date.now() / 1000)
  const claims = { iat: now, iss: new URL(job.issuer).host, sub: event.user && event.user.user_id, exp: now + expiresInSeconds, ip: event.request && event.request.ip, ...payload }
  const part = o => Buffer.from(JSON.stringify(o)).toString('base64url')
  const signed = part({ alg: 'HS256', typ: 'JWT' }) + '.' + part(claims)
  return signed + '.' + crypto.createHmac('sha256', secret).update(signed).digest('base64url')
}

function validateToken (job, { secret, tokenParameterName = 'session_token' }) {
  const { request = {} } = job.event
  const token = (request.body || {})[tokenParameterName] || (request.query || {})[tokenParameterName]
  if (!token) throw new Error(`There is no parameter ${tokenParameterName} with a token.`)
  const [head, body, mac] = String(token).split('.')
  const want = crypto.createHmac('sha256', secret).update(head + '.' + body).digest()
  const got = Buffer.from(mac || '', 'base64url')
  let alg
  try { ({ alg } = JSON.parse(Buffer.from(head, 'base64url'))) } catch { throw new Error('The session token is malformed.') }
  if (alg !== 'HS256' || got.length !== want.length || !crypto.timingSafeEqual(got, want)) throw new Error('The signature of the session token is invalid.')
  const claims = JSON.parse(Buffer.from(body, 'base64url'))
  if (typeof claims.exp === 'number' && claims.exp <= Date.now() / 1000) throw new Error('The session token has expired.')
  if (claims.state !== job.state) throw new Error('The state of the session token is not that of this login.')
  return claims
}

function makeAPI (job, record) {
  const api = {}
  const put = (name, fn) => {
    const [group, method] = name.split('.')
    api[group] = api[group] || {}
    api[group][method] = fn
  }
  for (const name of job.calls) {
    put(name, (...args) => { record(name, args); return api })
  }
  if (job.calls.includes('transaction.setMetadata')) {
    put('transaction.setMetadata', (key, value) => {
      const { transaction } = job.event
      if (transaction) transaction.metadata = { ...transaction.metadata, [key]: value }
      record('transaction.setMetadata', [key, value])
      return api
    })
  }
  const cache = job.cache || {}
  put('cache.get', key => {
    const found = cache[key]
    return found && { ...found }
  })
  put('cache.set', (key, value, options = {}) => {
    if (typeof value !== 'string') return { type: 'error', code: 'InvalidValue' }
    cache[key] = { value, expires_at: options.expires_at || Date.now() + (options.ttl || 900000) }
    record('cache.set', [key, value, options])
    return { type: 'success', record: { ...cache[key] } }
  })
  put('cache.delete', key => {
    delete cache[key]
    record('cache.delete', [key])
    return { type: 'success' }
  })
  if (job.calls.includes('redirect.sendUserTo')) {
    put('redirect.canRedirect', () => job.may_redirect)
    put('redirect.encodeToken', options => encodeToken(job, options))
    put('redirect.validateToken', options => validateToken(job, options))
    put('rules.wasExecuted', () => false)
    api.samlResponse = new Proxy({}, { get: (_, name) => (...args) => { record('samlResponse.' + String(name), args); return api } })
    put('groups.getUserGroups', async () => ({ groups: [] }))
    put('groups.hasGroupMembership', async () => false)
  }
  return api
}

// load makes a module of the text of a file. require() finds the packages beside the
// file, and the files of the team, which are read anew.
function load (job) {
  for (const file of Object.keys(require.cache)) {
    if (!file.includes(path.sep + 'node_modules' + path.sep)) delete require.cache[file]
  }
  const m = new Module(job.file)
  m.filename = job.file
  m.paths = job.file === '' ? [] : Module._nodeModulePaths(path.dirname(job.file))
  m._compile(job.code, job.file)
  return m.exports
}

parentPort.on('message', async job => {
  current = job.id
  post({ begun: true })
  begin()
  capture(workerData.lines)
  const commands = []
  const record = (call, args) => commands.push({ call, args: JSON.parse(JSON.stringify(args, (key, value) => value === undefined ? null : value)) })
  let result
  try {
    const fn = load(job)[job.entry]
    if (typeof fn === 'function') {
      await fn(job.event, makeAPI(job, record))
      result = { commands }
    } else {
      result = { commands, missing: true }
    }
  } catch (thrown) {
    result = { commands, ...describe(thrown) }
  }
  post({ result })
  setImmediate(() => post({ settled: true, clean: clean() })) // when what was left behind has shown itself
})

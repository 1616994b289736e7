// A worker thread, which runs one Action at a time. The api only records: the rules are
// in Go.
'use strict'
const { parentPort } = require('node:worker_threads')
const Module = require('node:module')
const crypto = require('node:crypto')
const path = require('node:path')
const util = require('node:util')

const ownGlobals = new Set(Reflect.ownKeys(globalThis))
let resources = null // what keeps the thread busy before the first job

function capture () {
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    console[level] = (...args) => parentPort.postMessage({ log: util.format(...args) })
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
  parentPort.postMessage({ begun: true })
  if (resources === null) resources = process.getActiveResourcesInfo().length
  capture()
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
  } catch (error) {
    result = { commands, error: String((error && error.message) || error), stack: error && error.stack }
  }
  const clean = process.getActiveResourcesInfo().length <= resources && Reflect.ownKeys(globalThis).every(key => ownGlobals.has(key))
  parentPort.postMessage({ result, clean })
})

// The main thread of the process that runs Actions. It reads jobs from its standard
// input, a line of JSON each, gives each to a worker thread, and writes the results. It
// ends a worker at the deadline of its job, and itself when its input closes.
//
// A result is a line that begins with a mark: an Action may write to the same place.
'use strict'
const { Worker } = require('node:worker_threads')
const { MOCKAUTH0_ACTION_WORKER: source, MOCKAUTH0_ACTION_MARK: mark } = process.env
const keep = 4 // threads that wait for a job
const most = 32 // threads that run at a time
const lines = 200 // of a job's console
const idle = [] // threads that wait for a job
const waiting = [] // jobs that wait for a thread
let threads = 0
let settling = 0 // threads that have a result, and see whether they can be used again

function add () {
  threads++
  const worker = new Worker(source, { eval: true, stdout: true, stderr: true, env: {}, execArgv: [], workerData: { lines } })
  const w = { worker, job: null, logs: [], timer: null, begun: false, settles: false, ended: false }
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', chunk => { if (w.job !== null) log(w, chunk) })
  worker.on('message', message => {
    if (w.ended || w.job === null ? !message.settled : message.id !== w.job.id) return // of a run before
    if (message.log !== undefined) log(w, message.log)
    else if (message.begun && !w.begun) begin(w)
    else if (message.result) finish(w, message.result)
    else if (message.settled) settle(w, message.clean)
  })
  worker.on('error', thrown => finish(w, describe(thrown)))
  worker.on('messageerror', () => finish(w, { error: 'the calls of the Action cannot be read' }))
  worker.on('exit', () => {
    w.ended = true
    threads--
    finish(w, { error: 'the Action has ended its own thread' })
    if (w.settles) settle(w, false)
    const at = idle.indexOf(w)
    if (at >= 0) idle.splice(at, 1)
    next()
  })
  return w
}

// describe says what ended a thread, which can be anything.
function describe (thrown) {
  try {
    return { error: String((thrown && thrown.message) || thrown).slice(0, 4000) || 'an empty text was thrown', stack: thrown && String(thrown.stack) }
  } catch {
    return { error: 'something was thrown that has no text' }
  }
}

function log (w, text) {
  for (const line of String(text).split('\n', lines)) {
    if (w.logs.length < lines && line !== '') w.logs.push(line.slice(0, 10000))
  }
}

// finish tells the result of a job, and forgets the job.
function finish (w, result) {
  const { job, logs } = w
  if (job === null) return
  clearTimeout(w.timer)
  w.job = null
  w.logs = []
  let text = JSON.stringify({ id: job.id, result: { commands: [], ...result, logs } })
  if (text.length > 8e6) text = JSON.stringify({ id: job.id, result: { commands: [], error: 'the calls of the Action have more than 8 MB', logs } })
  process.stdout.write('\n' + mark + text + '\n')
  if (!w.ended) {
    w.settles = true
    settling++
    w.timer = setTimeout(() => end(w), 1000)
  }
}

// settle takes a thread back that has run a job.
function settle (w, clean) {
  if (!w.settles) return
  clearTimeout(w.timer)
  w.settles = false
  settling--
  if (!clean || w.ended) end(w)
  else if (waiting.length > 0) give(w, waiting.shift())
  else if (idle.length < keep) idle.push(w)
  else end(w)
  next()
}

function end (w) {
  if (w.settles) {
    w.settles = false
    settling--
  }
  w.ended = true
  w.worker.terminate()
}

// late ends the run of a job whose time is over, after some milliseconds.
function late (w, milliseconds) {
  clearTimeout(w.timer)
  w.timer = setTimeout(() => {
    w.ended = true
    finish(w, { error: w.job.timeout, timed_out: true })
    w.worker.terminate()
  }, milliseconds)
}

function begin (w) {
  w.begun = true
  late(w, w.job.milliseconds)
}

function give (w, job) {
  w.job = job
  w.begun = false
  late(w, job.milliseconds + 10000) // a new thread takes its time to start
  w.worker.postMessage(job)
}

// next gives the jobs that wait to threads.
function next () {
  while (waiting.length > settling && threads < most) give(add(), waiting.shift())
}

function run (job) {
  const w = idle.pop()
  if (w !== undefined) give(w, job)
  else waiting.push(job)
  next()
  setTimeout(() => { if (idle.length === 0 && threads < most) idle.push(add()) }, 20)
}

let rest = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', text => {
  const all = (rest + text).split('\n')
  rest = all.pop()
  for (const line of all) run(JSON.parse(line))
})
process.stdin.on('close', () => process.exit(0))
process.stdin.on('end', () => process.exit(0))

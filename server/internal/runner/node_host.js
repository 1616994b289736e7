// The main thread of the process that runs Actions. It reads jobs from its standard
// input, a line of JSON each, gives each to a worker thread, and writes the results. It
// ends a worker at the deadline of its job, and itself when its input closes.
'use strict'
const { Worker } = require('node:worker_threads')
const workerSource = process.env.MOCKAUTH0_ACTION_WORKER
const idle = []
const keep = 4 // workers that wait for a job

function add () {
  const worker = new Worker(workerSource, { eval: true, stdout: true, stderr: true, env: {}, execArgv: [] })
  const w = { worker, job: null, logs: [], timer: null }
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', text => w.logs.push(...text.split('\n').filter(line => line !== '')))
  }
  worker.on('message', message => {
    if (message.log !== undefined) {
      if (w.logs.length < 200) w.logs.push(message.log)
      return
    }
    if (message.begun) {
      end(w, w.job.milliseconds)
      return
    }
    finish(w, message.result)
    if (message.clean && idle.length < keep) idle.push(w)
    else worker.terminate()
  })
  worker.on('error', error => finish(w, { error: String((error && error.message) || error), stack: error && error.stack }))
  worker.on('exit', () => {
    finish(w, { error: 'the Action has ended its own thread' })
    const at = idle.indexOf(w)
    if (at >= 0) idle.splice(at, 1)
  })
  return w
}

function finish (w, result) {
  const job = w.job
  if (job === null) return
  clearTimeout(w.timer)
  const logs = w.logs
  w.job = null
  w.logs = []
  process.stdout.write(JSON.stringify({ id: job.id, result: { commands: [], ...result, logs } }) + '\n')
}

// end ends a worker when its time is over.
function end (w, milliseconds) {
  clearTimeout(w.timer)
  w.timer = setTimeout(() => {
    finish(w, { error: w.job.timeout, timed_out: true })
    w.worker.terminate()
  }, milliseconds)
}

function run (job) {
  const w = idle.pop() || add()
  w.job = job
  end(w, job.milliseconds + 10000) // a new thread takes its time to start
  w.worker.postMessage(job)
  if (idle.length === 0) setTimeout(() => { if (idle.length === 0) idle.push(add()) }, 20)
}

let rest = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', text => {
  const lines = (rest + text).split('\n')
  rest = lines.pop()
  for (const line of lines) run(JSON.parse(line))
})
process.stdin.on('close', () => process.exit(0))
process.stdin.on('end', () => process.exit(0))

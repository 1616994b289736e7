// Reads the codes of Actions and writes the mistakes in them.
'use strict'
const vm = require('node:vm')
const mistakes = []
for (const { file, code } of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) {
  try {
    vm.compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file })
  } catch (error) {
    const place = /:(\d+)$/m.exec(String(error.stack).split('\n')[0])
    mistakes.push({ file, line: place ? Number(place[1]) : 0, message: String(error) })
  }
}
process.stdout.write(JSON.stringify(mistakes))

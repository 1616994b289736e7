// Listens on a free port of localhost, tells it, and stops with its standard
// input: whoever started it.
const http = require("node:http");

module.exports = (make) => {
  const server = http.createServer();
  server.listen(0, "127.0.0.1", () => {
    const url = `http://localhost:${server.address().port}`;
    const app = make(url);
    server.on("request", (req, res) => (req.url === "/favicon.ico" ? res.writeHead(204).end() : app(req, res)));
    console.log(url);
  });
  process.stdin.on("end", () => process.exit()).resume();
};

// A chat server as the Socket.IO documentation writes one: default settings, rooms in memory, nothing persisted.
// It relays each message, as it came, to every member of its room, the sender included.
// Usage: node server.mjs [port] [--insert], port 0 or none for a free one; prints "listening on http://127.0.0.1:PORT".
// --insert: each message is one INSERT into the PostgreSQL that DATABASE_URL names, before anybody is told of it.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";

const { values, positionals } = parseArgs({ options: { insert: { type: "boolean" } }, allowPositionals: true });
const http = createServer();
const io = new Server(http);
const insert = values.insert ? await openTable() : null;

async function openTable() {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL }); // of its default size
  pool.on("error", (error) => console.error(`PostgreSQL: ${error.message}`));
  await pool.query(`CREATE TABLE IF NOT EXISTS messages (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id text NOT NULL, text text NOT NULL, sent_at timestamptz NOT NULL DEFAULT now())`);
  return ({ roomId, text }) => pool.query("INSERT INTO messages (room_id, text) VALUES ($1, $2)", [roomId, text]);
}

function relay(message, sent) {
  io.to(message.roomId).emit("msg", message);
  if (typeof sent === "function") sent();
}
function refuse(socket, error, sent) {
  const refusal = { success: false, message: error.message };
  if (typeof sent === "function") sent(refusal);
  else socket.emit("exception", refusal);
}

io.on("connection", (socket) => {
  let before; // settles once all that this client has said was relayed
  socket.on("join", (roomId, joined) => {
    socket.join(roomId);
    if (typeof joined === "function") joined();
  });
  socket.on("msg", (message, sent) => {
    if (!insert) return relay(message, sent);
    // As many are inserted at a time as the pool allows, but what a client said is relayed in the order it was said.
    before = Promise.allSettled([insert(message), before]).then(([{ reason }]) =>
      reason ? refuse(socket, reason, sent) : relay(message, sent));
  });
});

// A backlog of 511 (Node's default) drops connections when thousands come at once.
http.listen({ port: Number(positionals[0] ?? 0), host: "127.0.0.1", backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));

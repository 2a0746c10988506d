// A chat server as the Socket.IO documentation writes one: default settings, rooms in memory, nothing persisted.
// It relays each message, as it came, to every member of its room, the sender included.
// Usage: node server.mjs [port], 0 or none for a free one; prints "listening on http://127.0.0.1:PORT".
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http);

io.on("connection", (socket) => {
  socket.on("join", (roomId, joined) => {
    socket.join(roomId);
    if (typeof joined === "function") joined();
  });
  socket.on("msg", (message, sent) => {
    io.to(message.roomId).emit("msg", message);
    if (typeof sent === "function") sent();
  });
});

// A backlog of 511 (Node's default) drops connections when thousands come at once.
http.listen({ port: Number(process.argv[2] ?? 0), host: "127.0.0.1", backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));

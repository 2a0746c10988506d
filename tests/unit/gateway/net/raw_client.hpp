#pragma once
// A client that may do anything: plain bytes over a blocking socket, and WebSocket frames made by hand. Every wait ends
// after ten seconds at most, with an exception, so that a test fails instead of hanging.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::gateway::test {

struct frame {
  unsigned opcode = 0;
  std::string payload;

  [[nodiscard]] unsigned close_code() const; ///< of a close frame; 1005 when it has none
  [[nodiscard]] std::string close_reason() const;
};

struct http_answer {
  int status = 0;
  std::string head, body;
};

class raw_client {
public:
  explicit raw_client(std::uint16_t port, std::optional<int> receive_buffer = std::nullopt);
  explicit raw_client(const std::string& path); ///< of a local socket
  ~raw_client();
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  /// False when the server has closed the connection.
  bool send(std::string_view bytes);
  /// Sends what the socket takes at once; the number of bytes.
  std::size_t send_some(std::string_view bytes);
  std::string read_until(std::string_view mark);
  std::string read_exactly(std::size_t size);
  /// True when the server ends the connection (orderly or by reset), whatever it sends before.
  bool is_closed_by_server();
  /// One response; `has_body` false for answers to HEAD.
  http_answer read_answer(bool has_body = true);

  /// Opens a WebSocket; `extra` are further header lines. Throws unless the answer is 101.
  std::string upgrade(std::string_view target = "/ws", std::string_view extra = {});
  bool send_text(std::string_view text) { return send(masked_frame(0x1, text)); }
  frame read_frame();
  /// The next frame that is no ping.
  frame read_message();

  void half_close();
  void reset(); ///< closes with RST
  void close();

  static std::string masked_frame(unsigned opcode, std::string_view payload, bool fin = true);
  static std::string close_frame(std::uint16_t code, std::string_view reason = {});

private:
  bool fill();

  int socket_;
  std::string in_;
};

inline constexpr std::string_view handshake_lines = "Host: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                                    "Sec-WebSocket-Version: 13\r\n"
                                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

} // namespace parley::gateway::test

#pragma once
// The least of a native server that a run needs: upgrade, greeting, join, and one room that relays, with one fault on
// request.

#include "tests/unit/load/listening_server.hpp"

#include <array>
#include <atomic>
#include <nlohmann/json.hpp>

namespace parley::load::testing {

enum class fault { none, lose_one, repeat_one, swap_two, refuse_one, drop_client, refuse_upgrade, never_join, ping };

struct room_client {
  int fd;
  bool upgraded = false;
  std::string in;
};

class fake_room_server final : public listening_server<room_client> {
public:
  explicit fake_room_server(fault f)
    : fault_{f} {
    start();
  }
  ~fake_room_server() override { stop(); }

  [[nodiscard]] std::uint64_t pongs() const { return pongs_; }

private:
  static constexpr std::uint64_t faulty_message = 20;

  void read(std::size_t at) override {
    std::array<char, 16384> buffer{};
    auto const count = ::recv(clients_[at].fd, buffer.data(), buffer.size(), 0);
    if (count <= 0) return cut(clients_[at]);
    clients_[at].in.append(buffer.data(), static_cast<std::size_t>(count));
    if (!clients_[at].upgraded) upgrade(at);
    while (clients_[at].fd >= 0 && clients_[at].upgraded && next_frame(at)) {
    }
  }

  void upgrade(std::size_t at) {
    auto& c = clients_[at];
    auto const end = c.in.find("\r\n\r\n");
    if (end == std::string::npos) return;
    c.in.erase(0, end + 4);
    if (fault_ == fault::refuse_upgrade) {
      raw(at, "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    c.upgraded = true;
    // Head and greeting in one piece, as a fast server's may arrive.
    raw(at, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" +
                frame(R"({"event":"connected","data":{"sessionId":"s"}})"));
  }

  bool next_frame(std::size_t at) {
    auto& in = clients_[at].in;
    if (in.size() < 6) return false;
    std::size_t length = static_cast<unsigned char>(in[1]) & 0x7F;
    std::size_t header = 2;
    if (length == 126) {
      if (in.size() < 8) return false;
      length = static_cast<std::size_t>(static_cast<unsigned char>(in[2]) << 8 | static_cast<unsigned char>(in[3]));
      header = 4;
    }
    if (in.size() < header + 4 + length) return false;
    auto const code = in[0] & 0x0F;
    std::string payload = in.substr(header + 4, length);
    for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<char>(payload[i] ^ in[header + i % 4]);
    in.erase(0, header + 4 + length);
    if (code == 0x8)
      cut(clients_[at]);
    else if (code == 0xA)
      ++pongs_;
    else
      handle(at, nlohmann::json::parse(payload, nullptr, false));
    return true;
  }

  void handle(std::size_t at, nlohmann::json const& message) {
    if (message["event"] == "join-room") {
      if (fault_ != fault::never_join) raw(at, frame(R"({"ack":1,"data":{"roomId":"r"}})"));
      return;
    }
    auto const number = ++messages_;
    bool const faulty = number == faulty_message;
    auto const push = frame(R"({"event":"message-received","data":{"text":)" + message["data"]["text"].dump() +
                            R"(,"seq":)" + std::to_string(number) + "}}");
    if (faulty && fault_ == fault::refuse_one)
      return raw(at, frame(R"({"event":"exception","data":{"status":"error","code":"slow-down"}})"));
    if (faulty && fault_ == fault::drop_client) return cut(clients_[at]);
    if (fault_ == fault::ping) raw(at, std::string{"\x89\x02hi", 4});
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      bool const last = i + 1 == clients_.size();
      if (fault_ == fault::swap_two && last && faulty) {
        held_ = push;
        continue;
      }
      if (fault_ == fault::lose_one && last && faulty) continue;
      raw(i, push);
      if (fault_ == fault::repeat_one && last && faulty) raw(i, push);
      if (last && !held_.empty()) raw(i, std::exchange(held_, {}));
    }
  }

  static std::string frame(std::string_view payload) {
    std::string out{"\x81"};
    if (payload.size() < 126)
      out.push_back(static_cast<char>(payload.size()));
    else {
      out.push_back(126);
      out.push_back(static_cast<char>(payload.size() >> 8));
      out.push_back(static_cast<char>(payload.size() & 0xFF));
    }
    return out.append(payload);
  }
  void raw(std::size_t at, std::string const& bytes) {
    if (clients_[at].fd >= 0) (void)::send(clients_[at].fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  fault fault_;
  std::uint64_t messages_ = 0;
  std::atomic<std::uint64_t> pongs_{0};
  std::string held_;
};

} // namespace parley::load::testing

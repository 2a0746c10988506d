#include "tests/support/log/requests.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace parley::test {

stream_append messages(const stream_id& stream, version expected, std::size_t count, const std::string& text) {
  stream_append append{stream, expected, {}};
  for (std::size_t i = 0; i < count; ++i) {
    events::message_sent sent;
    sent.message = {"m_" + std::to_string(expected + i + 1)};
    sent.user = {"u_1"};
    sent.session = {"s_1"};
    sent.name = "Ada";
    sent.text = text;
    append.events.push_back(encode(events::room_event{sent}));
  }
  return append;
}

append_request request(std::vector<stream_append> streams) {
  append_request r;
  r.streams = std::move(streams);
  r.time = time_point{std::chrono::milliseconds{1'700'000'000'123}};
  r.actor = "u_1";
  r.cause = "c_1";
  return r;
}

result<commit> append(event_log& log, append_request r) {
  auto answers = log.append({&r, 1});
  REQUIRE(answers.size() == 1);
  return answers.front();
}

result<commit> append(event_log& log, const stream_id& stream, version expected, std::size_t count) {
  return append(log, request({messages(stream, expected, count)}));
}

std::vector<record> read_all(const event_log& log) {
  std::vector<record> all;
  for (;;) {
    auto page = log.read(all.size(), 7, 1 << 20);
    INFO((page ? std::string{} : page.error().message));
    REQUIRE(page.has_value());
    if (page->empty()) return all;
    std::move(page->begin(), page->end(), std::back_inserter(all));
  }
}

std::string check_gapless(const std::vector<record>& records) {
  std::map<stream_id, version> versions;
  position expected = 0;
  for (const auto& r : records) {
    if (r.position != ++expected) return "position " + std::to_string(expected) + " is missing";
    if (r.version != ++versions[r.stream])
      return r.stream.text + " has version " + std::to_string(r.version) + " where " +
             std::to_string(versions[r.stream]) + " is due";
  }
  return {};
}

temporary_directory::temporary_directory()
  : path_{(std::filesystem::temp_directory_path() / "parley-test-XXXXXX").string()} {
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace parley::test

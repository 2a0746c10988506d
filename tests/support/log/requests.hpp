#pragma once
// Short ways to write append requests and to read what a log holds, for the tests of logs.

#include "events/log/event_log.hpp"

namespace parley::test {

/// `count` messages for `stream`, to follow version `expected`. Their texts are `text`, so a test can tell them apart.
stream_append messages(const stream_id& stream, version expected, std::size_t count = 1,
                       const std::string& text = "hello");
append_request request(std::vector<stream_append> streams);
/// One request alone in its batch.
result<commit> append(event_log& log, append_request request);
result<commit> append(event_log& log, const stream_id& stream, version expected, std::size_t count = 1);

/// The whole log, read in small pages. Fails the test when it cannot be read.
std::vector<record> read_all(const event_log& log);
/// Empty when positions and every stream's versions are gapless from 1, else what is wrong.
std::string check_gapless(const std::vector<record>& records);

/// A directory of its own, removed with all it holds.
class temporary_directory {
public:
  temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory();
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  std::string path_;
};

} // namespace parley::test

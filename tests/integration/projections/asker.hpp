#pragma once
// A loop on the test's own thread, and the questions of one area on it.

#include "projections/queries/question_desk.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <catch2/catch_test_macros.hpp>

namespace parley::test {

/// Fast to try again, with few connections.
inline query_options questions_to(const std::string& url) {
  query_options o;
  o.database_url = url;
  o.connections = 2;
  o.backoff_min = std::chrono::milliseconds{5};
  o.backoff_max = std::chrono::milliseconds{20};
  return o;
}

template <class Models>
struct asker_of {
  boost::asio::io_context io;
  question_desk desk;
  Models models{desk};

  asker_of(const query_options& o, projection_progress& progress)
    : desk{io, o, progress} {}

  /// Runs the loop until the answer is there.
  template <class T, class Ask>
  result<T> wait(Ask question) {
    std::optional<result<T>> answer;
    int answers = 0;
    question([&](result<T> r) {
      answer = std::move(r);
      ++answers;
    });
    CHECK(answers == 0); // never inside the call
    const auto guard = boost::asio::make_work_guard(io);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!answer && std::chrono::steady_clock::now() < until) io.run_one_for(std::chrono::seconds{1});
    io.poll();
    REQUIRE(answers == 1);
    return *answer;
  }
  /// The same, when the answer must be good.
  template <class T, class Ask>
  T answer_to_good(Ask question) {
    auto answer = wait<T>(std::move(question));
    INFO((answer ? std::string{} : answer.error().message));
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
  /// Every row of a list, page by page.
  template <class Row, class Ask>
  std::vector<Row> all(std::size_t limit, Ask question) {
    std::vector<Row> rows;
    page_request p{limit, {}};
    do {
      auto got = answer_to_good<page<Row>>([&](auto done) { question(p, std::move(done)); });
      for (auto& row : got.rows) rows.push_back(std::move(row));
      p.after = got.next;
    } while (!p.after.empty());
    return rows;
  }
};

} // namespace parley::test

#include "projections/pg/connection.hpp"

#include "events/assertion.hpp"

#include <cerrno>
#include <libpq-fe.h>
#include <poll.h>

namespace parley::pg {
namespace {

using clock = std::chrono::steady_clock;

/// Waits for `events` on `fd`, or for the interrupter. False when the time is over or it was raised.
bool poll_for(int fd, short events, clock::time_point deadline, const interrupter* interrupt) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0) return false;
    pollfd watched[2] = {{fd, events, 0}, {interrupt ? interrupt->descriptor() : -1, POLLIN, 0}};
    const int ready = ::poll(watched, 2, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0 || watched[1].revents != 0) return false;
    if (watched[0].revents != 0) return true;
  }
}

bool worth_another_try(std::string_view state) {
  if (state.size() != 5) return true; // the connection broke
  // Classes of PostgreSQL's appendix A: connection, transaction rollback, resources, prerequisites, intervention,
  // system; then a server in recovery, and read models that were dropped (the next try makes them again).
  for (const std::string_view family : {"08", "40", "53", "55", "57", "58"})
    if (state.starts_with(family)) return true;
  return state == "25006" || state == "42P01" || state == "3F000";
}

} // namespace

void connection_deleter::operator()(pg_conn* c) const noexcept { PQfinish(c); }

std::string text_of_failure(const pg_conn* c) {
  std::string text = PQerrorMessage(c);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (auto& ch : text)
    if (ch == '\n') ch = ' ';
  return text;
}

error error_of(const pg_result* r) {
  const char* state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
  const std::string code = state ? state : "";
  return {worth_another_try(code) ? errc::unavailable : errc::invalid,
          "PostgreSQL: " + std::string{message ? message : "the connection broke"} +
              (code.empty() ? "" : " (SQLSTATE " + code + ")")};
}

connection::connection(connection_handle handle, const connect_options& options)
  : handle_{std::move(handle)}
  , io_timeout_{options.io_timeout}
  , interrupt_{options.interrupt} {}

result<connection> connection::open(const connect_options& options) {
  for (const char c : options.schema) PARLEY_ASSERT((c >= 'a' && c <= 'z') || c == '_');
  const auto settings = "-c search_path=" + options.schema + " -c client_encoding=UTF8 -c TimeZone=UTC" +
                        " -c statement_timeout=" + std::to_string(options.io_timeout.count()) +
                        (options.wait_for_disk ? "" : " -c synchronous_commit=off");
  // The URL comes first as `dbname`, so that it is expanded; what follows it is ours.
  const char* const keys[] = {"dbname", "options", "application_name", "client_encoding", nullptr};
  const char* const values[] = {options.url.c_str(), settings.c_str(), options.application.c_str(), "UTF8", nullptr};
  connection_handle handle{PQconnectStartParams(keys, values, 1)};
  if (!handle) return fail(errc::unavailable, "no memory for a connection to PostgreSQL");
  PQsetNoticeProcessor(
      handle.get(), [](void*, const char*) {}, nullptr);

  const auto deadline = clock::now() + options.connect_timeout;
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
    if (state == PGRES_POLLING_FAILED || PQstatus(handle.get()) == CONNECTION_BAD)
      return fail(errc::unavailable, text_of_failure(handle.get()));
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!poll_for(PQsocket(handle.get()), events, deadline, options.interrupt))
      return fail(errc::unavailable, "PostgreSQL did not take the connection in time");
    state = PQconnectPoll(handle.get());
  }
  if (PQsetnonblocking(handle.get(), 1) != 0) return fail(errc::unavailable, text_of_failure(handle.get()));
  return connection{std::move(handle), options};
}

result<void> connection::wait(bool for_write, clock::time_point deadline) {
  const auto events = static_cast<short>(for_write ? POLLIN | POLLOUT : POLLIN);
  if (!poll_for(PQsocket(handle_.get()), events, deadline, interrupt_))
    return fail(errc::unavailable, "PostgreSQL did not answer in time");
  return {};
}

result<void> connection::send_all(clock::time_point deadline) {
  for (;;) {
    const int left = PQflush(handle_.get());
    if (left == 0) return {};
    if (left < 0) return fail(errc::unavailable, text_of_failure(handle_.get()));
    // Answers are read while we send, or both sides would wait for each other with full buffers.
    if (auto ready = wait(true, deadline); !ready) return ready;
    if (PQconsumeInput(handle_.get()) == 0) return fail(errc::unavailable, text_of_failure(handle_.get()));
  }
}

result<result_handle> connection::next_result(clock::time_point deadline) {
  while (PQisBusy(handle_.get()) != 0) {
    if (auto ready = wait(false, deadline); !ready) return tl::make_unexpected(ready.error());
    if (PQconsumeInput(handle_.get()) == 0) return fail(errc::unavailable, text_of_failure(handle_.get()));
  }
  return result_handle{PQgetResult(handle_.get())};
}

/// Reads the answers to everything sent (outside a pipeline up to the first null) and keeps the last.
result<rows> connection::drain(clock::time_point deadline) {
  const bool pipelined = PQpipelineStatus(handle_.get()) != PQ_PIPELINE_OFF;
  result_handle last;
  std::optional<error> failed;
  for (bool more = true; more;) {
    auto answer = next_result(deadline);
    if (!answer) return tl::make_unexpected(answer.error());
    if (!*answer) { // ends one statement
      if (PQstatus(handle_.get()) == CONNECTION_BAD) return fail(errc::unavailable, text_of_failure(handle_.get()));
      more = pipelined;
      continue;
    }
    switch (PQresultStatus(answer->get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK: last = std::move(*answer); break;
    case PGRES_PIPELINE_ABORTED: break;
    case PGRES_PIPELINE_SYNC: more = false; break;
    default:
      if (!failed) failed = error_of(answer->get());
      // A broken connection sends no more: not even the end of the pipeline.
      if (PQstatus(handle_.get()) == CONNECTION_BAD) return tl::make_unexpected(*failed);
    }
  }
  if (failed) return tl::make_unexpected(*failed);
  if (!last) return fail(errc::unavailable, "PostgreSQL gave no answer");
  return rows{std::move(last)};
}

result<void> connection::run(const std::string& sql) {
  const auto deadline = clock::now() + io_timeout_;
  if (PQsendQuery(handle_.get(), sql.c_str()) == 0) return fail(errc::unavailable, text_of_failure(handle_.get()));
  if (auto sent = send_all(deadline); !sent) return sent;
  if (auto answer = drain(deadline); !answer) return tl::make_unexpected(answer.error());
  return {};
}

namespace {
bool send(pg_conn* c, const std::string& sql, const parameters& p) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats(p.size(), 1);
  for (const auto& v : p.values()) {
    values.push_back(v.data());
    lengths.push_back(static_cast<int>(v.size()));
  }
  return PQsendQueryParams(c, sql.c_str(), static_cast<int>(p.size()), p.types().data(), values.data(), lengths.data(),
                           formats.data(), 1) != 0;
}
} // namespace

result<rows> connection::ask(const std::string& sql, const parameters& p) {
  PARLEY_ASSERT(queued_ == 0);
  const auto deadline = clock::now() + io_timeout_;
  if (!send(handle_.get(), sql, p)) return fail(errc::unavailable, text_of_failure(handle_.get()));
  if (auto sent = send_all(deadline); !sent) return tl::make_unexpected(sent.error());
  return drain(deadline);
}

result<void> connection::queue(const std::string& sql, const parameters& p) {
  if (queued_ == 0 && PQenterPipelineMode(handle_.get()) == 0)
    return fail(errc::unavailable, text_of_failure(handle_.get()));
  ++queued_;
  if (!send(handle_.get(), sql, p)) return fail(errc::unavailable, text_of_failure(handle_.get()));
  return {};
}

result<rows> connection::flush() {
  PARLEY_ASSERT(queued_ > 0);
  queued_ = 0;
  const auto deadline = clock::now() + io_timeout_;
  if (PQpipelineSync(handle_.get()) == 0) return fail(errc::unavailable, text_of_failure(handle_.get()));
  if (auto sent = send_all(deadline); !sent) return tl::make_unexpected(sent.error());
  auto answer = drain(deadline);
  if (PQexitPipelineMode(handle_.get()) == 0) return fail(errc::unavailable, text_of_failure(handle_.get()));
  return answer;
}

result<void> connection::put_copied(std::string_view bytes, clock::time_point deadline) {
  constexpr std::size_t piece_bytes = 256 * 1024; // libpq's buffer grows to about this and no more
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_bytes, bytes.size()))) {
    const auto piece = bytes.substr(0, piece_bytes);
    if (PQputCopyData(handle_.get(), piece.data(), static_cast<int>(piece.size())) != 1)
      return fail(errc::unavailable, text_of_failure(handle_.get()));
    if (auto sent = send_all(deadline); !sent) return sent;
  }
  return {};
}

result<void> connection::copy(const std::string& sql, std::string_view rows) {
  PARLEY_ASSERT(queued_ == 0);
  constexpr std::string_view header{"PGCOPY\n\xFF\r\n\0\0\0\0\0\0\0\0\0", 19}, trailer{"\xFF\xFF", 2};
  const auto deadline = clock::now() + io_timeout_;
  if (PQsendQuery(handle_.get(), sql.c_str()) == 0) return fail(errc::unavailable, text_of_failure(handle_.get()));
  if (auto sent = send_all(deadline); !sent) return sent;
  const auto begun = next_result(deadline);
  if (!begun) return tl::make_unexpected(begun.error());
  if (PQresultStatus(begun->get()) != PGRES_COPY_IN) {
    const auto refused = error_of(begun->get());
    if (auto rest = drain(deadline); !rest && PQstatus(handle_.get()) == CONNECTION_BAD)
      return tl::make_unexpected(rest.error());
    return tl::make_unexpected(refused);
  }
  for (const auto part : {header, rows, trailer})
    if (auto put = put_copied(part, deadline); !put) return put;
  if (PQputCopyEnd(handle_.get(), nullptr) != 1) return fail(errc::unavailable, text_of_failure(handle_.get()));
  if (auto sent = send_all(deadline); !sent) return sent;
  if (auto answer = drain(deadline); !answer) return tl::make_unexpected(answer.error());
  return {};
}

} // namespace parley::pg

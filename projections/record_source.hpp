#pragma once
// Where read models are made from: the log of this process, or another process's opened read-only. One thread at a
// time.

#include "events/log/event_log.hpp"

namespace parley {

class record_source {
public:
  virtual ~record_source() = default;
  /// The last durable position known now; asks anew, so it moves while a server writes.
  [[nodiscard]] virtual result<position> head() = 0;
  /// As event_log::read.
  [[nodiscard]] virtual result<std::vector<record>> read(position after, std::size_t limit, std::size_t bytes_max) = 0;
};

/// The log itself as a source.
class log_source final : public record_source {
public:
  explicit log_source(const event_log& log)
    : log_{log} {}
  [[nodiscard]] result<position> head() override { return log_.head(); }
  [[nodiscard]] result<std::vector<record>> read(position after, std::size_t limit, std::size_t bytes_max) override {
    return log_.read(after, limit, bytes_max);
  }

private:
  const event_log& log_;
};

} // namespace parley

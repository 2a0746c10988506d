#pragma once
// Answers on a kept-alive HTTP/1.1 connection (RFC 9112), as Parley writes them: a Content-Length, or a status that has
// no body. One thread.

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::load {

struct http_answer {
  unsigned status = 0;
  bool keeps_alive = true;
  std::string_view body; ///< a view into the reader until its next call
};

class answer_reader {
public:
  /// An answer of more than `bytes_max` is taken for a broken one.
  explicit answer_reader(std::size_t bytes_max) noexcept
    : bytes_max_{bytes_max} {}

  void add(std::string_view bytes);

  enum class state : unsigned char { whole, more, broken };
  /// The next whole answer, in order. `broken` for what is no such answer; then the connection is of no more use.
  [[nodiscard]] state next(http_answer& out);

private:
  std::size_t bytes_max_;
  std::string in_;
  std::size_t taken_ = 0; ///< of in_, by the answer given last
};

} // namespace parley::load

#include "gateway/net/request_reader.hpp"

#include "events/json_writer.hpp"
#include "gateway/net/request_target.hpp"

#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace parley::gateway {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::string_view header_end = "\r\n\r\n";

/// Why the header's bytes are refused before they are parsed; empty when they are fine. A parser unfolds or skips
/// these, and another server may do it differently.
std::string_view ambiguity(std::string_view block) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    const char c = block[i];
    if (c == '\r') {
      if (i + 1 >= block.size() || block[i + 1] != '\n') return "a header line ends in a bare CR";
      if (i + 2 < block.size() && (block[i + 2] == ' ' || block[i + 2] == '\t')) return "a header line is folded";
      ++i;
    } else if (c == '\n') {
      return "a header line ends in a bare LF";
    } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) {
      return "the header holds a control character";
    }
  }
  return {};
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// Header values may hold any byte from 0x80; what is not UTF-8 must not reach JSON or the log.
std::string readable(std::string_view value) {
  std::string out{value};
  if (!is_utf8(out))
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return out;
}

bool is_served(std::string_view method) {
  constexpr std::string_view served[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return std::find(std::begin(served), std::end(served), method) != std::end(served);
}

} // namespace

struct request_reader::parser : http::request_parser<http::string_body> {};

request_reader::request_reader(const net_limits& bounds)
  : bounds_{bounds} {}

request_reader::~request_reader() = default;

request_reader::step request_reader::refuse(errc code, std::string message) {
  failure_ = error{code, std::move(message)};
  keep_alive_ = false;
  return step::failed;
}

request_reader::step request_reader::advance(std::string& in) {
  if (parser_) return read_body(in);
  // A client may send an empty line after a request's body (RFC 9112 section 2.2).
  while (scanned_ == 0 && in.starts_with("\r\n")) in.erase(0, 2);
  const auto end = in.find(header_end, scanned_ < 3 ? 0 : scanned_ - 3);
  if (end == std::string::npos) {
    if (in.size() > bounds_.header_bytes_max) return refuse(errc::header_too_large, {});
    scanned_ = in.size();
    return step::need_more;
  }
  const auto size = end + header_end.size();
  if (size > bounds_.header_bytes_max) return refuse(errc::header_too_large, {});
  const auto read = read_header(std::string_view{in}.substr(0, size));
  in.erase(0, size);
  return read == step::need_more ? read_body(in) : read;
}

request_reader::step request_reader::read_header(std::string_view block) {
  if (const auto why = ambiguity(block); !why.empty()) return refuse(errc::malformed, std::string{why});

  auto p = std::make_unique<parser>();
  p->header_limit(static_cast<std::uint32_t>(bounds_.header_bytes_max));
  p->body_limit(bounds_.body_bytes_max);
  p->eager(true);
  error_code ec;
  p->put(boost::asio::buffer(block.data(), block.size()), ec);
  if (ec == http::error::need_more) ec = {};

  const auto& message = p->get();
  const std::string_view method{message.method_string().data(), message.method_string().size()};
  const std::string_view target{message.target().data(), message.target().size()};
  request_.method = method == "HEAD" ? "GET" : std::string{method};
  head_only_ = method == "HEAD";
  for (const auto& field : message) {
    const std::string_view name{field.name_string().data(), field.name_string().size()};
    const std::string_view value{field.value().data(), field.value().size()};
    request_.headers.emplace_back(lower(name), readable(value));
  }

  if (ec == http::error::body_limit) {
    // Whoever is told of it may want to know what was asked.
    if (target.size() <= bounds_.target_bytes_max) (void)read_target(target, bounds_.parameters_max, request_);
    return refuse(errc::too_large, "the body is too large");
  }
  if (ec) return refuse(errc::malformed, "not a request of HTTP/1.1: " + ec.message());
  if (request_.headers.size() > bounds_.headers_max) return refuse(errc::header_too_large, "too many header lines");
  if (target.size() > bounds_.target_bytes_max) return refuse(errc::header_too_large, "the request target is too long");
  if (!is_served(method)) return refuse(errc::method_not_allowed, {});
  if (message.version() != 11 && message.version() != 10) return refuse(errc::malformed, "speak HTTP/1.1");
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() == 11)) return refuse(errc::malformed, "one Host header is needed");
  if (message.count(http::field::content_length) > 1) return refuse(errc::malformed, "more than one Content-Length");
  if (const auto coding = message.find(http::field::transfer_encoding); coding != message.end()) {
    if (message.count(http::field::content_length) > 0)
      return refuse(errc::malformed, "both Content-Length and Transfer-Encoding");
    if (message.version() == 10 || !p->chunked() ||
        lower({coding->value().data(), coding->value().size()}) != "chunked")
      return refuse(errc::malformed, "the only transfer coding understood is chunked");
  }
  if (auto read = read_target(target, bounds_.parameters_max, request_); !read)
    return refuse(read.error().code, read.error().message);

  keep_alive_ = p->keep_alive();
  expects_continue_ =
      !p->is_done() && message.version() == 11 &&
      lower({message[http::field::expect].data(), message[http::field::expect].size()}) == "100-continue";
  if (p->is_done()) return step::done;
  parser_ = std::move(p);
  return step::need_more;
}

request_reader::step request_reader::read_body(std::string& in) {
  error_code ec;
  std::size_t used = 0;
  while (used < in.size() && !parser_->is_done()) {
    const auto n = parser_->put(boost::asio::buffer(in.data() + used, in.size() - used), ec);
    used += n;
    if (ec || n == 0) break;
  }
  in.erase(0, used);
  if (parser_->is_done()) {
    request_.body = std::move(parser_->get().body());
    parser_.reset();
    return step::done;
  }
  if (ec == http::error::body_limit) return refuse(errc::too_large, "the body is too large");
  if (ec && ec != http::error::need_more) return refuse(errc::malformed, "the body is malformed: " + ec.message());
  // What a parser leaves unread here is one line of a chunk or the trailers: bounded like a header.
  if (in.size() > bounds_.header_bytes_max) return refuse(errc::malformed, "a chunk's header is too long");
  return step::need_more;
}

} // namespace parley::gateway

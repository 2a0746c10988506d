#include "tools/parley-load/http_answer.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace parley::load {
namespace {

constexpr std::string_view line_end = "\r\n", head_end = "\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number n{};
  auto const [end, bad] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

struct head {
  unsigned status = 0;
  bool keeps_alive = true;
  std::optional<std::size_t> length;
};

std::optional<head> read_head(std::string_view text) {
  constexpr std::string_view version = "HTTP/1.1 ";
  if (!text.starts_with(version) || text.size() < version.size() + 3) return std::nullopt;
  head h;
  auto const status = number_of<unsigned>(text.substr(version.size(), 3));
  if (!status || *status < 200) return std::nullopt; // nothing that asks for an interim answer is sent
  h.status = *status;
  for (auto at = text.find(line_end); at != std::string_view::npos;) {
    auto const begin = at + line_end.size();
    at = text.find(line_end, begin);
    auto const line = text.substr(begin, at == std::string_view::npos ? at : at - begin);
    auto const colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    auto const name = line.substr(0, colon), value = line.substr(colon + 2);
    if (is_same(name, "content-length")) {
      h.length = number_of<std::size_t>(value);
      if (!h.length) return std::nullopt;
    }
    if (is_same(name, "connection") && is_same(value, "close")) h.keeps_alive = false;
    if (is_same(name, "transfer-encoding")) return std::nullopt;
  }
  if (h.status == 204 || h.status == 304) h.length = 0;
  return h.length ? std::optional{h} : std::nullopt;
}

} // namespace

void answer_reader::add(std::string_view bytes) {
  in_.erase(0, std::exchange(taken_, 0));
  in_.append(bytes);
}

answer_reader::state answer_reader::next(http_answer& out) {
  in_.erase(0, std::exchange(taken_, 0));
  auto const end = in_.find(head_end);
  if (end == std::string::npos) return in_.size() > bytes_max_ ? state::broken : state::more;
  auto const h = read_head(std::string_view{in_}.substr(0, end));
  if (!h || *h->length > bytes_max_) return state::broken;
  auto const begin = end + head_end.size();
  if (in_.size() < begin + *h->length) return state::more;
  taken_ = begin + *h->length;
  out = {h->status, h->keeps_alive, std::string_view{in_}.substr(begin, *h->length)};
  return state::whole;
}

} // namespace parley::load

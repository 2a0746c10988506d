// GET / and what it loads: the page that people use Parley with (gateway/page).
//
// Its Content-Security-Policy lets in nothing but these files and the server's own API: no inline script or style, no
// other origin, no frame around it, and no way from text to markup (Trusted Types), so that what other people write can
// never be more than text.

#include "events/record.hpp"
#include "gateway/page/page_files.hpp"
#include "gateway/rest/conditions.hpp"
#include "gateway/rest/routes/routes.hpp"

namespace parley::gateway {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';base-uri 'none';"
    "form-action 'none';frame-ancestors 'none';require-trusted-types-for 'script';trusted-types 'none'";

/// Nothing but what a call needs.
constexpr std::string_view page_permissions =
    "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()";

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/javascript; charset=utf-8";
}

/// The tag is the content's: a browser that asks again is told of a new program's files, and of nothing else.
std::string tag_of(std::string_view text) {
  constexpr std::size_t digits = 32;
  return '"' + to_hex(sha256(text)).substr(0, digits) + '"';
}

struct served_file {
  page_file file;
  std::string tag;
};

const served_file* find_file(std::string_view name) {
  static const auto all = [] {
    std::vector<served_file> served;
    for (const auto& file : page_files()) served.push_back({file, tag_of(file.text)});
    return served;
  }();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.file.name == name; });
  return found == all.end() ? nullptr : &*found;
}

void serve(const call_ptr& c, std::string_view name) {
  const auto* found = find_file(name);
  if (!found) return c->refuse({errc::not_found, {}, 0});
  auto r = has_it_already(c->request, found->tag) ? no_content(304) : http_response{};
  if (r.status == 200) {
    r.content_type = type_of(name);
    r.body = found->file.text;
  }
  r.headers.emplace_back("ETag", found->tag);
  r.headers.emplace_back("Cache-Control", "no-cache");
  r.headers.emplace_back("Content-Security-Policy", page_policy);
  r.headers.emplace_back("Permissions-Policy", page_permissions);
  c->answer(std::move(r));
}

} // namespace

void add_page_routes(router& to) {
  to.add({"GET", {"/"}, access::open, [](const call_ptr& c) { serve(c, "index.html"); }});
  to.add({"GET", {"/favicon.svg"}, access::open, [](const call_ptr& c) { serve(c, "favicon.svg"); }});
  to.add({"GET", {"/page/:file"}, access::open, [](const call_ptr& c) { serve(c, c->captured.at(0)); }});
}

} // namespace parley::gateway

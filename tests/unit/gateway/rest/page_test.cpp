#include "gateway/page/page_files.hpp"
#include "server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

answered get(server& s, std::string path, std::string tag = {}) {
  header_list headers;
  if (!tag.empty()) headers.emplace_back("if-none-match", std::move(tag));
  return s.ask("GET", std::move(path), std::move(headers));
}

} // namespace

TEST_CASE("every file of the page is served as what it is, under one policy that lets in nothing inline or foreign") {
  server s;
  const auto policy = get(s, "/").header("Content-Security-Policy");
  CHECK(policy.starts_with("default-src 'none';"));
  for (const auto word : {"unsafe", "https:", "data:", "blob:", "*"}) CHECK(policy.find(word) == std::string::npos);
  for (const auto& file : page_files()) {
    INFO(file.name);
    const auto r = get(s, "/page/" + std::string{file.name});
    CHECK(r.status() == 200);
    CHECK(r.response.body == file.text);
    CHECK(r.header("Content-Security-Policy") == policy);
    CHECK(r.header("X-Content-Type-Options") == "nosniff");
    CHECK(r.header("Cache-Control") == "no-cache");
    const auto type = r.response.content_type.substr(0, r.response.content_type.find(';'));
    const auto ending = file.name.substr(file.name.rfind('.'));
    const std::map<std::string_view, std::string_view> types{
        {".html", "text/html"}, {".css", "text/css"}, {".js", "text/javascript"}, {".svg", "image/svg+xml"}};
    CHECK(type == types.at(ending));
  }
}

TEST_CASE("a file of the page is not sent to who has it already") {
  server s;
  for (const std::string path : {"/", "/favicon.svg", "/page/main.js"}) {
    INFO(path);
    const auto tag = get(s, path).header("ETag");
    REQUIRE(tag.size() > 2);
    const auto again = get(s, path, "\"another\", W/" + tag);
    CHECK(again.status() == 304);
    CHECK(again.response.body.empty());
    CHECK(again.header("ETag") == tag);
    CHECK(get(s, path, "\"another\"").status() == 200);
  }
}

TEST_CASE("what is no file of the page is not found, and other answers keep the usual policy") {
  server s;
  CHECK(get(s, "/page/nothing.js").status() == 404);
  CHECK(get(s, "/page/CMakeLists.txt").status() == 404);
  CHECK(get(s, "/page/..").status() == 404);
  CHECK(get(s, "/livez").header("Content-Security-Policy").starts_with("default-src 'self';"));
}

TEST_CASE("whatever the page loads is there, and nothing is inline") {
  server s;
  const auto html = get(s, "/").response.body;
  for (const std::string_view attribute : {" src=\"", " href=\""})
    for (auto at = html.find(attribute); at != std::string::npos; at = html.find(attribute, at + 1)) {
      const auto begin = at + attribute.size();
      const auto target = html.substr(begin, html.find('"', begin) - begin);
      INFO(target);
      CHECK((target.starts_with("#") || get(s, target).status() == 200));
    }
  CHECK(html.find("<style") == std::string::npos);
  CHECK(html.find(" style=") == std::string::npos);
  CHECK(html.find(" onclick=") == std::string::npos);
  CHECK(html.find("<script>") == std::string::npos);
}

// The template language, seen through an answer of a route: everything is at hand there.

#include "profiles.hpp"

using namespace parley;
using namespace parley::gateway;

namespace {

/// What a template makes of a body, a query `language=en&limit=5` and a path `/x/7`; "nothing" where it leads nowhere.
std::string filled(std::string_view from, std::string_view body) {
  const auto p = made(
      R"("templates": {"person": {"id": "$.id", "name": "$.name"}}, "rest": [{"from": "GET /x/:id", "to": "GET /y", "answer": )" +
      std::string{from} + "}]");
  http_request request;
  request.method = "GET";
  request.path = "/x/7";
  request.query = {{"language", "en"}, {"limit", "5"}};
  const auto asked = p.map_request(request);
  REQUIRE(asked.has_value());
  const auto given = std::string{body} + ' '; // which no template writes
  http_response response;
  response.body = given;
  p.map_response(*asked, response);
  return response.body == given ? "nothing" : response.body;
}

} // namespace

TEST_CASE("constants come out as they are") {
  CHECK(filled(R"({"a": [1, -2.5, true, null, "x\n\"ü"]})", "{}") == R"({"a":[1,-2.5,true,null,"x\n\"ü"]})");
  CHECK(filled(R"({"price": "$$5", "$$key": 1})", "{}") == R"({"price":"$5","$key":1})");
}

TEST_CASE("a reference is filled with what stands there, whatever its kind") {
  CHECK(filled(R"(["$.a", "$.b.c", "$.list.1"])", R"({"a": {"x": [1]}, "b": {"c": false}, "list": [1, "two"]})") ==
        R"([{"x":[1]},false,"two"])");
  CHECK(filled(R"({"id": "$path.id", "language": "$query.language"})", "{}") == R"({"id":"7","language":"en"})");
}

TEST_CASE("in an object what leads to nothing is left out, in a list it is null") {
  CHECK(filled(R"({"a": "$.none", "b": "$query.none", "c": 1, "d": "$next"})", "{}") == R"({"c":1})");
  CHECK(filled(R"(["$.none", 1])", "{}") == "[null,1]");
  CHECK(filled(R"("$.none")", R"({"is": 1})") == "nothing");
  CHECK(filled(R"({"a": "$.null"})", R"({"null": null})") == R"({"a":null})");
  CHECK(filled(R"({"a": "$.list.7", "b": "$.text.0"})", R"({"list": [1], "text": "abc"})") == "{}");
}

TEST_CASE("`...` spreads an object, and what is named beside it replaces its members") {
  CHECK(filled(R"({"...": "$", "access_token": "$.token", "id": 1, "gone": "$.none"})",
               R"({"token": "t", "id": 7, "gone": true, "k\"": null})") ==
        R"({"k\"":null,"token":"t","access_token":"t","id":1})");
  CHECK(filled(R"({"...": "$.none", "a": 1})", "{}") == R"({"a":1})");
  CHECK(filled(R"({"...": "$.list"})", R"({"list": [1]})") == "{}");
}

TEST_CASE("a member's name may be a reference, too") {
  CHECK(filled(R"({"$.user.id": {"name": "$.user.name"}, "$.none": 1})", R"({"user": {"id": 5, "name": "Ada"}})") ==
        R"({"5":{"name":"Ada"}})");
}

TEST_CASE("`$each` goes through a list, forwards or backwards") {
  CHECK(filled(R"({"users": {"$each": "$", "$to": {"id": "$item.id", "in": "$path.id"}}})",
               R"([{"id": 1}, {"id": 2}])") == R"({"users":[{"id":1,"in":"7"},{"id":2,"in":"7"}]})");
  CHECK(filled(R"({"$each": "$.l", "$reversed": true, "$to": "$item"})", R"({"l": [1, 2, 3]})") == "[3,2,1]");
  CHECK(filled(R"({"$each": "$.l", "$to": "$item.x"})", R"({"l": [{"x": 1}, {}, {"x": 3}]})") == "[1,3]");
  CHECK(filled(R"({"$each": "$.l", "$to": {"$each": "$item", "$to": ["$item"]}})", R"({"l": [[1], [2, 3]]})") ==
        "[[[1]],[[2],[3]]]");
  CHECK(filled(R"({"a": {"$each": "$.l", "$to": 1}})", R"({"l": "no list"})") == "{}");
}

TEST_CASE("`$use` puts a named template in, on the whole or on a part") {
  CHECK(filled(R"({"$use": "person"})", R"({"id": 1, "name": "Ada", "email": "x"})") == R"({"id":1,"name":"Ada"})");
  CHECK(filled(R"([{"$use": "person", "$on": "$.user"}])", R"({"user": {"id": 1}})") == R"([{"id":1}])");
  CHECK(filled(R"({"$each": "$", "$to": {"$use": "person", "$on": "$item"}})", R"([{"id": 1}, {"id": 2}])") ==
        R"([{"id":1},{"id":2}])");
  CHECK(filled(R"({"a": {"$use": "person", "$on": "$.none"}})", "{}") == "{}");
}

TEST_CASE("`$first` takes the first that is there, not null and not empty") {
  constexpr auto names = R"({"$first": ["$.nick", "$.name", "nobody"]})";
  CHECK(filled(names, R"({"nick": "", "name": "Ada"})") == R"("Ada")");
  CHECK(filled(names, R"({"nick": null})") == R"("nobody")");
  CHECK(filled(names, R"({"nick": 0})") == "0");
  CHECK(filled(R"({"a": {"$first": ["$.x", "$.y"]}})", "{}") == "{}");
}

TEST_CASE("`$join` puts words together and leaves out what is missing") {
  constexpr auto whole = R"({"a": {"$join": ["$.first", "$.last"], "$with": " "}})";
  CHECK(filled(whole, R"({"first": "Ada", "last": "Lovelace"})") == R"({"a":"Ada Lovelace"})");
  CHECK(filled(whole, R"({"first": "Ada", "last": ""})") == R"({"a":"Ada"})");
  CHECK(filled(whole, R"({"first": {"no": "word"}})") == "{}");
  CHECK(filled(R"({"$join": ["$.n", "-", "$.b"]})", R"({"n": 7, "b": true})") == R"("7-true")");
}

TEST_CASE("`$times` gives whole numbers, `$over` what comes out, `$count` the size of a list") {
  CHECK(filled(R"({"$times": ["$.p", 100]})", R"({"p": 19.99})") == "1999");
  CHECK(filled(R"({"$over": ["$.p", 100]})", R"({"p": 1999})") == "19.99");
  CHECK(filled(R"({"$over": ["$.p", 100]})", R"({"p": 3500})") == "35");
  CHECK(filled(R"({"a": {"$times": ["$.p", 100]}, "b": {"$over": ["$.none", 2]}})", R"({"p": "19.99"})") == "{}");
  CHECK(filled(R"({"n": {"$count": "$"}})", R"([1, 2])") == R"({"n":2})");
  CHECK(filled(R"({"n": {"$count": "$"}, "ok": 1})", "{}") == R"({"ok":1})");
}

TEST_CASE("`$case` tells values apart") {
  constexpr auto status =
      R"({"s": {"$case": "$.s", "$of": {"confirmed": "assigned", "true": 1, "7": "$.t"}, "$else": "other"}})";
  CHECK(filled(status, R"({"s": "confirmed"})") == R"({"s":"assigned"})");
  CHECK(filled(status, R"({"s": true})") == R"({"s":1})");
  CHECK(filled(status, R"({"s": 7, "t": "seven"})") == R"({"s":"seven"})");
  CHECK(filled(status, "{}") == R"({"s":"other"})");
  CHECK(filled(R"({"s": {"$case": "$.s", "$of": {"a": 1}}})", R"({"s": "b"})") == "{}");
}

TEST_CASE("little input does not become much output") {
  // 200 references to a body of 100 kB would be 20 MB.
  std::string body = R"({"a": ")" + std::string(100'000, 'x') + R"("})";
  std::string list = "[\"$.a\"";
  for (int i = 0; i < 200; ++i) list += ", \"$.a\"";
  CHECK(filled(list + "]", body) == "nothing");
  // Two lists in each other, of which nothing comes: the steps are counted as well.
  std::string numbers = "[0";
  for (int i = 0; i < 1000; ++i) numbers += ",0";
  CHECK(filled(R"({"$each": "$.l", "$to": {"$each": "$.l", "$to": "$.none"}})", R"({"l": )" + numbers + "]}") ==
        "nothing");
}

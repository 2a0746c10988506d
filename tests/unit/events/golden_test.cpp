// The frozen samples in schema/golden: what any Parley ever wrote, this one reads, and writes the newest the same way.

#include "events/record.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace parley;
namespace fs = std::filesystem;

namespace {

const fs::path schema_dir{PARLEY_SCHEMA_DIR};

std::string text_of_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  INFO(file);
  REQUIRE(in.good());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string sample_name(std::string_view family, std::string_view type, int schema) {
  return std::string{family} + "." + std::string{type} + ".v" + std::to_string(schema) + ".json";
}

/// A sample is one record and a line feed.
record sample(const std::string& name) {
  auto text = text_of_file(schema_dir / "golden" / name);
  REQUIRE(text.ends_with('\n'));
  text.pop_back();
  auto r = parse_record(text);
  REQUIRE(r.has_value());
  return std::move(*r);
}

} // namespace

TEST_CASE("every schema version of every event has a sample that decodes") {
  std::set<std::string> expected;
  for (const auto& entry : catalogue())
    for (int schema = 1; schema <= entry.schema; ++schema) {
      const auto name = sample_name(entry.family, entry.type, schema);
      INFO(name);
      expected.insert(name);
      const auto r = sample(name);
      CHECK(r.stream.family() == entry.family);
      CHECK(r.type == entry.type);
      CHECK(r.schema == schema);
      const auto content = content_of(r);
      INFO((content ? std::string{} : content.error().message));
      CHECK(content.has_value());
    }
  // And no sample is left over: a type that was taken out of the catalogue could not be read any more.
  for (const auto& file : fs::directory_iterator{schema_dir / "golden"})
    CHECK(expected.contains(file.path().filename().string()));
}

TEST_CASE("the newest schema of every event is written to the bytes of its sample") {
  for (const auto& entry : catalogue()) {
    const auto name = sample_name(entry.family, entry.type, entry.schema);
    INFO(name);
    const auto r = sample(name);
    const auto content = content_of(r);
    REQUIRE(content.has_value());
    const auto encoded = std::visit([](const auto& family) { return encode(family); }, *content);
    std::string bytes;
    append_record(bytes, r.stream, r.version, r.position, encoded, r.time, r.actor, r.cause);
    CHECK(bytes + "\n" == text_of_file(schema_dir / "golden" / name));
  }
}

TEST_CASE("a room opened under schema 1 keeps its meaning") {
  const auto content = content_of(sample("room.room-opened.v1.json"));
  REQUIRE(content.has_value());
  const auto& opened = std::get<events::room_opened>(std::get<events::room_event>(*content));
  CHECK(opened.history == "none"); // it said keepHistory: false
  CHECK(opened.capacity == 8);
  CHECK_FALSE(opened.guests);
  CHECK(opened.admission == "open"); // every room was
  CHECK(*content == *content_of(sample("room.room-opened.v2.json")));
}

TEST_CASE("schema/events.md describes every event") {
  const auto text = text_of_file(schema_dir / "events.md");
  for (const auto& entry : catalogue()) {
    INFO(entry.family << " " << entry.type);
    const auto section = text.find("## `" + std::string{entry.family} + "/");
    REQUIRE(section != text.npos);
    const auto end = text.find("\n## ", section + 1);
    CHECK(text.substr(section, end - section).find("`" + std::string{entry.type} + "`") != text.npos);
  }
}

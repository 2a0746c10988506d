#include "gateway/app/settings.hpp"
#include "gateway/app/settings_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace parley::gateway;
using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using variables = std::map<std::string, std::string>;

parsed_settings parse(std::vector<const char*> flags, const variables& environment = {}) {
  flags.insert(flags.begin(), "parleyd");
  return parse_settings(flags, environment);
}

settings accepted(std::vector<const char*> flags, const variables& environment = {}) {
  const auto parsed = parse(std::move(flags), environment);
  INFO(parsed.text);
  REQUIRE(parsed.run.has_value());
  return *parsed.run;
}

std::string refused(std::vector<const char*> flags, const variables& environment = {}) {
  const auto parsed = parse(std::move(flags), environment);
  REQUIRE_FALSE(parsed.run.has_value());
  REQUIRE(parsed.exit_code == 2);
  return parsed.text;
}

/// A settings file that is gone when the test ends.
class toml_file {
public:
  explicit toml_file(std::string_view text)
    : path_{std::filesystem::temp_directory_path() / ("settings-" + std::to_string(::getpid()) + ".toml")} {
    std::ofstream{path_} << text;
    argument_ = "--config=" + path_.string();
  }
  ~toml_file() { std::filesystem::remove(path_); }
  toml_file(const toml_file&) = delete;
  toml_file& operator=(const toml_file&) = delete;
  [[nodiscard]] const char* flag() const { return argument_.c_str(); }
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string line(int n) const { return path_.string() + ":" + std::to_string(n) + ": "; }

private:
  std::filesystem::path path_;
  std::string argument_;
};

} // namespace

TEST_CASE("nothing given means the defaults") {
  const auto s = accepted({});
  CHECK(s.host == "127.0.0.1");
  CHECK(s.port == 8080);
  CHECK(s.data == "./var");
  CHECK(s.session_grace == seconds{30});
  CHECK(s.rooms_open_on_join);
}

TEST_CASE("a flag beats a variable, a variable beats the file, the file beats the default") {
  const toml_file file{"port = 1001\n[limits]\njson_depth_max = 11\nin_flight_max = 12\n"};
  const variables environment{{"PARLEY_PORT", "1002"}, {"PARLEY_LIMITS_JSON_DEPTH_MAX", "21"}};
  const auto s = accepted({file.flag(), "--port", "1003"}, environment);
  CHECK(s.port == 1003);
  CHECK(s.json_depth_max == 21);
  CHECK(s.in_flight_max == 12);
  CHECK(s.hash_threads == settings{}.hash_threads);
}

TEST_CASE("PARLEY_CONFIG names the file, and --config another instead") {
  const toml_file file{"port = 1001\n"};
  CHECK(accepted({}, {{"PARLEY_CONFIG", file.path()}}).port == 1001);
  CHECK(accepted({file.flag()}, {{"PARLEY_CONFIG", "/nowhere.toml"}}).port == 1001);
}

TEST_CASE("the common names of the database and the secret count, the project's own are stronger") {
  const auto common = accepted({}, {{"DATABASE_URL", "host=a"}, {"JWT_SECRET", "b"}});
  CHECK(common.database_url == "host=a");
  CHECK(common.jwt_secret == "b");
  CHECK(accepted({}, {{"DATABASE_URL", "host=a"}, {"PARLEY_DATABASE_URL", "host=c"}}).database_url == "host=c");
}

TEST_CASE("an empty variable counts as none") { CHECK(accepted({}, {{"PARLEY_PORT", ""}}).port == 8080); }

TEST_CASE("every row can be set as a variable and in the file, and as a flag unless it is a secret") {
  for (const auto& row : setting_rows()) {
    INFO(row.key);
    const settings defaults;
    auto value = row.text_of(defaults);
    if (row.kind() == "TEXT" && value.empty()) value = "text";
    if (row.kind() == "LIST") value = "https://a.example";
    if (row.key == "trusted_proxies") value = "10.0.0.0/8";
    if (row.key == "ice.stun_urls") value = "stun:a.example";
    if (row.key == "ice.turn_urls") value = "turn:a.example";
    settings expected;
    REQUIRE_FALSE(row.assign(expected, value).has_value());
    variables besides; // what this one cannot be without
    if (row.key == "ice.turn_urls") besides = {{"PARLEY_ICE_TURN_SECRET", "north"}};
    auto with_it = besides;
    with_it.emplace(row.variable(), value);
    CHECK(row.text_of(accepted({}, with_it)) == row.text_of(expected));

    const auto dot = row.key.find('.');
    const std::string key{row.key};
    const auto quoted = row.kind() == "LIST" ? "['" + value + "']" : "'" + value + "'";
    const toml_file file{dot == std::string::npos
                             ? key + " = " + quoted + "\n"
                             : "[" + key.substr(0, dot) + "]\n" + key.substr(dot + 1) + " = " + quoted + "\n"};
    CHECK(row.text_of(accepted({file.flag()}, besides)) == row.text_of(expected));

    const auto flag = row.flag() + "=" + value;
    if (row.secret)
      CHECK_THAT(refused({flag.c_str()}), ContainsSubstring("not expected"));
    else
      CHECK(row.text_of(accepted({flag.c_str()}, besides)) == row.text_of(expected));
  }
}

TEST_CASE("the value of every row has bounds that its default keeps") {
  std::set<std::string> flags;
  for (const auto& row : setting_rows()) {
    INFO(row.key);
    CHECK(flags.insert(row.flag()).second);
    settings s;
    CHECK_FALSE(row.assign(s, row.text_of(settings{})).has_value());
    if (row.kind() == "NUMBER" || row.kind() == "BYTES" || row.kind() == "TIME") {
      CHECK(row.assign(s, "99999999999999").has_value());
      CHECK(row.assign(s, "-1").has_value());
      CHECK(row.assign(s, "").has_value());
      CHECK(row.assign(s, "many").has_value());
    }
  }
}

TEST_CASE("times and sizes are read with their units, plain numbers in the default's") {
  CHECK(accepted({"--sessions-grace", "1500ms"}).session_grace == milliseconds{1500});
  CHECK(accepted({"--sessions-grace", "2m"}).session_grace == seconds{120});
  CHECK(accepted({"--limits-ping-interval", "7"}).ping_interval == seconds{7});
  CHECK(accepted({"--auth-refresh-token-lifetime", "2d"}).refresh_token_lifetime == seconds{2 * 86400});
  CHECK(accepted({"--limits-frame-bytes-max", "64KiB"}).frame_bytes_max == 65536);
  CHECK(accepted({"--limits-frame-bytes-max", "2000"}).frame_bytes_max == 2000);
  CHECK_THAT(refused({"--limits-ping-interval", "1500ms"}), ContainsSubstring("whole seconds"));
  CHECK_THAT(refused({"--limits-ping-interval", "soon"}), ContainsSubstring("is not a time"));
}

TEST_CASE("rates are a refill and a burst, or off") {
  const auto s = accepted({"--rates-auth-per-address", "2.5/7"});
  CHECK(s.auth_per_address.per_second == 2.5);
  CHECK(s.auth_per_address.burst == 7);
  CHECK(accepted({"--rates-auth-per-address", "off"}).auth_per_address.per_second == 0);
  CHECK_THAT(refused({"--rates-auth-per-address", "5/0"}), ContainsSubstring("at least 1 at once"));
  CHECK_THAT(refused({"--rates-auth-per-address", "fast"}), ContainsSubstring("is not a rate"));
  const toml_file file{"[rates]\nauth_per_address = {per_second = 3, burst = 9}\n"};
  CHECK(accepted({file.flag()}).auth_per_address.burst == 9);
}

TEST_CASE("what lasts is made once a minute by default, after a hundred at once") {
  const auto by_default = accepted({}).creations_per_user;
  CHECK(by_default.per_second * 60 == 1);
  CHECK(by_default.burst == 100);
  CHECK(accepted({"--rates-creations-per-user", "0.5/3"}).creations_per_user.per_second == 0.5);
}

TEST_CASE("origins are exact: no path, no star") {
  const auto s = accepted({"--auth-cors-origins", "https://a.example, http://localhost:3000"});
  CHECK(s.cors_origins == std::vector<std::string>{"https://a.example", "http://localhost:3000"});
  CHECK_THAT(refused({"--auth-cors-origins", "https://a.example/"}), ContainsSubstring("not an origin"));
  CHECK_THAT(refused({"--auth-cors-origins", "*"}), ContainsSubstring("not an origin"));
}

TEST_CASE("trusted proxies are networks") {
  CHECK(accepted({}).trusted_proxies.empty());
  const auto s = accepted({"--trusted-proxies", "10.0.0.0/8, fd00::/8, 192.0.2.1"});
  CHECK(s.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "fd00::/8", "192.0.2.1"});
  for (const auto* wrong : {"proxy.example.org", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/8,"})
    CHECK_THAT(refused({"--trusted-proxies", wrong}), ContainsSubstring("is not a network such as 10.0.0.0/8"));
}

TEST_CASE("servers for calls are named by their schemes, and TURN asks for its secret") {
  const auto s = accepted({"--ice-stun-urls", "stun:a.example,stuns:b.example:5349", "--ice-turn-urls",
                           "turn:a.example:3478?transport=udp"},
                          {{"PARLEY_ICE_TURN_SECRET", "north"}});
  CHECK(s.ice_stun_urls == std::vector<std::string>{"stun:a.example", "stuns:b.example:5349"});
  CHECK(s.ice_turn_secret == "north");
  for (const auto* wrong : {"a.example", "stun:", "stun://a.example", "turn:a.example", "stun:a b", "http://a.example"})
    CHECK_THAT(refused({"--ice-stun-urls", wrong}), ContainsSubstring("is no URL such as stun:"));
  CHECK_THAT(refused({"--ice-turn-urls", "stun:a.example"}), ContainsSubstring("is no URL such as turn:"));
  CHECK_THAT(refused({"--ice-turn-urls", "turn:a.example"}), ContainsSubstring("PARLEY_ICE_TURN_SECRET"));
}

TEST_CASE("an unknown flag, key or section is an error that says where") {
  CHECK_THAT(refused({"--prot", "1"}), ContainsSubstring("--prot"));
  const toml_file key{"port = 1\n\n[limits]\nframe_byte_max = 1\n"};
  CHECK_THAT(refused({key.flag()}), ContainsSubstring(key.line(4) + "unknown key limits.frame_byte_max"));
  const toml_file section{"port = 1\n[limit]\nx = 1\n"};
  CHECK_THAT(refused({section.flag()}), ContainsSubstring(section.line(2) + "unknown key limit"));
  const toml_file not_a_section{"limits = 5\n"};
  CHECK_THAT(refused({not_a_section.flag()}), ContainsSubstring(not_a_section.line(1) + "unknown key limits"));
}

TEST_CASE("a value out of bounds or of the wrong type is an error that says where") {
  CHECK_THAT(refused({"--port", "65536"}), ContainsSubstring("--port must be between 0 and 65535"));
  CHECK_THAT(refused({"--port", "80.5"}), ContainsSubstring("whole number"));
  CHECK_THAT(refused({"--host", "example.org"}), ContainsSubstring("--host is not an IP address"));
  CHECK_THAT(refused({"--log-level", "loud"}), ContainsSubstring("is none of trace"));
  CHECK_THAT(refused({}, {{"PARLEY_LIMITS_BODY_BYTES_MAX", "1"}}),
             ContainsSubstring("PARLEY_LIMITS_BODY_BYTES_MAX must be between 1KiB and 64MiB"));
  const toml_file bounds{"# comment\nport = 70000\n"};
  CHECK_THAT(refused({bounds.flag()}), ContainsSubstring(bounds.line(2) + "port must be between"));
  const toml_file type{"host = 7\n"};
  CHECK_THAT(refused({type.flag()}), ContainsSubstring(type.line(1) + "host has a value of the wrong type"));
}

TEST_CASE("a file that is absent or not TOML is an error that names it") {
  CHECK_THAT(refused({"--config", "/nowhere.toml"}), ContainsSubstring("/nowhere.toml"));
  const toml_file broken{"port = 1\nport == 2\n"};
  CHECK_THAT(refused({broken.flag()}), ContainsSubstring(broken.line(2)));
}

TEST_CASE("settings that contradict each other are refused") {
  CHECK_THAT(refused({"--limits-frame-bytes-max", "2MiB"}), ContainsSubstring("limits.queue_bytes_max"));
  CHECK_THAT(refused({"--auth-access-token-lifetime", "30d", "--auth-refresh-token-lifetime", "1h"}),
             ContainsSubstring("auth.refresh_token_lifetime"));
}

TEST_CASE("a variable that no setting has and a short secret are warned about") {
  const auto parsed = parse({}, {{"PARLEY_PROT", "1"}, {"JWT_SECRET", "short"}, {"HOME", "/"}});
  REQUIRE(parsed.run.has_value());
  REQUIRE(parsed.warnings.size() == 2);
  CHECK_THAT(parsed.warnings[0], ContainsSubstring("PARLEY_PROT"));
  CHECK_THAT(parsed.warnings[1], ContainsSubstring("32 bytes"));
}

TEST_CASE("--help names every flag with its default, and exits with 0") {
  const auto parsed = parse({"--help"});
  CHECK_FALSE(parsed.run.has_value());
  CHECK(parsed.exit_code == 0);
  for (const auto& row : setting_rows()) {
    if (row.secret) continue;
    INFO(row.key);
    CHECK_THAT(parsed.text, ContainsSubstring(row.flag()));
  }
  CHECK_THAT(parsed.text, ContainsSubstring("[128KiB]"));
  CHECK_THAT(parsed.text, ContainsSubstring("[30s]"));
}

TEST_CASE("profile rules name origins, hosts and paths, and are read where the profiles are") {
  const auto parsed =
      parse({"--profiles-rules", "https://meet.example.org=meetings,chat.example.org=lounges,/x=messenger"});
  REQUIRE(parsed.run.has_value());
  CHECK(parsed.run->profiles_rules ==
        std::vector<std::string>{"https://meet.example.org=meetings", "chat.example.org=lounges", "/x=messenger"});
}

#include "gateway/app/jwt_secret.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace parley;
using namespace parley::gateway;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

struct data_directory {
  fs::path path = fs::temp_directory_path() / ("secret-" + std::to_string(::getpid()));
  data_directory() { fs::create_directories(path); }
  ~data_directory() { fs::remove_all(path); }
  data_directory(const data_directory&) = delete;
  data_directory& operator=(const data_directory&) = delete;
  [[nodiscard]] fs::path secret() const { return path / "jwt.secret"; }
  void write(std::string_view text, fs::perms mode) const {
    std::ofstream{secret()} << text;
    fs::permissions(secret(), mode);
  }
};

constexpr auto owner_only = fs::perms::owner_read | fs::perms::owner_write;

} // namespace

TEST_CASE("a secret is made once, for its owner alone, and found again") {
  const data_directory data;
  secure_random random;
  const auto first = load_jwt_secret(data.path, random);
  REQUIRE(first.has_value());
  CHECK(first->size() == 43);
  CHECK((fs::status(data.secret()).permissions() & fs::perms::mask) == owner_only);
  CHECK(load_jwt_secret(data.path, random) == *first);
  CHECK(std::distance(fs::directory_iterator{data.path}, {}) == 1);
}

TEST_CASE("a secret that others can read is refused, with what to do") {
  const data_directory data;
  secure_random random;
  data.write(std::string(43, 'x'), owner_only | fs::perms::group_read);
  const auto refused = load_jwt_secret(data.path, random);
  REQUIRE_FALSE(refused.has_value());
  CHECK_THAT(refused.error().message, ContainsSubstring("chmod 600"));
}

TEST_CASE("a short secret is refused, one written by hand is taken without its line end") {
  const data_directory data;
  secure_random random;
  data.write("short\n", owner_only);
  REQUIRE_FALSE(load_jwt_secret(data.path, random).has_value());
  data.write(std::string(32, 'y') + "\n", owner_only);
  CHECK(load_jwt_secret(data.path, random) == std::string(32, 'y'));
}

TEST_CASE("a directory that is not there is an error that names the file") {
  const data_directory data;
  secure_random random;
  const auto refused = load_jwt_secret(data.path / "nowhere", random);
  REQUIRE_FALSE(refused.has_value());
  CHECK_THAT(refused.error().message, ContainsSubstring("nowhere/jwt.secret"));
}

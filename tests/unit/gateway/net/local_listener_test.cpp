// A socket in a directory: for the machine's own users.

#include "echo_server.hpp"
#include "gateway/net/system_user.hpp"
#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::test;
namespace fs = std::filesystem;

namespace {

struct own_directory {
  own_directory() {
    auto name = (fs::temp_directory_path() / "parley-net-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~own_directory() { fs::remove_all(path); }
  fs::path path;
};

} // namespace

TEST_CASE("a local socket serves HTTP, to its owner only, and says who asks") {
  const own_directory directory;
  const auto path = (directory.path / "admin.sock").string();
  {
    echo_server server{{}, 1, {}, path};
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    raw_client client{path};
    for (int i = 0; i < 2; ++i) {
      client.send("GET /who HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: somebody\r\n\r\n");
      const auto answer = client.read_answer();
      CHECK(answer.status == 200);
      CHECK(answer.body.find("\"address\":\"" + system_user(::geteuid()) + "\"") != std::string::npos);
    }
    server.net().stop_accepting();
    CHECK(echo_server::eventually([&] { return !fs::exists(path); }));
  }
}

TEST_CASE("a socket that a killed server left is replaced, and a name that is too long is refused") {
  const own_directory directory;
  const auto path = (directory.path / "admin.sock").string();
  { std::ofstream{path} << "left"; }
  echo_server server{{}, 1, {}, path};
  raw_client client{path};
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.read_answer().status == 200);
  CHECK_THROWS_AS((echo_server{{}, 1, {}, (directory.path / std::string(120, 'x')).string()}), std::runtime_error);
}

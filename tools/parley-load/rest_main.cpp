#include "tools/parley-load/rest_run.hpp"

#include <cstdio>
#include <fstream>
#include <random>
#include <sstream>

int main(int argc, char** argv) {
  using namespace parley::load;
  auto const asked = read_rest_options(argc, argv);
  if (auto const* code = std::get_if<int>(&asked)) return *code;
  auto const& wanted = std::get<rest_options>(asked);

  std::ostringstream text;
  text << std::ifstream{wanted.cast}.rdbuf();
  auto const read = read_cast(text.str(), wanted.load);
  if (auto const* why = std::get_if<std::string>(&read)) {
    std::fprintf(stderr, "parley-rest-load: %s\n", why->c_str());
    return 2;
  }

  // Beyond any notice that cancelling or answering asks for.
  auto const first_start =
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) + std::chrono::days{7};
  auto const what = make_scenario(wanted, std::get<rest_cast>(read), std::random_device{}(), first_start);
  auto const report = rest_run{wanted, *what}.run();
  std::puts((wanted.json ? as_json(report) : as_text(report)).c_str());
  return report.exit_code();
}

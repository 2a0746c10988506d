#include "tools/parley-load/load_run.hpp"

#include <cstdio>
#include <sys/resource.h>

int main(int argc, char** argv) {
  using namespace parley::load;
  auto const asked = read_options(argc, argv);
  if (auto const* code = std::get_if<int>(&asked)) return *code;
  auto const& wanted = std::get<options>(asked);

  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (wanted.clients() + 64 > files.rlim_cur) {
      std::fprintf(stderr, "parley-load: %u clients need more open files than the limit of %llu (ulimit -Hn)\n",
                   wanted.clients(), static_cast<unsigned long long>(files.rlim_cur));
      return 2;
    }
  }

  auto const report = load_run{wanted}.run();
  std::puts((wanted.json ? as_json(report) : as_text(report)).c_str());
  return report.exit_code();
}

// parley ledger verify: do the books add up? Only reads, and works beside a running server.

#include "events/log/verify.hpp"
#include "tools/parley/commands.hpp"
#include "tools/parley/ledger_check.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

namespace parley::tool {
namespace {

[[noreturn]] void finish_with(const error& why) {
  std::cerr << "parley: ledger verify: " << text_of(why) << "\n";
  throw CLI::RuntimeError{1};
}

void verify(const std::filesystem::path& directory) {
  const auto view = log_view::open(directory, log_view::kind::frozen);
  if (!view) finish_with(view.error());
  ledger_check check;
  result<void> taken;
  const auto visited = view->visit(0, [&](const record& r, std::string_view) {
    taken = check.take(r);
    return taken.has_value();
  });
  if (!visited) finish_with(visited.error());
  if (!taken) finish_with(taken.error());
  check.finish();
  const auto& n = check.count();
  std::cout << check.ledgers() << " ledgers, " << check.accounts() << " accounts, " << n.transfers << " transfers, "
            << n.holds << " holds (" << n.posted << " posted, " << n.voided << " voided, " << n.expired << " expired, "
            << check.open_holds() << " open), " << n.refused
            << " refused: " << (check.findings().empty() ? "the books add up" : "THE BOOKS DO NOT ADD UP") << '\n';
  if (check.findings().empty()) return;
  for (const auto& f : check.findings()) std::cerr << "  position " << f.at << ": " << f.what << '\n';
  std::cerr << "parley: ledger verify: the books do not add up, first at position " << check.findings().front().at
            << ": stop the server and look at that commit (`parley log dump --from`); `parley log verify` says whether "
               "the log itself is damaged\n";
  throw CLI::RuntimeError{1};
}

} // namespace

void add_ledger_commands(CLI::App& app) {
  static std::string data = "./var"; // lives as long as the program: the option writes into it
  auto* ledger = app.add_subcommand("ledger", "Looks at the books");
  ledger->require_subcommand(1);
  auto* verifying = ledger->add_subcommand(
      "verify", "Folds every ledger of the log and checks that balances sum to zero in every commit, that no account "
                "but world is below zero, that each transfer's id is used once and each hold ends once. Only reads; "
                "ends with 0: the books add up, 1: they do not, with the first position named");
  verifying->add_option("--data", data, "the server's data directory; the log lies in its folder log")
      ->capture_default_str();
  verifying->callback([] { verify(std::filesystem::path{data} / "log"); });
}

} // namespace parley::tool

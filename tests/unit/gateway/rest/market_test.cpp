#include "gateway/rest/routes/routes.hpp"
#include "tests/unit/gateway/rest/server.hpp"

using namespace parley;
using namespace parley::gateway;
using namespace parley::gateway::testing;

namespace {

const std::string lamp = R"({"title":"Lamp","description":"Bright.","priceMinor":400,"currency":"EUR","stock":3})";

struct market : server {
  rest_api desk{dependencies(), add_admin_routes};
  answered ann = sign_up(), ben = sign_up("ben@example.org");
  header_list as_ann = bearer(ann), as_ben = bearer(ben);

  std::string offered() {
    const auto a = ask("POST", "/api/marketplace/listings", as_ann, lamp);
    REQUIRE(a.status() == 201);
    return "/api/marketplace/listings/" + a.text("id");
  }
  void grant(const answered& whom, const char* role) {
    const nlohmann::json body{{"account", whom.text("id")}, {"role", role}};
    int status = 0;
    desk({"POST", "/admin/roles/grant", {}, {{"content-type", "application/json"}}, body.dump(), "root@host"},
         [&](const http_response& a) { status = a.status; });
    REQUIRE(status == 200);
  }
  static header_list with(header_list all, std::string name, std::string value) {
    all.emplace_back(std::move(name), std::move(value));
    return all;
  }
};

} // namespace

TEST_CASE("a listing is offered with its tag, changed by whoever has read the newest, and closed") {
  market m;
  const auto a = m.ask("POST", "/api/marketplace/listings", m.as_ann, lamp);
  CHECK(a.status() == 201);
  CHECK(a.header("ETag") == "\"1\"");
  CHECK(a.body["listing"]["priceMinor"] == 400);
  CHECK(a.text("sellerId") == m.ann.body["user"]["id"]);
  const auto at = "/api/marketplace/listings/" + a.text("id");
  const auto cheaper = R"({"priceMinor":300})";
  CHECK(m.ask("PUT", at, market::with(m.as_ann, "if-match", "\"7\""), cheaper).status() == 412);
  const auto changed = m.ask("PUT", at, market::with(m.as_ann, "if-match", "\"1\""), cheaper);
  CHECK(changed.status() == 200);
  CHECK(changed.body["priceMinor"] == 300);
  CHECK(changed.text("title") == "Lamp");
  CHECK(m.ask("PUT", at, m.as_ben, cheaper).text("code") == "forbidden");
  CHECK(m.ask("DELETE", at, m.as_ann).text("status") == "closed");
  CHECK(m.ask("PUT", at, m.as_ann, cheaper).text("code") == "listing_closed");
}

TEST_CASE("a stock is changed by so many, or replaced by whoever saw the last purchase") {
  market m;
  const auto at = m.offered();
  const auto put = [&](const header_list& by, const char* body) { return m.ask("PUT", at, by, body); };
  const auto patch = [&](const char* body) { return m.ask("PATCH", at, m.as_ann, body); };
  REQUIRE(m.ask("POST", at + "/purchase", m.as_ben, R"({"quantity":2})").status() == 202);
  CHECK(put(market::with(m.as_ann, "if-match", "\"1\""), R"({"stock":3})").status() == 412);
  CHECK(patch(R"({"stockDelta":10})").body["stock"] == 11);
  CHECK(patch(R"({"stockDelta":-4})").body["stock"] == 7);
  CHECK(patch(R"({"stockDelta":-8})").text("code") == "out_of_stock");
  CHECK(patch(R"({"stockDelta":"many"})").text("code") == "malformed");
  CHECK(patch(R"({"stockDelta":1000000001})").text("code") == "invalid");
  CHECK(patch(R"({"stock":5,"stockDelta":1})").text("code") == "malformed");
  CHECK(put(m.as_ann, R"({"stock":5})").body["stock"] == 5);
}

TEST_CASE("a difference to the stock is not taken by PUT, which may be sent twice") {
  market m;
  const auto at = m.offered();
  const auto refused = m.ask("PUT", at, m.as_ann, R"({"stockDelta":1})");
  CHECK(refused.status() == 400);
  CHECK(refused.text("detail").find("PATCH") != std::string::npos);
  CHECK(m.ask("PATCH", at, m.as_ann, R"({"title":"Lamp"})").body["stock"] == 3);
}

TEST_CASE("an offer that is none is refused, with the field named") {
  market m;
  const auto code = [&](const std::string& body) {
    return m.ask("POST", "/api/marketplace/listings", m.as_ann, body).text("code");
  };
  CHECK(code(R"({"priceMinor":400,"currency":"EUR"})") == "malformed");
  CHECK(code(R"({"title":"x","currency":"EUR"})") == "malformed");
  CHECK(code(R"({"title":"x","priceMinor":1.5,"currency":"EUR"})") == "malformed");
  CHECK(code(R"({"title":"x","priceMinor":0,"currency":"EUR"})") == "invalid");
  CHECK(code(R"({"title":"x","priceMinor":9223372036854775807,"currency":"EUR"})") == "invalid");
  CHECK(code(R"({"title":"x","priceMinor":18446744073709551615,"currency":"EUR"})") == "invalid");
  CHECK(code(R"({"title":"x","priceMinor":4,"currency":"eur"})") == "wrong_currency");
  CHECK(code(R"({"title":"x","priceMinor":4,"currency":"EUR","stock":-1})") == "invalid");
  CHECK(code(R"({"title":"x","priceMinor":4,"currency":"EUR","description":7})") == "malformed");
  CHECK(m.ask("PUT", m.offered(), m.as_ann, R"({"stock":"many"})").text("code") == "malformed");
}

TEST_CASE("listings are asked for with their filters") {
  market m;
  m.reads_of_market.listing_rows.push_back({{"ls_1"}, {"u_1"}, "Lamp", "", 400, "EUR", 3, false, {}, {}, 4});
  m.reads_of_market.next = "more";
  const auto a =
      m.ask("GET", "/api/marketplace/listings?q=lamp&seller=u_1&minPrice=5&maxPrice=9&inStock=true&currency=EUR");
  REQUIRE(a.status() == 200);
  CHECK(a.body.size() == 1);
  CHECK(a.body[0]["inStock"] == true);
  CHECK(a.header("Link").find("cursor=more") != std::string::npos);
  const auto& f = m.reads_of_market.filter;
  CHECK(f.search == "lamp");
  CHECK(f.seller.text == "u_1");
  CHECK(f.price_min == 5);
  CHECK(f.price_max == 9);
  CHECK(f.in_stock == true);
  CHECK(f.currency == "EUR");
  for (const auto& bad : {"q=" + std::string(201, 'x'), std::string{"search=\xff"}, std::string{"seller=a\nb"}})
    CHECK(m.ask("GET", "/api/marketplace/listings?" + bad).text("code") == "invalid");
  const auto one = m.ask("GET", "/api/marketplace/listings/ls_1");
  CHECK(one.header("ETag") == "\"4\"");
  CHECK(m.ask("GET", "/api/marketplace/listings/ls_2").text("code") == "listing_not_found");
}

TEST_CASE("a purchase that is not paid yet is accepted, with a place to look again") {
  market m;
  const auto at = m.offered();
  const auto a = m.ask("POST", at + "/purchase", m.as_ben, R"({"quantity":2})");
  CHECK(a.status() == 202);
  CHECK(a.text("status") == "pending");
  CHECK(a.body["amountMinor"] == 800);
  CHECK(a.header("Location") == "/api/marketplace/purchases/" + a.text("id"));
  CHECK_FALSE(a.header("Parley-Position").empty());
}

TEST_CASE("a purchase answers with its end: completed, or why it failed") {
  market m;
  const auto at = m.offered();
  const stream_id stream{"listing/" + at.substr(at.rfind('/') + 1)};
  const auto key = market::with(m.as_ben, "idempotency-key", "one-purchase");
  const auto end = [&](const answered& pending, auto command) {
    request<domain::listing> r{command({pending.text("id")}), {}, {}, {}, {}};
    m.entities.ask(stream, std::move(r));
  };
  const auto first = m.ask("POST", at + "/purchase", key, "{}");
  end(first, [](purchase_id id) { return domain::listing::complete_purchase{std::move(id)}; });
  const auto again = m.ask("POST", at + "/purchase", key, "{}");
  CHECK(again.status() == 201);
  CHECK(again.text("id") == first.text("id"));
  CHECK(again.text("status") == "completed");

  const auto other = market::with(m.as_ben, "idempotency-key", "another-purchase");
  const auto second = m.ask("POST", at + "/purchase", other, "{}");
  end(second, [](purchase_id id) { return domain::listing::fail_purchase{std::move(id), "insufficient_funds"}; });
  const auto failed = m.ask("POST", at + "/purchase", other, "{}");
  CHECK(failed.status() == 409);
  CHECK(failed.text("code") == "insufficient_funds");
}

TEST_CASE("a purchase is seen by its buyer and seller, and by nobody else") {
  market m;
  purchase_row row;
  row.id = {"ls_1.p_1"};
  row.buyer = {m.ben.body["user"]["id"].get<std::string>()};
  row.seller = {m.ann.body["user"]["id"].get<std::string>()};
  m.reads_of_market.purchase_rows.push_back(row);
  const auto at = "/api/marketplace/purchases/ls_1.p_1";
  CHECK(m.ask("GET", at, m.as_ben).status() == 200);
  CHECK(m.ask("GET", at, m.as_ann).status() == 200);
  CHECK(m.ask("GET", at, m.signed_up("eve@example.org")).status() == 404);
  CHECK(m.ask("GET", "/api/marketplace/purchases?role=seller", m.as_ann).status() == 200);
  CHECK(m.reads_of_market.searched == "seller " + row.seller.text);
  CHECK(m.ask("GET", "/api/marketplace/purchases?role=thief", m.as_ann).status() == 422);
}

TEST_CASE("a wallet tells its euros flat, and all it has in a list") {
  market m;
  m.reads_of_market.balance_rows = {{"CHF", 5, 0, 0}, {"EUR", 900, 100, 50}};
  const auto a = m.ask("GET", "/api/wallet", m.as_ben);
  CHECK(a.body["currency"] == "EUR");
  CHECK(a.body["balanceMinor"] == 900);
  CHECK(a.body["heldMinor"] == 100);
  CHECK(a.body["availableMinor"] == 800);
  CHECK(a.body["balances"].size() == 2);
  m.reads_of_market.balance_rows.pop_back();
  CHECK(m.ask("GET", "/api/wallet", m.as_ben).body["currency"] == "CHF");
  m.reads_of_market.balance_rows.clear();
  CHECK(m.ask("GET", "/api/wallet", m.as_ben).body["balanceMinor"] == 0);
  CHECK(m.reads_of_market.searched == "wallet:" + m.ben.body["user"]["id"].get<std::string>());
}

TEST_CASE("transactions say what a movement was to whom") {
  market m;
  const account_name ben{"wallet:" + m.ben.body["user"]["id"].get<std::string>()};
  m.reads_of_market.entry_rows = {{9, false, "EUR", ben, {"wallet:u_ann"}, {"purchase:p"}, 400, 600, "purchase:p", {}},
                                  {5, true, "EUR", ben, {"world"}, {"deposit:d"}, 1000, 1000, "deposit:d", {}}};
  const auto a = m.ask("GET", "/api/transactions?currency=EUR", m.as_ben);
  REQUIRE(a.status() == 200);
  CHECK(a.body[0]["type"] == "purchase");
  CHECK(a.body[0]["direction"] == "debit");
  CHECK(a.body[0]["counterpartyId"] == "u_ann");
  CHECK(a.body[1]["type"] == "deposit");
  CHECK_FALSE(a.body[1].contains("counterpartyId"));
  CHECK(m.reads_of_market.searched == ben.text + " EUR");
  CHECK(m.ask("GET", "/api/transactions?userId=u_other", m.as_ben).status() == 403);
  CHECK(m.ask("GET", "/api/transactions?currency=x", m.as_ben).text("code") == "wrong_currency");
}

TEST_CASE("everybody's transactions are shown to auditors, and to nobody for operating the server") {
  market m;
  const auto all = "/api/transactions?all=true", of_ben = "/api/transactions?userId=";
  CHECK(m.ask("GET", all, m.as_ann).text("code") == "forbidden");
  m.grant(m.ann, "operator");
  CHECK(m.ask("GET", all, m.as_ann).status() == 403);
  CHECK(m.ask("GET", of_ben + m.ben.text("id"), m.as_ann).status() == 403);
  m.grant(m.ann, "auditor");
  CHECK(m.ask("GET", all, m.as_ann).status() == 200);
  CHECK(m.reads_of_market.searched == " ");
  CHECK(m.ask("GET", of_ben + m.ben.text("id"), m.as_ann).status() == 200);
  CHECK(m.ask("GET", all + ("&userId=" + m.ben.text("id")), m.as_ann).status() == 422);
  CHECK(m.ask("GET", "/api/transactions?all=maybe", m.as_ben).status() == 422);
  CHECK(m.ask("GET", "/api/transactions?all=false", m.as_ben).status() == 200);
  CHECK(m.reads_of_market.searched == domain::wallet_of({m.ben.text("id")}).text + " ");
}

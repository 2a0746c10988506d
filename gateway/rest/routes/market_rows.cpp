#include "gateway/rest/routes/market_rows.hpp"

#include "events/json_writer.hpp"

#include <algorithm>

namespace parley::gateway {
namespace {

constexpr std::string_view wallet_prefix = "wallet:", default_currency = "EUR";

/// Whose wallet it is; empty when it is none.
std::string_view owner_of(const account_name& account) {
  const std::string_view name = account.text;
  return name.starts_with(wallet_prefix) ? name.substr(wallet_prefix.size()) : std::string_view{};
}

/// What a movement is to the one who looks at it.
std::string_view type_of(const entry_row& row) {
  const auto is = [&](std::string_view what) { return row.reference.starts_with(what); };
  if (is("deposit:")) return "deposit";
  if (is("purchase:")) return row.credit ? "sale" : "purchase";
  if (is("booking:")) return row.credit ? "earning" : "booking";
  return "transfer";
}

void write_balance(json_writer& json, const balance_row& b) {
  json.field("currency", b.currency).field("balanceMinor", b.balance).field("heldMinor", b.outgoing);
  json.field("availableMinor", b.balance - b.outgoing).field("incomingMinor", b.incoming);
}

} // namespace

std::string to_json(const listing_row& row) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("listingId", row.id.text).field("title", row.title);
  json.field("description", row.description).field("priceMinor", row.price).field("currency", row.currency);
  json.field("stock", row.stock).field("inStock", row.stock > 0).field("sellerId", row.seller.text);
  json.field("status", row.closed ? "closed" : "open").field("createdAt", to_iso8601(row.created_at));
  json.field("updatedAt", to_iso8601(row.changed_at)).end_object();
  return out;
}

std::string to_json(const purchase_row& row) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.id.text).field("purchaseId", row.id.text).field("listingId", row.listing.text);
  json.field("title", row.title).field("buyerId", row.buyer.text).field("sellerId", row.seller.text);
  json.field("quantity", row.quantity).field("priceMinor", row.price).field("amountMinor", row.amount);
  json.field("currency", row.currency).field("status", row.status);
  if (!row.code.empty()) json.field("code", row.code);
  json.field("createdAt", to_iso8601(row.requested_at));
  if (row.ended_at) json.field("settledAt", to_iso8601(*row.ended_at));
  json.end_object();
  return out;
}

std::string to_json(const entry_row& row) {
  std::string out;
  json_writer json{out};
  const std::string_view direction = row.credit ? "credit" : "debit";
  json.begin_object().field("id", std::to_string(row.at_position) + '-' + std::string{direction});
  json.field("transferId", row.transfer.text).field("userId", owner_of(row.account)).field("account", row.account.text);
  json.field("type", type_of(row)).field("direction", direction).field("amountMinor", row.amount);
  json.field("currency", row.currency).field("balanceMinor", row.balance).field("reference", row.reference);
  json.field("counterparty", row.counterparty.text);
  if (const auto other = owner_of(row.counterparty); !other.empty()) json.field("counterpartyId", other);
  json.field("createdAt", to_iso8601(row.at)).end_object();
  return out;
}

std::string to_json(const hold_row& row) {
  std::string out;
  json_writer json{out};
  json.begin_object().field("id", row.transfer.text).field("amountMinor", row.amount).field("currency", row.currency);
  json.field("reference", row.reference).field("counterparty", row.credit.text);
  if (const auto other = owner_of(row.credit); !other.empty()) json.field("counterpartyId", other);
  json.field("createdAt", to_iso8601(row.held_at));
  if (row.expires_at) json.field("expiresAt", to_iso8601(*row.expires_at));
  json.end_object();
  return out;
}

std::string wallet_json(const user_id& of, const std::vector<balance_row>& balances) {
  const auto euros = std::find_if(balances.begin(), balances.end(),
                                  [](const balance_row& b) { return b.currency == default_currency; });
  const balance_row nothing{std::string{default_currency}, 0, 0, 0};
  std::string out;
  json_writer json{out};
  json.begin_object().field("userId", of.text);
  write_balance(json, euros != balances.end() ? *euros : balances.empty() ? nothing : balances.front());
  json.key("balances").begin_array();
  for (const auto& b : balances) {
    json.begin_object();
    write_balance(json, b);
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

} // namespace parley::gateway

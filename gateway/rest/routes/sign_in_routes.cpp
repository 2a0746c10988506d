// POST /api/auth/register, login, guest, refresh: everything that opens or renews a login.

#include "gateway/rest/conditions.hpp"
#include "gateway/rest/email.hpp"
#include "gateway/rest/fields.hpp"
#include "gateway/rest/routes/routes.hpp"
#include "gateway/rest/routes/sign_in.hpp"

namespace parley::gateway {
namespace {

using domain::account;

constexpr std::size_t name_bytes_max = domain::name_bytes_max;
constexpr std::size_t email_typed_bytes_max = 1024; // an address that is too long is told so as an address
constexpr std::size_t refresh_bytes_max = 4096;

/// Asks an account for a login and answers with tokens. `user` is whoever signs in: nobody is known yet.
void open(const call_ptr& c, const user_id& user, account::command command, std::optional<idempotency> once, int status,
          time_point ends) {
  auto by = c->by();
  by.user = user;
  request<account> r{std::move(command), by, std::move(once), {}, {}};
  r.respond = reply{[c, user, status, ends](result<answer> a) {
    if (!a) return c->refuse(a.error());
    auto response = signed_in(*c, status, *a, ends);
    if (!response) return c->refuse(response.error());
    c->wrote(user, *a, *response);
    c->answer(std::move(*response));
  }};
  c->with.entities.ask(make_stream(account::family, user.text), std::move(r));
}

/// Runs a continuation of the password threads on the call's loop.
template <class T, class Then>
std::function<void(result<T>)> on_loop(const call_ptr& c, Then then) {
  return [c, then = std::move(then)](result<T> r) mutable {
    // The call must end on its loop, so the task takes the only reference of this thread along.
    const auto post = c->with.post;
    post([c = std::move(c), then = std::move(then), r = std::move(r)]() mutable { then(std::move(r)); });
  };
}

void register_user(const call_ptr& c) {
  fields f{c->body};
  const auto typed = f.required_text("email", email_typed_bytes_max);
  auto password = f.required_text("password", 64 * 1024);
  const auto name = f.optional_text("name", name_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  auto email = normalised_email(typed);
  if (!email) return c->refuse(email.error());
  if (auto strong = check_password(password, *email); !strong) return c->refuse(strong.error());

  account::register_user command;
  command.email_stream = c->with.tokens.email_stream(*email);
  const std::string principal = command.email_stream.text;
  command.user = {c->new_id("u_", principal)};
  command.login = {c->new_id("l_", principal)};
  command.email = std::move(*email);
  command.name = name;
  command.device = device_of(*c);
  command.login_expires_at = login_end(*c);
  c->with.passwords.hash(std::move(password),
                         on_loop<std::string>(c, [c, command, principal](result<std::string> hash) mutable {
                           if (!hash) return c->refuse(hash.error());
                           command.password_hash = std::move(*hash);
                           const auto user = command.user;
                           const auto ends = command.login_expires_at;
                           open(c, user, std::move(command), c->once(principal), 201, ends);
                         }));
}

void register_guest(const call_ptr& c) {
  fields f{c->body};
  account::register_guest command;
  command.name = f.optional_text("name", name_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  if (auto fine = c->check_key_of_nobody(); !fine) return c->refuse(fine.error());
  const auto principal = "guest@" + c->request.address;
  command.user = {c->new_id("g_", principal)};
  command.login = {c->new_id("l_", principal)};
  command.device = device_of(*c);
  const auto ends = command.login_expires_at = login_end(*c);
  const auto user = command.user;
  open(c, user, std::move(command), c->once(principal), 201, ends);
}

void verified(const call_ptr& c, const user_id& user, std::string hash) {
  account::open_login command;
  command.login = {c->new_id("l_", user.text)};
  command.verified_hash = std::move(hash);
  command.device = device_of(*c);
  const auto ends = command.login_expires_at = login_end(*c);
  open(c, user, std::move(command), c->once(user.text), 200, ends);
}

/// What a guess counts against: few from one address, so that one account is not guessed at; many more altogether, so
/// that nobody locks its owner out who has not very many addresses, and not even they where the owner signed in lately.
/// Neither a right password is a guess, nor one that was never looked at.
class guess {
public:
  guess(const call& c, const stream_id& claim)
    : limits_{c.with.limits}
    , from_here_{c.request.address + ' ' + claim.text}
    , at_all_{claim.text}
    , familiar_{limits_.familiar.contains && limits_.familiar.contains(from_here_)} {}

  /// False when it is one too many, and the answer is out.
  [[nodiscard]] bool take(call& c) const {
    if (!c.within(limits_.login_guesses_per_address, from_here_)) return false;
    if (familiar_ || c.within(limits_.login_guesses_per_account, at_all_)) return true;
    give_back(limits_.login_guesses_per_address, from_here_);
    return false;
  }
  /// The answer to a login whose password nobody could look at.
  void refuse_unjudged(call& c, const error& e) const {
    give_back();
    c.refuse(e);
  }
  /// The password was right.
  void passed() const {
    give_back();
    if (limits_.familiar.add) limits_.familiar.add(from_here_);
  }

private:
  void give_back() const {
    give_back(limits_.login_guesses_per_address, from_here_);
    if (!familiar_) give_back(limits_.login_guesses_per_account, at_all_);
  }
  static void give_back(const rest_limit& limit, std::string_view key) {
    if (limit.give_back) limit.give_back(key);
  }

  const rest_limits& limits_;
  std::string from_here_, at_all_;
  bool familiar_; ///< when the guess was made: what was not taken is not given back
};

/// An empty hash stands for somebody unknown, and costs as much.
void verify(const call_ptr& c, const user_id& user, const guess& g, std::string password, const std::string& hash) {
  c->with.passwords.verify(std::move(password), hash,
                           on_loop<verification>(c, [c, user, g, hash](result<verification> v) {
                             if (!v) return g.refuse_unjudged(*c, v.error());
                             if (!v->matches) return c->refuse({errc::invalid_credentials, {}, 0});
                             g.passed();
                             verified(c, user, hash);
                           }));
}

void read_and_verify(const call_ptr& c, const user_id& user, const guess& g, std::string password) {
  auto by = c->by();
  by.user = user;
  request<account> r{account::read_credentials{}, by, {}, {}, {}};
  r.respond = reply{[c, user, g, password = std::move(password)](result<answer> a) mutable {
    if (!a && a.error().code != errc::invalid_credentials) return g.refuse_unjudged(*c, a.error());
    std::string hash;
    if (a) {
      const auto credentials = nlohmann::json::parse(a->body, nullptr, false);
      if (credentials.is_object())
        if (const auto at = credentials.find("passwordHash"); at != credentials.end() && at->is_string())
          hash = at->get<std::string>();
    }
    verify(c, user, g, std::move(password), hash);
  }};
  c->with.entities.ask(make_stream(account::family, user.text), std::move(r));
}

void login(const call_ptr& c) {
  fields f{c->body};
  const auto typed = f.required_text("email", email_typed_bytes_max);
  auto password = f.required_text("password", 64 * 1024);
  if (f.refusal()) return c->refuse(*f.refusal());
  const auto email = normalised_email(typed);
  // Nobody can have registered with these, so nothing is told by answering at once.
  if (!email || password.size() > password_bytes_max) return c->refuse({errc::invalid_credentials, {}, 0});
  const auto claim = c->with.tokens.email_stream(*email);
  const guess g{*c, claim};
  if (!g.take(*c)) return;
  c->with.claimed_by(claim, [c, g, password = std::move(password)](result<std::optional<user_id>> user) mutable {
    if (!user) return g.refuse_unjudged(*c, user.error());
    if (!*user) return verify(c, {}, g, std::move(password), {});
    read_and_verify(c, **user, g, std::move(password));
  });
}

void refresh(const call_ptr& c) {
  fields f{c->body};
  const auto token = f.required_text("refreshToken", refresh_bytes_max);
  if (f.refusal()) return c->refuse(*f.refusal());
  const auto claims = c->with.tokens.verify_refresh(token, c->with.clock.now());
  if (!claims) return c->refuse(claims.error());
  const auto ends = login_end(*c);
  open(c, claims->user, account::refresh_login{claims->login, claims->generation, ends}, c->once(claims->user.text),
       200, ends);
}

} // namespace

void add_sign_in_routes(router& to) {
  to.add({"POST",
          {"/api/auth/register", "/api/auth/signup", "/auth/signup"},
          access::open,
          register_user,
          limited::as_auth});
  to.add({"POST", {"/api/auth/login", "/api/auth/signin", "/auth/login"}, access::open, login, limited::as_auth});
  to.add({"POST", {"/api/auth/guest"}, access::open, register_guest, limited::as_auth});
  to.add({"POST", {"/api/auth/refresh"}, access::open, refresh, limited::as_auth});
}

} // namespace parley::gateway

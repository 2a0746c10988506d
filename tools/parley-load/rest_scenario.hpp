#pragma once
// What the clients of a load over REST ask for, and what they make of the answers. Pure: no sockets, no clock. One
// thread. schema/openapi describes the requests.

#include "tools/parley-load/http_answer.hpp"
#include "tools/parley-load/rest_options.hpp"

#include <memory>
#include <vector>

namespace parley::load {

/// Who takes part, and in what; a load looks at its part of it only.
struct rest_cast {
  struct client {
    std::string id, token;
  };
  std::vector<client> clients;
  std::string operator_token;
  std::vector<std::string> services, currencies, listings, targets;
  std::uint32_t minutes = 30; ///< of each service
};

/// Reads the file's JSON. A text instead says what `load` lacks in it.
[[nodiscard]] std::variant<rest_cast, std::string> read_cast(std::string_view json, rest_load load);

struct rest_call {
  std::string_view method, token;
  std::string target, body;
};

/// The request as it goes over the wire.
[[nodiscard]] std::string request_text(std::string_view host, rest_call const& call);

struct judgement {
  /// Of scenario::kinds(); nullopt: no answer that this load should get.
  std::optional<std::size_t> kind;
  std::string problem; ///< something is wrong: what
};

class scenario {
public:
  virtual ~scenario() = default;
  /// What correct answers are counted as.
  [[nodiscard]] virtual std::vector<std::string_view> kinds() const = 0;
  /// The next request of a client, who has none under way.
  [[nodiscard]] virtual rest_call next(std::uint32_t client) = 0;
  /// The answer to it.
  [[nodiscard]] virtual judgement answered(std::uint32_t client, http_answer const& answer) = 0;
};

/// `cast` outlives it. `seed` decides what customers choose; `first_start` is when the first time begins.
[[nodiscard]] std::unique_ptr<scenario> make_scenario(rest_options const& asked, rest_cast const& cast,
                                                      std::uint64_t seed, std::chrono::sys_seconds first_start);

} // namespace parley::load

#pragma once
// A JSON value with holes: strings that begin with `$` are filled from what is mapped, and objects with a `$` operator
// are worked out. Compiled when a profile is loaded; written out as JSON text. The language is in
// schema/profiles/README.md. Immutable and pure, so one serves all threads.

#include "gateway/profiles/reference.hpp"

namespace parley::gateway {

/// How much may come of a profile's rule, so that no file makes much out of little.
struct mapping_budget {
  std::size_t bytes_left = 4 * 1024 * 1024;
  std::size_t steps_left = 200'000; ///< nodes visited
  bool exceeded = false;
};

/// What compiling the templates of a profile goes by.
struct template_reading {
  static constexpr std::size_t depth_max = 12;
  static constexpr std::size_t each_depth_max = 2; ///< `$each` within each other
  std::size_t nodes_left = 8192;                   ///< over all of them
  const located_json* named = nullptr;             ///< templates that others use, by name; null: there are none
};

class json_template {
public:
  [[nodiscard]] static checked<json_template> compile(const located_json& from, roots allowed,
                                                      template_reading& reading);

  /// Appends the value, and is true; false when it leads to nothing (or the budget is used up): then `out` is as
  /// before.
  [[nodiscard]] bool write(std::string& out, const mapped_input& in, mapping_budget& budget) const;

private:
  enum class kind : std::uint8_t {
    constant,
    reference,
    list,
    object,
    each,
    first,
    join,
    count,
    times,
    over,
    choice,
    use
  };

  struct member {
    std::string name, key;          ///< key: `"name":`
    std::optional<reference> named; ///< what leads to the name, instead
  };

  struct compiler;
  struct writer;

  kind kind_ = kind::constant;
  std::string text_;                 ///< of a constant its JSON text; of a join what stands between
  std::optional<reference> source_;  ///< what is referred to, gone through, told apart or used on
  std::vector<json_template> parts_; ///< of a list, object, first, join; of each its item; of a choice its answers
  std::vector<member> members_;      ///< of an object or choice: the parts' names
  bool spread_ = false;              ///< an object whose first part is spread out in it
  bool otherwise_ = false;           ///< a choice whose last part stands for all other values
  bool reversed_ = false;            ///< of each: the last item first
  double factor_ = 1;
};

/// `args`: at most this many.
inline constexpr std::size_t template_args_max = 8;

/// Arguments of an event, one template each.
class args_template {
public:
  /// `from` must be a list.
  [[nodiscard]] static checked<args_template> compile(const located_json& from, roots allowed,
                                                      template_reading& reading);
  /// A JSON array text; what leads to nothing is null, and at the end it is left out.
  void write(std::string& out, const mapped_input& in, mapping_budget& budget) const;

private:
  std::vector<json_template> args_;
};

} // namespace parley::gateway

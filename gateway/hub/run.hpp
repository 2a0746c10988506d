#pragma once
// A run: publications of one topic that leave together, presented once and encoded once a codec into one blob, of which
// every member takes its slice. Used within one flush, on the hub's loop.

#include "gateway/hub/presenter.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace parley::gateway {

/// The session that caused something, where one did. Refers to the publication.
[[nodiscard]] const session_id* cause_of(const publication& p);

/// What is shown of the event at `seq` of `stream`, as a framing takes it. Refers to all three.
[[nodiscard]] inline push push_of(const presented& shown, const stream_id& stream, version seq) {
  if (seq == 0) return {shown.name, shown.alias, shown.body};
  return {shown.name, shown.alias, shown.body, stream.text, seq};
}

struct encoded_run {
  const codec* framing = nullptr;
  std::shared_ptr<const std::string> blob;
  std::vector<std::size_t> offsets; ///< of each item's frames in the blob, and the blob's end
};

class run {
public:
  struct item {
    std::optional<presented> shown;
    version seq = 0;                  ///< 0: a signal
    const session_id* from = nullptr; ///< whose doing it is; a signal is not told to that one
  };

  /// Takes publications from the front of `published` until their bodies reach `bytes_max`, at least one; `taken` says
  /// how many. Durable ones must follow each other without a gap. `published` must outlive the run.
  run(std::span<const publication_ptr> published, std::size_t bytes_max);

  [[nodiscard]] std::size_t taken() const noexcept { return items_.size(); }
  [[nodiscard]] const std::vector<item>& items() const noexcept { return items_; }
  [[nodiscard]] bool has_signals() const noexcept { return signals_ != 0; }
  /// Not everything in it is for everybody.
  [[nodiscard]] bool is_selective() const noexcept { return selective_; }
  [[nodiscard]] version first_seq() const noexcept { return first_seq_; } ///< 0: signals only
  [[nodiscard]] version last_seq() const noexcept { return last_seq_; }
  /// How many of the durable items from `seq` on are shown to members at all.
  [[nodiscard]] std::size_t shown_from(version seq) const noexcept;

  /// The run in one framing; encoded at the first call, `encoded` counts up by the items shown.
  [[nodiscard]] const encoded_run& in(const codec& framing, std::uint64_t& encoded);

private:
  const stream_id* topic_ = nullptr; ///< of the first publication
  std::vector<item> items_;
  std::vector<encoded_run> encodings_;  // one a framing: a handful
  std::size_t signals_ = 0, shown_ = 0; ///< shown: of the durable ones
  version first_seq_ = 0, last_seq_ = 0;
  bool selective_ = false;
};

} // namespace parley::gateway

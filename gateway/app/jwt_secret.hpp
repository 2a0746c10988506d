#pragma once
// The key that signs tokens, when none is configured: kept in the data directory, so that tokens outlive a restart.

#include "events/errors.hpp"
#include "events/random.hpp"

#include <string>

namespace parley::gateway {

/// Reads DATA/jwt.secret, or makes it: 43 characters (256 bits) in a file of mode 0600, on the disk before it is used.
/// Two processes that start at once agree on one. Fails when the file can be read by others, holds less than 32
/// bytes, or the directory cannot be written; the text says what to do. Blocks: called once, at start.
[[nodiscard]] result<std::string> load_jwt_secret(const std::string& data_directory, random_source& random);

} // namespace parley::gateway

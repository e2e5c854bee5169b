#pragma once

#include "base/failure.hpp"
#include "base/timestamp.hpp"
#include "net/http.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace crmsync::net {

struct FreshToken {
    std::string token;
    std::chrono::seconds lifetime{0};
};

/// What a token endpoint answered. Throws token.refused (reauthorise) where a person must change
/// something, token.transient (retry) else. The Failure never holds a part of a token.
///
/// \param host and client_id only for the message.
FreshToken read_token_answer(const Response& response, std::string_view host,
                             std::string_view client_id, Timestamp now);

} // namespace crmsync::net

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace crmsync {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);

/// SHA-256 of what comes in parts.
class Sha256Sum {
public:
    Sha256Sum();
    void add(std::string_view bytes);
    Sha256 digest(); ///< once, at the end

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// HMAC-SHA-256 (RFC 2104).
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

/// The digest's bytes, as a string of 32 characters.
inline std::string_view bytes_of(const Sha256& digest)
{
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);     ///< RFC 4648 section 4, padded
std::string base64_url(std::string_view bytes); ///< RFC 4648 section 5, without padding
/// Nothing decodes to an empty string; white space is skipped. Throws Failure("base64.invalid",
/// set_aside).
std::string from_base64(std::string_view text);

/// Bytes from the operating system's generator.
std::string random_bytes(std::size_t count);

} // namespace crmsync

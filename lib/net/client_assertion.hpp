#pragma once

#include "base/timestamp.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace crmsync::net {

/// Proof of an application's identity by certificate instead of a secret: a short-lived signed
/// statement, PS256 with x5t#S256 (G-2).
class ClientAssertion {
public:
    /// Throws UsageError where the texts are no PEM certificate and key, or do not belong together.
    ClientAssertion(std::string_view certificate_pem, std::string_view private_key_pem);
    ~ClientAssertion();

    /// Valid for ten minutes from now (G-3), never the same twice.
    std::string make(std::string_view client_id, std::string_view token_url, Timestamp now) const;

private:
    struct Key;
    std::string sign(std::string_view text) const;

    std::unique_ptr<Key> key_;
    std::string thumbprint_; ///< base64url of the SHA-256 of the DER certificate
};

} // namespace crmsync::net

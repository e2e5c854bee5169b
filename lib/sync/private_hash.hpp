#pragma once

#include "base/digest.hpp"

#include <string>
#include <string_view>

namespace crmsync {

/// HMACs under the installation's secret: how refused and ignored items are remembered without
/// keeping anything of them. Each kind of text has its own prefix, so that equal texts of different
/// kinds do not meet.
class PrivateHash {
public:
    explicit PrivateHash(std::string secret) : secret_(std::move(secret)) {}

    Sha256 item(std::string_view item_id) const { return of("item:", item_id); }
    Sha256 message(std::string_view message_id) const { return of("message:", message_id); }
    Sha256 conversation(std::string_view conversation_id) const
    {
        return of("conversation:", conversation_id);
    }
    /// Of one item: what it carried says nothing of what another does.
    Sha256 label(std::string_view item_id, std::string_view folded) const
    {
        return of("label:", std::string(item_id) + '\n' + std::string(folded));
    }
    Sha256 input(std::string_view decision_input) const { return of("input:", decision_input); }

private:
    Sha256 of(std::string_view kind, std::string_view text) const
    {
        return hmac_sha256(secret_, std::string(kind) + std::string(text));
    }
    std::string secret_;
};

} // namespace crmsync

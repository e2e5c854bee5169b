#pragma once

#include "integration/store/stored.hpp"

namespace crmsync::test {

/// Two mailboxes of two users, both leased.
struct TwoMailboxes : Stored {
    Fence ann = leased("ann@contoso.example");
    Fence bob = leased("bob@contoso.example");
    RecordId ann_user = user("ann@contoso.example");
    RecordId bob_user = user("bob@contoso.example");

    TrackedItem anns(std::string item, std::string message, int minute = 0)
    {
        return tagged(std::move(item), std::move(message), ann_user, "ann@contoso.example",
                      morning(minute));
    }
    TrackedItem bobs(std::string item, std::string message, int minute = 0)
    {
        return tagged(std::move(item), std::move(message), bob_user, "bob@contoso.example",
                      morning(minute));
    }
    std::string owner() { return text("SELECT owner_address FROM store.activity"); }
};

} // namespace crmsync::test

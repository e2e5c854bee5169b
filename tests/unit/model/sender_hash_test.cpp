#include "model/sender_hash.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;

TEST_CASE("senders of the same kind differ, an X.500 name and a mail address do not")
{
    const Sha256 ann = sender_hash("ann@contoso.example");
    const Sha256 eve = sender_hash("eve@contoso.example");
    const Sha256 anns_name = sender_hash("/o=exchangelabs/ou=x/cn=recipients/cn=ann");
    const Sha256 eves_name = sender_hash("/o=exchangelabs/ou=x/cn=recipients/cn=eve");
    const Sha256 nobody = sender_hash("");

    CHECK_FALSE(senders_differ(ann, ann));
    CHECK(senders_differ(ann, eve));
    CHECK_FALSE(senders_differ(anns_name, anns_name));
    CHECK(senders_differ(anns_name, eves_name));
    CHECK_FALSE(senders_differ(ann, anns_name));
    CHECK_FALSE(senders_differ(anns_name, eve));
    CHECK_FALSE(senders_differ(nobody, nobody));
    CHECK(senders_differ(nobody, ann));
    CHECK(senders_differ(anns_name, nobody));
}

TEST_CASE("an X.500 name is one with its prefix and without, and is known as one")
{
    CHECK(sender_hash("ex:/o=x/cn=ann") == sender_hash("/o=x/cn=ann"));
    CHECK(is_x500_sender(sender_hash("/cn=ann")));
    CHECK_FALSE(is_x500_sender(sender_hash("ann@contoso.example")));
    CHECK_FALSE(is_x500_sender(sender_hash("not an address")));
    CHECK(sender_hash("ann@contoso.example") == sha256("ann@contoso.example"));
}

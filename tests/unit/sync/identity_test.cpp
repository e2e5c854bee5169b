#include "support/builders.hpp"
#include "sync/identity.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using crmsync::sync::identify;

namespace {

Item without_message_id(MessageBuilder built)
{
    Item item = built;
    item.thread.message_id = Said<std::string>::empty();
    return item;
}

bool same(const Identity& a, const Identity& b)
{
    return identity_key(a, 0) == identity_key(b, 0) && a.from_hash == b.from_hash &&
           a.sent_at == b.sent_at;
}

} // namespace

TEST_CASE("a message is named by its Message-ID, whatever else its copies say")
{
    const Item sent = message().id("s1").message_id("m@adventure.example").subject("Offer");
    const Item received = message()
                              .id("r7")
                              .message_id("m@adventure.example")
                              .subject("[EXTERNAL] Offer")
                              .from("ANN@Adventure.Example")
                              .to("kim@contoso.example", "bo@contoso.example")
                              .folder("elsewhere");
    const Identity one = identify(sent, "<p>body</p>");
    CHECK(one.kind == 'm');
    CHECK(one.text == "m@adventure.example");
    CHECK(same(one, identify(received, "<p>banner</p><p>body</p>")));
}

TEST_CASE("the same Message-ID from somebody else has another sender's hash")
{
    const Identity ann = identify(message().from("ann@adventure.example"), "");
    const Identity eve = identify(message().from("eve@adventure.example"), "");
    CHECK(identity_key(ann, 0) == identity_key(eve, 0));
    CHECK(ann.from_hash != eve.from_hash);
}

TEST_CASE("where there is no from the sender names the message")
{
    Item item = message().no_from().sender("ann@adventure.example");
    CHECK(identify(item, "").from_hash == identify(message(), "").from_hash);
}

TEST_CASE("an empty Message-ID is none")
{
    Item item = message();
    item.thread.message_id = std::string();
    CHECK(identify(item, "").kind == 'f');
}

TEST_CASE("without a Message-ID copies are the same though recipients differ in order and case")
{
    const Item one = without_message_id(message()
                                            .to("kim@contoso.example", "bo@contoso.example")
                                            .cc("cy@x.example", "di@x.example")
                                            .subject("Offer"));
    const Item other = without_message_id(message()
                                              .id("other")
                                              .to("BO@contoso.example", "Kim@Contoso.Example")
                                              .cc("di@x.example", "CY@x.example")
                                              .subject("RE: [EXTERNAL] offer"));
    const Identity fingerprint = identify(one, "body");
    CHECK(fingerprint.kind == 'f');
    CHECK(same(fingerprint, identify(other, "body")));
}

TEST_CASE("a fraction of a second in the sent time does not make two messages")
{
    Item one = without_message_id(message());
    Item other = one;
    other.message().sent_at = *one.message().sent_at + std::chrono::milliseconds(400);
    CHECK(identity_key(identify(one, ""), 0) == identity_key(identify(other, ""), 0));
    other.message().sent_at = *one.message().sent_at + std::chrono::seconds(1);
    CHECK(identity_key(identify(one, ""), 0) != identity_key(identify(other, ""), 0));
}

TEST_CASE("without a Message-ID whatever differs makes two messages: none may be lost")
{
    const Sha256 key = identity_key(identify(without_message_id(message()), "body"), 0);
    const auto key_of = [](MessageBuilder built, std::string_view body = "body") {
        return identity_key(identify(without_message_id(std::move(built)), body), 0);
    };
    CHECK(key == key_of(message()));
    CHECK(key != key_of(message(), "another body"));
    CHECK(key != key_of(message().subject("Another offer")));
    CHECK(key != key_of(message().from("eve@adventure.example")));
    CHECK(key != key_of(message().to("bo@contoso.example")));
    CHECK(key != key_of(message().cc("bo@contoso.example")));
    CHECK(key != key_of(message().at(monday(1))));
    // To and Cc are not one list.
    CHECK(key_of(message().to("a@x.example").cc("b@x.example")) !=
          key_of(message().to("a@x.example", "b@x.example")));
}

TEST_CASE("a fingerprint never meets a Message-ID of the same text")
{
    const Identity fingerprint = identify(without_message_id(message()), "body");
    Item item = message().message_id(fingerprint.text);
    CHECK(identity_key(identify(item, "body"), 0) != identity_key(fingerprint, 0));
}

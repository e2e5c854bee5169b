#include "match/parties.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using match::direction_of;
using match::parties_of;

namespace {

std::string in_words(const std::vector<Party>& parties)
{
    std::string words;
    for (const Party& party : parties) {
        words += words.empty() ? "" : "; ";
        words += std::string(to_string(party.role)) + " " + party.address + " " +
                 std::string(to_string(party.resolution));
        if (party.record)
            words += " " + std::to_string(party.record->value.bytes[15]);
        if (party.is_list)
            words += " list";
    }
    return words;
}

std::string parties(const Item& item, const Candidates& candidates = customers())
{
    return in_words(parties_of(item, candidates, record_id(90)));
}

} // namespace

TEST_CASE("every address is a party, with the record it leads to")
{
    CHECK(parties(message().cc("Zoe@Stranger.example")) ==
          "from ann@adventure.example resolved 11; to kim@contoso.example resolved 90; "
          "cc zoe@stranger.example unresolved");
}

TEST_CASE("a party is known by its address with the dot of a fully qualified domain as well")
{
    CHECK(parties(message().from("Ann@Adventure.example.").to()) ==
          "from ann@adventure.example resolved 11");
}

TEST_CASE("an address is a party once per role")
{
    CHECK(parties(message().to("ann@adventure.example", "ANN+x@adventure.example").cc()) ==
          "from ann@adventure.example resolved 11; to ann@adventure.example resolved 11");
}

TEST_CASE("what is no address stays as the provider wrote it")
{
    CHECK(parties(message().from("/O=EXCHANGELABS/CN=Lee").to(" not an address ", "")) ==
          "from /O=EXCHANGELABS/CN=Lee unresolved; to not an address unresolved");
}

TEST_CASE("where from is missing, the sender is who it came from")
{
    CHECK(parties(message().no_from().sender("ann@adventure.example").to()) ==
          "from ann@adventure.example resolved 11");
    CHECK(parties(message().no_from().to()).empty());
}

TEST_CASE("one address, several records: the owner's own, then user, contact, account, lead, other")
{
    const auto all_at_once = [] {
        return customers()
            .record(30, "case", "Case")
            .holds("x@y.example")
            .record(31, "lead", "Lead")
            .holds("x@y.example");
    };
    const Item item = message().from("x@y.example").to();
    CHECK(parties(item, all_at_once()) == "from x@y.example resolved 31");
    auto with_account = all_at_once().record(32, "account", "Account").holds("x@y.example");
    CHECK(parties(item, with_account) == "from x@y.example resolved 32");
    auto with_contact = with_account.record(33, "contact", "Contact").holds("x@y.example");
    CHECK(parties(item, with_contact) == "from x@y.example resolved 33");
    auto with_two = with_contact.record(34, "contact", "Another").holds("x@y.example");
    CHECK(parties(item, with_two) == "from x@y.example ambiguous");
    auto with_user = with_two.record(35, "user", "User").holds("x@y.example");
    CHECK(parties(item, with_user) == "from x@y.example resolved 35");
    auto with_own = with_user.record(36, "lead", "Own lead").owned_by(90).holds("x@y.example");
    CHECK(parties(item, with_own) == "from x@y.example resolved 36");
}

TEST_CASE("a record that holds an address twice is one record")
{
    CHECK(parties(
              message().from("x@y.example").to(),
              customers().record(30, "lead", "Lead").holds("x@y.example").holds("x+1@y.example")) ==
          "from x@y.example resolved 30");
}

TEST_CASE("a distribution list stays one party")
{
    CHECK(parties(message().to("partners@lists.example"),
                  customers().record(30, "list", "Partners").holds("partners@lists.example")) ==
          "from ann@adventure.example resolved 11; to partners@lists.example resolved 30 list");
}

TEST_CASE("the direction follows from own domains, whoever's mailbox was read")
{
    const auto direction = [](const Item& item, const Candidates& candidates = customers()) {
        return std::string(to_string(direction_of(item, candidates, contoso_policy())));
    };
    CHECK(direction(message()) == "incoming");
    CHECK(direction(message().from("kim@contoso.example").to("ann@adventure.example")) ==
          "outgoing");
    CHECK(direction(message().from("kim@contoso.example").to("lee@contoso.example")) == "internal");
    CHECK(direction(message()
                        .from("/O=EXCHANGELABS/CN=Lee")
                        .to("lee@contoso.example")
                        .bcc("x@y.example")) == "outgoing");
    CHECK(direction(message().no_from()) == "incoming");
    // An enabled mailbox is ours, whatever its domain.
    CHECK(direction(message().from("kim@other.example").to("x@y.example"),
                    customers().mailbox("kim@other.example", 90)) == "outgoing");
}

TEST_CASE("five hundred recipients are five hundred parties")
{
    Item item = message();
    Participants many;
    for (int i = 0; i < 500; ++i)
        many.push_back({Role::to, "p" + std::to_string(i) + "@many.example", ""});
    item.participants.to = many;
    CHECK(parties_of(item, customers(), std::nullopt).size() == 501);
}

#include "match/decide.hpp"
#include "match/decision_input.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using match::decision_input;
using match::wanted;

namespace {

std::string input(const Item& item, const match::Circumstances& where = here())
{
    return decision_input(item, contoso_policy(), where);
}

} // namespace

TEST_CASE("an item asks for its addresses, foreign domains, thread and labels")
{
    const auto query = wanted(message()
                                  .from("Ann+x@Adventure.example")
                                  .cc("cy@gmail.com", "/O=X/CN=Lee")
                                  .in_reply_to("b@x.example")
                                  .references({"a@x.example", "b@x.example"})
                                  .categories({"Blue", "CRM Track", "CRM: Ärger GmbH"}),
                              contoso_policy());
    CHECK(query.addresses ==
          std::set<Address>{{"ann@adventure.example"}, {"cy@gmail.com"}, {"kim@contoso.example"}});
    CHECK(query.domains == std::set<Domain>{{"adventure.example"}});
    CHECK(query.message_ids ==
          std::set<std::string>{"own@adventure.example", "a@x.example", "b@x.example"});
    CHECK(query.labels == std::set<std::string>{"ärger gmbh"});
}

TEST_CASE("an item that says nothing asks for nothing")
{
    const auto query = wanted(Item{}, contoso_policy());
    CHECK(query.addresses.empty());
    CHECK(query.domains.empty());
    CHECK(query.message_ids.empty());
    CHECK(query.labels.empty());
}

TEST_CASE("of thousands of references the newest fifty are asked for")
{
    std::vector<std::string> references;
    for (int i = 0; i < 5000; ++i)
        references.push_back("r" + std::to_string(i) + "@x.example");
    const auto query = wanted(message().references(references), contoso_policy());
    CHECK(query.message_ids.size() == 51);
    CHECK(query.message_ids.contains("r4999@x.example"));
    CHECK_FALSE(query.message_ids.contains("r0@x.example"));
}

TEST_CASE("the input of a decision changes with everything the decision depends on")
{
    const std::string plain = input(message());
    const Item others[] = {
        message().categories({"CRM Track"}),
        message().categories({"CRM: X"}),
        message().categories_not_said(),
        message().from("bo@fabrikam.example"),
        message().cc("kim@contoso.example"),
        message().subject("FW: Offer"),
        message().message_id("other@x.example"),
        message().in_reply_to("other@x.example"),
        message().references({"another@x.example"}),
        message().sensitivity(Sensitivity::personal),
        message().sensitivity_unknown(),
        message().message_class("IPM.Note.SMIME"),
        message().automatic("Precedence"),
        message().keywords({"CRM Track"}),
        message().headers_unread(),
        message().draft(),
        message().at(monday(1)),
    };
    std::set<std::string> inputs{plain};
    for (const Item& item : others) {
        INFO(input(item));
        CHECK(inputs.insert(input(item)).second);
    }
    CHECK(input(message(), here(Mode::all)) != plain);
    CHECK(input(message(), first_pass()) != plain);
}

TEST_CASE("the input of a decision stays where nothing matters to the decision")
{
    CHECK(input(message().categories({"Blue"})) == input(message()));
    CHECK(input(message().subject("Another offer")) == input(message()));
    CHECK(input(message().version("v2").folder("archive")) == input(message()));
    CHECK(input(message().to("a@x.example", "b@x.example")) ==
          input(message().to("B@x.example", "a@x.example")));
    CHECK(input(message().categories({"CRM Track", "CRM: X"})) ==
          input(message().categories({"crm: x", "crm track"})));
}

TEST_CASE("two values never run into one another in the input")
{
    CHECK(input(message().message_id("a\nparent 1 b")) !=
          input(message().message_id("a").in_reply_to("b")));
}

#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using crmsync::match::Circumstances;

namespace {

struct Row {
    const char* situation;
    Item item;
    const char* manual;
    const char* replies;
    const char* contacts;
    const char* records;
    const char* all;
};

const char* const by_reference = "tracked header_reference, answers tracked";
const char* const by_address = "tracked exact_address, answers tracked";
const char* const shared = "tracked shared, answers tracked";
const char* const by_mode = "tracked mode_all, answers tracked";

void check(const std::vector<Row>& rows, const Candidates& candidates)
{
    for (const Row& row : rows) {
        INFO(row.situation);
        CHECK(in_words(decide(row.item, {}, candidates, here(Mode::manual))) == row.manual);
        CHECK(in_words(decide(row.item, {}, candidates, here(Mode::replies))) == row.replies);
        CHECK(in_words(decide(row.item, {}, candidates, here(Mode::contacts))) == row.contacts);
        CHECK(in_words(decide(row.item, {}, candidates, here(Mode::records))) == row.records);
        CHECK(in_words(decide(row.item, {}, candidates, here(Mode::all))) == row.all);
    }
}

MessageBuilder from_stranger() { return message().from("zoe@stranger.example"); }

} // namespace

TEST_CASE("each mode tracks what the one before does, and its own")
{
    const Candidates candidates = customers()
                                      .record(3, "account", "Stranger")
                                      .owns("stranger.example")
                                      .record(31, "opportunity", "Renewal")
                                      .holds("deal@renewals.example")
                                      .record(32, "lead", "Lo")
                                      .holds("lo@leads.example")
                                      .record(33, "account", "Shop")
                                      .holds("info@shop.example")
                                      .record(34, "list", "Partners")
                                      .holds("partners@lists.example")
                                      .record(35, "user", "Freelancer")
                                      .holds("free@lancer.example")
                                      .stored("parent@contoso.example", 1)
                                      .stored("removed@contoso.example", 1)
                                      .removed();
    check(
        {
            {"a stranger, whose domain an account owns", from_stranger(), "ignored", "ignored",
             "ignored", "ignored", by_mode},
            {"a contact", message(), "ignored", "ignored", by_address, by_address, by_address},
            {"a contact in cc", from_stranger().cc("Ann+x@Adventure.Example"), "ignored", "ignored",
             by_address, by_address, by_address},
            {"a lead", from_stranger().cc("lo@leads.example"), "ignored", "ignored", by_address,
             by_address, by_address},
            {"an account by its address", from_stranger().cc("info@shop.example"), "ignored",
             "ignored", by_address, by_address, by_address},
            {"a record of another type", from_stranger().cc("deal@renewals.example"), "ignored",
             "ignored", "ignored", by_address, by_address},
            {"a list", from_stranger().cc("partners@lists.example"), "ignored", "ignored",
             "ignored", "ignored", by_mode},
            {"a user with an address outside", from_stranger().cc("free@lancer.example"), "ignored",
             "ignored", "ignored", "ignored", by_mode},
            {"an answer to a stored message", from_stranger().in_reply_to("parent@contoso.example"),
             "ignored", by_reference, by_reference, by_reference, by_reference},
            {"further down a stored thread",
             from_stranger()
                 .in_reply_to("x@y.example")
                 .references({"parent@contoso.example", "x@y.example"}),
             "ignored", by_reference, by_reference, by_reference, by_reference},
            {"an answer to a message that was removed from the CRM",
             from_stranger().in_reply_to("removed@contoso.example"), "ignored", "ignored",
             "ignored", "ignored", by_mode},
            {"a message that names itself as its parent",
             from_stranger()
                 .message_id("parent@contoso.example")
                 .in_reply_to("parent@contoso.example"),
             shared, shared, shared, shared, by_mode},
        },
        candidates);
}

TEST_CASE("a fork inherits nothing through headers")
{
    const Candidates candidates = customers()
                                      .stored("parent@contoso.example", 1)
                                      .had_external()
                                      .stored("inner@contoso.example", 1);
    const auto answer = [](const char* parent) {
        return message().from("kim@contoso.example").to("zoe@stranger.example").in_reply_to(parent);
    };
    const auto replies = [&](const Item& item) {
        return in_words(decide(item, {}, candidates, here(Mode::replies)));
    };
    CHECK(replies(answer("parent@contoso.example").subject("RE: Offer")) == by_reference);
    CHECK(replies(answer("parent@contoso.example").subject("FW: Offer")) == "ignored");
    CHECK(replies(answer("parent@contoso.example").subject("[X] WG: RE: Offer")) == "ignored");
    CHECK(replies(answer("parent@contoso.example").subject("RE: FW: Offer")) == by_reference);
    // A forward from outside inherits.
    CHECK(replies(from_stranger().subject("FW: Offer").in_reply_to("parent@contoso.example")) ==
          by_reference);
    // Nobody outside takes part any more.
    Settings settings = contoso();
    settings.privacy.internal_only = "track";
    const auto among_us = [&](const char* parent) {
        return in_words(decide(answer(parent).to("lee@contoso.example"), {}, candidates,
                               here(Mode::replies), match::make_policy(settings)));
    };
    CHECK(among_us("parent@contoso.example") == "ignored");
    CHECK(among_us("inner@contoso.example") == by_reference);
    // Addresses still count on a fork.
    CHECK(in_words(decide(
              answer("parent@contoso.example").subject("FW: Offer").to("bo@fabrikam.example"), {},
              candidates, here(Mode::contacts))) == by_address);
}

TEST_CASE("rules look back as far as history_days, wishes at any age")
{
    const auto aged = [](int days) { return message().at(monday(-days * 24 * 60)); };
    CHECK(in_words(decide(aged(29), {}, customers(), here(Mode::contacts))) == by_address);
    CHECK(in_words(decide(aged(31), {}, customers(), here(Mode::contacts))) == "ignored");
    CHECK(in_words(decide(aged(31).categories({"CRM Track"}), {}, customers(),
                          here(Mode::contacts))) == "tracked hand_tag by person, answers tracked");
    Item undated = message();
    undated.message().sent_at = {};
    undated.message().received_at = {};
    undated.created_at = {};
    CHECK(in_words(decide(undated, {}, customers(), here(Mode::all))) == "ignored");
}

TEST_CASE("sent messages count like received ones, unless the settings leave them out")
{
    const Item sent = message().from("kim@contoso.example").to("ann@adventure.example");
    const Item tagged =
        message().from("kim@contoso.example").to("ann@adventure.example").categories({"CRM Track"});
    Circumstances without = here(Mode::contacts);
    without.sent_items = false;
    Circumstances in_sent_items = without;
    in_sent_items.folder = WellKnown::sent_items;

    CHECK(in_words(decide(sent, {}, customers(), here(Mode::contacts))) == by_address);
    CHECK(in_words(decide(sent, {}, customers(), without)) == "ignored");
    CHECK(in_words(decide(message().from("team@contoso.example").to("ann@adventure.example"), {},
                          customers(), in_sent_items)) == "ignored");
    CHECK(in_words(decide(message(), {}, customers(), without)) == by_address);
    without.mode = Mode::manual;
    CHECK(in_words(decide(tagged, {}, customers(), without)) ==
          "tracked rule_tag, answers tracked");
}

TEST_CASE("an inbox rule's tag tracks no more than the ceiling mode would")
{
    const auto with_ceiling = [](const char* mode, const Item& item, const KnownItem& known = {}) {
        Settings settings = contoso();
        settings.tracking.ceiling_mode = mode;
        return in_words(decide(item, known, customers(), here(), match::make_policy(settings)));
    };
    const Item stranger = from_stranger().categories({"CRM Track"});
    const Item contact = message().categories({"CRM Track"});
    CHECK(with_ceiling("all", stranger) == "tracked rule_tag, answers tracked");
    CHECK(with_ceiling("contacts", stranger) == "refused gate_ceiling, answers refused");
    CHECK(with_ceiling("contacts", contact) == "tracked rule_tag, answers tracked");
    CHECK(with_ceiling("manual", contact) == "refused gate_ceiling, answers refused");
    CHECK(with_ceiling("manual", stranger, known().outcome("ignored")) ==
          "tracked hand_tag by person, answers tracked");
}

TEST_CASE("a rule waits for the headers that phase 1 could not see, a person does not")
{
    const auto contacts = here(Mode::contacts);
    const auto look = [&](const Item& item, const KnownItem& known = {}) {
        return in_words(decide(item, known, customers(), contacts));
    };
    const auto sent = [] {
        return message().from("kim@contoso.example").to("ann@adventure.example").headers_unread();
    };
    CHECK(look(message().headers_unread()) == "look at headers");
    CHECK(decide(message().headers_unread(), {}, customers(), contacts).outcome ==
          Outcome::ignored);
    CHECK_FALSE(decide(message().headers_unread(), {}, customers(), contacts).writes_answer);
    CHECK(look(message().headers_unread().categories({"CRM Track"})) == "look at headers");
    CHECK(look(message().headers_unread().categories({"CRM Track"}), known().outcome("ignored")) ==
          "tracked hand_tag by person, answers tracked");
    // Nothing to look for where no rule would track it or a gate is closed anyway.
    CHECK(look(from_stranger().headers_unread()) == "ignored");
    CHECK(look(message().headers_unread().sensitivity(Sensitivity::personal)) ==
          "refused gate_sensitivity");
    // The sender's own copy has no transport headers.
    CHECK(look(sent()) == by_address);
    CHECK(look(sent().sensitivity_unknown()) == "look at headers");
    // After the look, what is still unknown is closed.
    CHECK(look(message().sensitivity_unknown()) == "refused gate_sensitivity");
    Item empty_look = message();
    empty_look.message().automatic = Said<AutomaticMail>::empty();
    CHECK(look(empty_look) == by_address);
}

#include "match/effective.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync;
using namespace crmsync::match;

namespace {

/// "mode contacts (mailbox)" and so on, the four on four lines.
std::string shown(const Mailbox& mailbox, const Settings& settings)
{
    std::string text;
    for (const Choice& choice : choices(effective_settings(mailbox, settings)))
        text +=
            choice.key + " " + choice.value + " (" + std::string(to_string(choice.layer)) + ")\n";
    return text;
}

} // namespace

TEST_CASE("what nobody said is built in, and what the file says is the configuration's")
{
    Settings settings;
    CHECK(shown({}, settings) == "mode manual (built in)\n"
                                 "show_shared true (built in)\n"
                                 "sent_items true (built in)\n"
                                 "on_untrack delete (built in)\n");
    settings.tracking.default_mode = "replies";
    settings.given = {"tracking.default_mode", "tracking.show_shared", "tracking.on_untrack"};
    CHECK(shown({}, settings) == "mode replies (configuration)\n"
                                 "show_shared true (configuration)\n"
                                 "sent_items true (built in)\n"
                                 "on_untrack delete (configuration)\n");
}

TEST_CASE("what a mailbox was told goes before the configuration, but not above the ceiling")
{
    Settings settings;
    settings.tracking.ceiling_mode = "contacts";
    Mailbox mailbox;
    mailbox.mode = Mode::replies;
    mailbox.show_shared = false;
    mailbox.sent_items = false;
    mailbox.on_untrack = "keep";
    CHECK(shown(mailbox, settings) == "mode replies (mailbox)\n"
                                      "show_shared false (mailbox)\n"
                                      "sent_items false (mailbox)\n"
                                      "on_untrack keep (mailbox)\n");
    mailbox.mode = Mode::all;
    mailbox.sent_items = true;
    settings.tracking.sent_items = false;
    const EffectiveSettings effective = effective_settings(mailbox, settings);
    CHECK(effective.mode.value == Mode::contacts);
    CHECK(effective.mode.layer == Layer::ceiling);
    CHECK_FALSE(effective.sent_items.value);
    CHECK(effective.sent_items.layer == Layer::ceiling);
}

TEST_CASE("shared mailboxes have an on_untrack of their own")
{
    Settings settings;
    Mailbox shared;
    shared.kind = "shared";
    CHECK(effective_settings(shared, settings).on_untrack.value == "keep");
    settings.tracking.on_untrack_shared = "delete";
    settings.tracking.on_untrack = "keep";
    CHECK(effective_settings(shared, settings).on_untrack.value == "delete");
    CHECK(effective_settings({}, settings).on_untrack.value == "keep");
}

TEST_CASE("a mailbox is not told what it cannot be told")
{
    Settings settings;
    settings.tracking.ceiling_mode = "contacts";
    settings.tracking.sent_items = false;
    struct Row {
        std::string key, value, says;
    };
    const std::vector<Row> rows = {
        {"mode", "contacts", ""},
        {"mode", "default", ""},
        {"show_shared", "false", ""},
        {"sent_items", "false", ""},
        {"sent_items", "default", ""},
        {"on_untrack", "keep", ""},
        {"mode", "records", "mode records is above tracking.ceiling_mode \"contacts\""},
        {"mode", "Replies", "expected manual, replies, contacts, records or all"},
        {"show_shared", "yes", "expected true or false"},
        {"sent_items", "true", "more than tracking.sent_items false allows"},
        {"on_untrack", "hide", "expected delete or keep"},
        {"colour", "red", "known are mode, show_shared, sent_items and on_untrack"}};
    for (const Row& row : rows) {
        CAPTURE(row.key, row.value);
        const auto refused = refuse_choice(row.key, row.value, settings);
        CHECK(refused.has_value() == !row.says.empty());
        if (refused)
            CHECK_THAT(*refused, Catch::Contains(row.says));
    }
}

#include "base/metrics.hpp"
#include "live/questions.hpp"
#include "simulator/server.hpp"
#include "support/manual_clock.hpp"
#include "support/run.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>

using namespace crmsync;
using namespace crmsync::test;

namespace {

constexpr const char* mailbox = "ann@contoso.example";

/// The questions, put to the simulator.
struct Interview {
    ManualClock clock{*parse_timestamp("2026-03-02T09:00:00Z")};
    boost::asio::io_context io{1};
    sim::World world{clock};
    sim::Server server{io, world};
    Metrics metrics;
    net::HttpClient http{io.get_executor(), metrics};

    Interview()
    {
        sim::MailboxSpec spec;
        spec.upn = mailbox;
        server.script().create_mailbox(spec);
        clock.count_operations([this] { return http.running(); });
    }

    live::Access access()
    {
        live::Access one;
        one.tenant_id = "contoso.example";
        one.client_id = server.graph().tokens.application().client_id;
        one.client_secret = "simulator-secret";
        one.mailbox = mailbox;
        one.authority_url = one.graph_url = server.url();
        return one;
    }

    std::vector<live::Answered> answers(bool sends = true)
    {
        live::Tenant tenant(http, clock, access());
        const auto arrival = start(io, live::ask_all(tenant, sends));
        clock.run_until(
            io, [&] { return arrival->here; }, clock.now() + std::chrono::hours(1));
        if (!arrival->here)
            throw std::runtime_error("the questions wait for something that never comes");
        return arrival->take();
    }
    /// All of them, each with a yes or a no.
    std::map<std::string, std::optional<bool>> ask(bool sends = true)
    {
        std::map<std::string, std::optional<bool>> told;
        for (const live::Answered& one : answers(sends)) {
            INFO(one.name << ": " << one.detail);
            CHECK(one.yes.has_value());
            told[one.name] = one.yes;
        }
        return told;
    }
};

/// What a client depends on and is a tenant's own way. What comes and goes with single answers
/// (repeats, empty pages, the spelling of ids) is not asked for.
constexpr std::pair<const char*, bool sim::Switches::*> switches[] = {
    {"ignore_if_match", &sim::Switches::ignore_if_match},
    {"whole_message_on_patch", &sim::Switches::whole_message_on_patch},
    {"keep_modified_time", &sim::Switches::keep_modified_time},
    {"partial_delta_items", &sim::Switches::partial_delta_items},
    {"no_extended_in_later_rounds", &sim::Switches::no_extended_in_later_rounds},
    {"lose_categories_on_send", &sim::Switches::lose_categories_on_send},
    {"touch_after_write", &sim::Switches::touch_after_write},
    {"reverse_categories", &sim::Switches::reverse_categories},
    {"master_spelling", &sim::Switches::master_spelling},
    {"bad_request_on_double", &sim::Switches::bad_request_on_double},
    {"refuse_category_filter", &sim::Switches::refuse_category_filter},
    {"refuse_modified_filter", &sim::Switches::refuse_modified_filter},
    {"refuse_delta_order", &sim::Switches::refuse_delta_order},
    {"no_folder_properties", &sim::Switches::no_folder_properties}};

} // namespace

TEST_CASE("each question is answered no on a good day, and yes where Graph behaves so")
{
    Interview good_day;
    const auto answers = good_day.ask();
    for (const auto& [name, flag] : switches) {
        INFO(name);
        REQUIRE(answers.contains(name));
        CHECK(answers.at(name) == false);

        Interview doubtful;
        doubtful.server.graph().switches.*flag = true;
        CHECK(doubtful.ask().at(name) == true);
    }
}

TEST_CASE("names outside the master list can be written, or not")
{
    Interview good_day;
    CHECK(good_day.ask().at("unknown_category") == true);
    Interview strict;
    strict.server.graph().switches.refuse_unknown_category = true;
    // The others write such names as well, and hear nothing.
    for (const live::Answered& one : strict.answers())
        if (one.name == "unknown_category")
            CHECK(one.yes == false);
}

TEST_CASE("the questions leave nothing of theirs behind, and touch nothing else")
{
    Interview interview;
    sim::Mail mail;
    mail.subject = "Somebody's own";
    mail.categories = {"Red"};
    interview.server.script().put(mailbox, "inbox", mail);
    const std::string before = interview.server.script().dump(mailbox);
    interview.ask();
    CHECK(interview.server.script().dump(mailbox) == before);
}

TEST_CASE("nothing is sent unless that was allowed")
{
    Interview interview;
    CHECK_FALSE(interview.ask(false).contains("lose_categories_on_send"));
    const auto& entries = interview.server.graph().record.entries();
    CHECK(std::none_of(entries.begin(), entries.end(),
                       [](const auto& entry) { return entry.operation == "message.send"; }));
}

TEST_CASE("a mailbox in which nothing can be made is named")
{
    Interview interview;
    auto access = interview.access();
    access.mailbox = "nobody@contoso.example";
    live::Tenant tenant(interview.http, interview.clock, access);
    const auto arrival = start(interview.io, live::ask_all(tenant, false));
    interview.clock.run_until(
        interview.io, [&] { return arrival->here; }, interview.clock.now() + std::chrono::hours(1));
    REQUIRE(arrival->here);
    CHECK_THROWS_WITH(arrival->take(), Catch::Contains("nobody@contoso.example"));
}

#include "bench/stopwatch.hpp"
#include "bench/table.hpp"
#include "match/decide.hpp"
#include "support/builders.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

using namespace crmsync;
using namespace crmsync::bench;

namespace {

std::string address_of(int contact)
{
    return fmt::format("person{}@customer{}.example", contact, contact % 10'000);
}

/// A hundred thousand contacts of ten thousand accounts: far more than a page ever asks for.
Candidates make_candidates(int records)
{
    Candidates candidates;
    for (int i = 0; i < records; ++i) {
        Record contact;
        contact.id = test::record_id(i + 1);
        contact.type = "contact";
        contact.name = fmt::format("Person {}", i);
        contact.parent = test::record_id(records + 1 + i % 10'000);
        candidates.by_address[*parse_address(address_of(i))] = {contact.id};
        candidates.records[contact.id] = std::move(contact);
    }
    for (int i = 0; i < std::min(records, 10'000); ++i) {
        Record account;
        account.id = test::record_id(records + 1 + i);
        account.type = "account";
        account.name = fmt::format("Customer {}", i);
        candidates.by_domain[*parse_domain(fmt::format("customer{}.example", i))] = {account.id};
        candidates.records[account.id] = std::move(account);
    }
    return candidates;
}

std::vector<Item> make_items(int count, int records, std::vector<std::string> categories)
{
    std::vector<Item> items;
    for (int i = 0; i < count; ++i) {
        const int contact = static_cast<int>((static_cast<long>(i) * 7919) % records);
        items.push_back(test::message()
                            .id(fmt::format("item-{}", i))
                            .message_id(fmt::format("m{}@customer.example", i))
                            .from(address_of(contact))
                            .to("kim@contoso.example", "bo@contoso.example")
                            .subject(fmt::format("AW: Offer {}", i))
                            .categories(categories));
    }
    return items;
}

struct Run {
    double per_second = 0;
    int tracked = 0;
};

Run run(const std::vector<Item>& items, const Candidates& candidates, Mode mode, int rounds)
{
    Settings settings;
    settings.tracking.own_domains = {"contoso.example"};
    const match::Policy policy = match::make_policy(settings);
    match::Circumstances here;
    here.mailbox = *parse_address("kim@contoso.example");
    here.mailbox_owner = test::record_id(90);
    here.mode = mode;
    here.enabled_at = test::monday(-60);
    here.round_done_at = test::monday(-30);
    here.now = test::monday(10);
    here.folder = WellKnown::inbox;

    Run result;
    const KnownItem unknown;
    const double started = processor_seconds();
    for (int round = 0; round < rounds; ++round)
        for (const Item& item : items) {
            const Decision decision = match::decide(item, unknown, candidates, policy, here);
            result.tracked += decision.outcome == Outcome::tracked ? 1 : 0;
        }
    const double seconds = processor_seconds() - started;
    result.per_second = static_cast<double>(items.size()) * rounds / seconds;
    return result;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        const bool smoke = argc > 1 && std::string_view(argv[1]) == "--smoke";
        const int records = smoke ? 10'000 : 100'000;
        const int count = smoke ? 500 : 5'000;
        const int rounds = smoke ? 2 : 20;
        const Candidates candidates = make_candidates(records);

        struct Case {
            const char* name;
            Mode mode;
            std::vector<std::string> categories;
            bool tracks;
        };
        const std::vector<Case> cases{
            {"a person's wish", Mode::manual, {"CRM Track"}, true},
            {"nothing, in mode manual", Mode::manual, {}, false},
            {"a contact's mail, in mode contacts", Mode::contacts, {}, true},
        };
        Table table(
            fmt::format("Decisions with {} records as candidates, by processor time", records));
        for (const Case& one : cases) {
            const std::vector<Item> items = make_items(count, records, one.categories);
            const Run result = run(items, candidates, one.mode, rounds);
            if (result.tracked != (one.tracks ? count * rounds : 0))
                throw std::runtime_error(
                    fmt::format("{}: {} of {} tracked", one.name, result.tracked, count * rounds));
            table.add(one.name, fmt::format("{:.0f} decisions/s, {:.2f} µs", result.per_second,
                                            1e6 / result.per_second));
        }
        table.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_match: {}\n", failure.what());
        return 1;
    }
}

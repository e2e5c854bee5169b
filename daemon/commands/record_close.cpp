#include "base/failure.hpp"
#include "command_run.hpp"
#include "commands/record_subcommands.hpp"
#include "print.hpp"
#include "record_lookup.hpp"
#include "store/handover.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace crmsync {

namespace asio = boost::asio;

namespace {

/// Of activities and records, in one transaction: short enough for pages to wait for.
constexpr int at_once = 1'000;

asio::awaitable<Record> the_successor(pg::Pool& pool, const Record& closing, std::string named)
{
    Record successor = co_await find_record(pool, named);
    std::string mistake;
    if (!may_own(closing))
        mistake = spelled(closing) + " owns nothing; --successor is for users and teams";
    else if (!may_own(successor))
        mistake = spelled(successor) + " is neither a user nor a team, so it cannot own anything";
    else if (successor.id == closing.id)
        mistake = spelled(closing) + " cannot be its own successor";
    else if (successor.state == RecordState::closed)
        mistake = spelled(successor) + " is closed; name an open user or team";
    if (!mistake.empty())
        throw Failure(Reaction::stop, "record.no_successor", mistake);
    co_return successor;
}

/// Batch after batch; told in between, since it may take long.
template <class Pass>
asio::awaitable<std::int64_t> pass_all(const char* what, Pass pass)
{
    constexpr std::int64_t told_every = 20'000;
    std::int64_t passed = 0;
    for (;;) {
        const std::int64_t some = co_await pass();
        if (some == 0)
            break;
        passed += some;
        if (passed / told_every != (passed - some) / told_every)
            print_line(std::cout, fmt::format("{} {} passed on so far", passed, what));
    }
    co_return passed;
}

asio::awaitable<void> pass_on(pg::Pool& pool, Record from, Record to)
{
    store::Handover store(pool);
    const auto records = [&] { return store.pass_records(from.id, to.id, at_once); };
    const auto activities = [&] { return store.pass_activities(from.id, to.id, at_once); };
    co_await store.name_successor(from.id, to.id);
    const std::int64_t mailboxes = co_await store.pass_mailboxes(from.id, to.id);
    const std::int64_t of_records = co_await pass_all("records", records);
    const std::int64_t of_activities = co_await pass_all("activities", activities);
    print_line(std::cout,
               fmt::format("{} owns {} activities, {} records and {} mailboxes of {} now",
                           spelled(to), of_activities, of_records, mailboxes, spelled(from)));
}

asio::awaitable<int> close(pg::Pool& pool, std::string named, std::optional<std::string> successor)
{
    store::Handover store(pool);
    const Record closing = co_await find_record(pool, std::move(named));
    if (successor) {
        Record to = co_await the_successor(pool, closing, std::move(*successor));
        co_await pass_on(pool, closing, std::move(to));
    }
    const bool news = co_await store.close(closing.id);
    print_line(std::cout,
               (news ? "closed " : "was closed before: ") + spelled(closing) + " " + closing.name);
    if (successor || !may_own(closing))
        co_return 0;
    const store::Owned left = co_await store.owned(closing.id);
    if (left.activities + left.records + left.mailboxes > 0)
        print_line(std::cout, fmt::format("it still owns {} activities, {} records and {} "
                                          "mailboxes; the same with --successor passes them on",
                                          left.activities, left.records, left.mailboxes));
    co_return 0;
}

} // namespace

void add_record_close(CLI::App& record, Invocation& invocation)
{
    CLI::App* closing =
        record.add_subcommand("close", "Close a record; what a user owned may pass to another");
    auto named = std::make_shared<std::string>();
    auto successor = std::make_shared<std::optional<std::string>>();
    closing
        ->add_option("ID", *named,
                     "Id, TYPE:EXTERNAL_ID, external id, or address of a user or team")
        ->type_name("")
        ->required();
    closing
        ->add_option("--successor", *successor,
                     "User or team that owns from now on what this one owned")
        ->type_name("ID");
    closing->footer("Interrupted while ownership passes, it goes on when it is given again.\n"
                    "Example: crmsync record close ann@contoso.example --successor "
                    "ben@contoso.example");
    closing->callback([&invocation, named, successor] {
        invocation.action = [&invocation, named, successor] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(close(pool, *named, *successor));
        };
    });
}

} // namespace crmsync

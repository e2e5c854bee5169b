#include "bench/line.hpp"
#include "bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>

using namespace crmsync::bench;
using std::chrono::steady_clock;

namespace {

constexpr double longest_wanted = 0.2;

constexpr const char* under_way =
    "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) "
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'";

/// What is asked for, owed or not linked yet.
std::string missing(const Load& load)
{
    return fmt::format("SELECT (SELECT count(*) FROM sync.revisit) + (SELECT count(*) FROM "
                       "sync.write_back WHERE state IN ('waiting', 'sent', 'conflict')) + {} - "
                       "(SELECT count(*) FROM sync.link)",
                       load.mailboxes);
}

void check(Line& line, const Load& load)
{
    Database& database = line.database();
    const double activities = database.number("SELECT count(*) FROM crm.activity");
    const double links = database.number("SELECT count(*) FROM sync.link");
    const double shared =
        database.number("SELECT count(*) FROM sync.link WHERE tracked_by = 'shared'");
    if (activities != 1 || links != load.mailboxes || shared != load.mailboxes - 1)
        throw std::runtime_error(
            fmt::format("{} activities, {} links, {} of them shared", activities, links, shared));
    for (int mailbox = 0; mailbox < load.mailboxes; ++mailbox)
        if (line.carrying(mailbox, "CRM Tracked") != 1 || line.carrying(mailbox, "CRM Track") != 0)
            throw std::runtime_error(
                fmt::format("mailbox {} does not say CRM Tracked, once", mailbox));
}

} // namespace

int main(int argc, char** argv)
{
    try {
        Load one;
        one.mailboxes = 500;
        one.tagged = false;
        one.same = true;
        Load load = read_load(argc, argv, one);
        load.messages = 1;
        Line line(load);
        line.start();
        line.wait_until_loaded();

        const auto before = line.metrics();
        const Cpu cpu_before = line.daemon_cpu();
        const auto started = steady_clock::now();
        line.deliver_tagged_copy();
        double longest = 0;
        long looks = 0;
        line.wait_until([&] {
            const auto until = steady_clock::now() + std::chrono::milliseconds(50);
            for (; steady_clock::now() < until; ++looks)
                longest = std::max(longest, line.database().number(under_way));
            return line.database().number(missing(load)) == 0;
        });
        const std::chrono::duration<double> took = steady_clock::now() - started;
        const auto after = line.metrics();
        const Cpu cpu = line.daemon_cpu() - cpu_before;
        if (load.statements)
            statements(line).print();
        check(line, load);
        line.stop();

        Table table(fmt::format("One message in {} mailboxes, tagged in one", load.mailboxes));
        table.add("until every copy says so", fmt::format("{:.2f} s", took.count()));
        table.add(
            "longest transaction", fmt::format("{:.0f} ms in {} looks", longest * 1'000, looks),
            verdict(fmt::format("< {:.0f} ms", longest_wanted * 1'000), longest < longest_wanted));
        table.add("daemon time a copy",
                  fmt::format("{:.2f} ms", cpu.total() * 1'000 / load.mailboxes));
        table.add("requests a copy",
                  fmt::format("{:.1f}", (sum_of(after, "crmsync_graph_requests_total") -
                                         sum_of(before, "crmsync_graph_requests_total")) /
                                            load.mailboxes));
        table.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_fan_out: {}\n", failure.what());
        return 1;
    }
}

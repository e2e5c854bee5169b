#include "bench/line.hpp"
#include "bench/raw_copy.hpp"
#include "bench/report.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

using namespace crmsync::bench;

namespace {

constexpr double fraction_of_copy = 0.3;
constexpr double daemon_milliseconds = 0.10;
constexpr double daemon_megabytes = 64;

void check(Line& line, const Load& load)
{
    Database& database = line.database();
    const auto expect = [&](const char* sql, int count) {
        const double found = database.number(sql);
        if (found != count)
            throw std::runtime_error(fmt::format("{} instead of {}: {}", found, count, sql));
    };
    expect("SELECT count(*) FROM store.activity WHERE body_bytes > 0", load.messages);
    expect("SELECT count(*) FROM sync.link WHERE category_seen = 'tracked'", load.messages);
    expect("SELECT count(*) FROM sync.write_back WHERE state = 'done'", load.messages);
    expect("SELECT count(*) FROM sync.parked", 0);
    const int each = load.messages / load.mailboxes;
    const int carried = line.carrying(0, "CRM Tracked");
    if (carried < each)
        throw std::runtime_error(fmt::format("{} of {} messages carry the answer", carried, each));
}

} // namespace

int main(int argc, char** argv)
{
    try {
        const Load load = read_load(argc, argv, Load());
        Line line(load);
        const Cost cost = line.run();
        if (load.statements)
            statements(line).print();
        check(line, load);
        const RawCopy copy = raw_copy(line);

        Table table(fmt::format("First load: {} tagged messages of {} bytes in {} mailboxes",
                                load.messages, load.body_bytes, load.mailboxes));
        const double messages = load.messages;
        const double ratio = copy.seconds / cost.seconds;
        add_cost(table, cost, load);
        table.add("COPY of the same rows",
                  fmt::format("{:.0f} messages/s, {} rows, {:.2f} s CPU", messages / copy.seconds,
                              copy.rows, copy.postgres.total()));
        table.add("speed, COPY = 1", fmt::format("{:.2f}", ratio),
                  verdict(fmt::format(">= {}", fraction_of_copy), ratio >= fraction_of_copy));
        table.add("PostgreSQL CPU, COPY = 1",
                  fmt::format("{:.2f}", cost.postgres.total() / copy.postgres.total()));
        const double each = cost.daemon.total() * 1000 / messages;
        table.add(
            "daemon CPU a message", fmt::format("{:.3f} ms", each),
            verdict(fmt::format("< {:.2f} ms", daemon_milliseconds), each < daemon_milliseconds));
        table.add("daemon memory at most", fmt::format("{:.0f} MB", cost.daemon_memory),
                  verdict(fmt::format("< {:.0f} MB", daemon_megabytes),
                          cost.daemon_memory < daemon_megabytes));
        add_requests(table, cost, load, line);
        table.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_first_load: {}\n", failure.what());
        return 1;
    }
}

#include "bench/line.hpp"
#include "bench/report.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

using namespace crmsync::bench;

namespace {

constexpr double wanted_speed = 10'000;

void check(Line& line, const Cost& cost, const Load& load)
{
    const double read = cost.metric("crmsync_changes_read_total");
    const double decided = line.database().number("SELECT count(*) FROM sync.decision");
    const double bodies = cost.metric("crmsync_graph_requests_total", "bodies");
    if (read != load.messages || decided != load.messages || bodies != 0)
        throw std::runtime_error(
            fmt::format("{} read, {} decided, {} requests for bodies", read, decided, bodies));
}

} // namespace

int main(int argc, char** argv)
{
    try {
        Load untagged;
        untagged.tagged = false;
        const Load load = read_load(argc, argv, untagged);
        Line line(load);
        const Cost cost = line.run();
        if (load.statements)
            statements(line).print();
        check(line, cost, load);

        Table table(fmt::format("First look: {} untagged messages in {} mailboxes", load.messages,
                                load.mailboxes));
        add_cost(table, cost, load);
        const double speed = load.messages / cost.seconds;
        table.add(
            "against the goal", fmt::format("{:.2f}", speed / wanted_speed),
            verdict(fmt::format(">= {:.0f} messages/s", wanted_speed), speed >= wanted_speed));
        table.add("daemon memory at most", fmt::format("{:.0f} MB", cost.daemon_memory));
        add_requests(table, cost, load, line);
        table.print();
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_untagged: {}\n", failure.what());
        return 1;
    }
}

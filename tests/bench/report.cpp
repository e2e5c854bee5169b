#include "bench/report.hpp"

#include <fmt/format.h>

namespace crmsync::bench {

void add_cost(Table& table, const Cost& cost, const Load& load)
{
    const double messages = load.messages;
    const auto cpu = [&](const char* name, const Cpu& used) {
        table.add(name, fmt::format("{:.2f} s ({:.2f} user, {:.2f} system), {:.3f} ms a message",
                                    used.total(), used.user, used.system,
                                    used.total() * 1000 / messages));
    };
    table.add("time", fmt::format("{:.2f} s", cost.seconds));
    table.add("speed", fmt::format("{:.0f} messages/s", messages / cost.seconds));
    cpu("daemon CPU", cost.daemon);
    cpu("PostgreSQL CPU", cost.postgres);
    cpu("simulator CPU", cost.simulator);
    const double all = cost.daemon.total() + cost.postgres.total() + cost.simulator.total();
    table.add("two idle processors would do", fmt::format("{:.0f} messages/s", messages * 2 / all));
}

void add_requests(Table& table, const Cost& cost, const Load& load, Line& line)
{
    const std::string requests = "crmsync_graph_requests_total";
    const std::string parts = "crmsync_graph_batch_parts_total";
    const double messages = load.messages;
    for (const std::string& purpose : cost.purposes(requests))
        table.add("requests: " + purpose,
                  fmt::format("{:.0f}, {:.0f} parts of batches", cost.metric(requests, purpose),
                              cost.metric(parts, purpose)));
    const double folders = line.database().number("SELECT count(*) FROM sync.folder");
    const double most = messages / 100 + 2 * messages / 20 + 20 * folders;
    const double sent = cost.metric(requests) - cost.metric(requests, "headers");
    table.add("requests without header looks", fmt::format("{:.0f}", sent),
              verdict(fmt::format("<= {:.0f}", most), sent <= most));
    table.add("batch parts a message", fmt::format("{:.2f}", cost.metric(parts) / messages));
    if (!cost.metrics_after_echo.empty())
        table.add("requests when our writes come back",
                  fmt::format("{:.0f} for {:.0f} changes, after all the above", cost.echo(requests),
                              cost.echo("crmsync_changes_read_total")));
}

Table statements(Line& line)
{
    Table table("Statements by their execution time");
    for (const auto& row :
         line.database().rows("SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 70), "
                              "round(total_exec_time), calls,"
                              "       rows, wal_bytes / 1000, round(sum(total_exec_time) OVER ())"
                              "  FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 30"))
        table.add(row.at(0), fmt::format("{} of {} ms, {} times, {} rows, {} KB of log", row.at(1),
                                         row.at(5), row.at(2), row.at(3), row.at(4)));
    return table;
}

} // namespace crmsync::bench

#include "bench/line.hpp"
#include "bench/table.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

using namespace crmsync::bench;

namespace {

constexpr const char* in_archive =
    "SELECT count(*) FROM sync.link AS l JOIN sync.folder AS f USING (mailbox_id, folder_id) "
    "WHERE f.kind = 'archive' AND NOT l.gone";
constexpr double some_looks = 20; ///< of a last page too small to tell a clean-up by

} // namespace

int main(int argc, char** argv)
{
    try {
        Load load;
        load.mailboxes = 1;
        load.messages = 20'000;
        load.tagged_part = 0.05;
        load.poll_interval = "2s";
        load = read_load(argc, argv, std::move(load));
        if (load.mailboxes > 1) { // --smoke
            load.mailboxes = 1;
            load.messages = 2'000;
        }
        const int linked = tagged_messages(load);
        Line line(load);
        line.start();
        line.wait_until_loaded();
        // And until what was written has come back.
        const auto turns = [&] { return sum_of(line.metrics(), "crmsync_turns_total"); };
        const double loaded = turns();
        line.wait_until([&] { return turns() >= loaded + 3; });

        const auto before = line.metrics();
        const Cpu cpu_before = line.daemon_cpu();
        line.move_all(0, "inbox", "archive");
        line.wait_until([&] { return line.database().number(in_archive) == linked; });
        const double moved = turns();
        line.wait_until([&] { return turns() >= moved + 2; });
        const auto after = line.metrics();
        const Cpu cpu = line.daemon_cpu() - cpu_before;
        const double gone = line.database().number("SELECT count(*) FROM sync.link WHERE gone");
        line.stop();

        const auto more = [&](const char* name, const char* purpose) {
            return sum_of(after, name, purpose) - sum_of(before, name, purpose);
        };
        const double looks = more("crmsync_graph_batch_parts_total", "look_up");
        const double bodies = more("crmsync_graph_requests_total", "bodies");
        if (gone > 0 || bodies > 0)
            throw std::runtime_error(
                fmt::format("{} links gone, {} requests for bodies", gone, bodies));
        const bool met = looks <= linked + some_looks;
        Table table(fmt::format("Moving {} messages, {} of them linked", load.messages, linked));
        table.add("look-ups",
                  fmt::format("{:.0f}, one for each linked message is {}", looks, linked),
                  verdict(fmt::format("<= {}", linked), met));
        table.add("pages of changes",
                  fmt::format("{:.0f}", more("crmsync_graph_requests_total", "changes")));
        table.add("rows read", fmt::format("{:.0f}", more("crmsync_changes_read_total", "")));
        table.add("daemon time a message",
                  fmt::format("{:.3f} ms", cpu.total() * 1'000 / load.messages));
        table.print();
        return met ? 0 : 1;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_moves: {}\n", failure.what());
        return 1;
    }
}

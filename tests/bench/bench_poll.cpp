#include "bench/line.hpp"
#include "bench/table.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <thread>

using namespace crmsync::bench;

namespace {

constexpr double wanted_requests = 3;
constexpr double wanted_ms = 0.5;
constexpr int usual_folders = 8; ///< of a mailbox of the simulator that lists see

double polls_of(const std::map<std::string, double>& metrics)
{
    return sum_of(metrics, "crmsync_turns_total");
}

} // namespace

int main(int argc, char** argv)
{
    try {
        Load load;
        load.tagged = false;
        load.messages = 1'000;
        load.folders = 15 - usual_folders;
        load.poll_interval = "2s";
        load = read_load(argc, argv, std::move(load));
        const double polls = load.mailboxes * (load.mailboxes < 100 ? 3 : 15);
        Line line(load);
        line.start();
        line.wait_until_loaded();
        // Until every mailbox has been polled once with nothing new.
        const double loaded = polls_of(line.metrics());
        line.wait_until([&] { return polls_of(line.metrics()) >= loaded + 2 * load.mailboxes; });

        const auto before = line.metrics();
        const Cpu cpu_before = line.daemon_cpu();
        line.wait_until([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
            return polls_of(line.metrics()) >= polls_of(before) + polls;
        });
        const auto after = line.metrics();
        const Cpu cpu = line.daemon_cpu() - cpu_before;
        line.stop();

        const double done = polls_of(after) - polls_of(before);
        const auto more = [&](const char* name) {
            return sum_of(after, name) - sum_of(before, name);
        };
        const double requests = more("crmsync_graph_requests_total") / done;
        const double parts = more("crmsync_graph_batch_parts_total") / done;
        const double ms = cpu.total() * 1'000 / done;
        if (more("crmsync_changes_read_total") > 0)
            throw std::runtime_error("there was something new after all");

        Table table(fmt::format("Polls with nothing new: {} mailboxes of {} folders",
                                load.mailboxes, load.folders + usual_folders));
        table.add("polls", fmt::format("{:.0f}", done));
        table.add("requests a mailbox and poll", fmt::format("{:.2f}", requests),
                  verdict("<= 3", requests <= wanted_requests));
        table.add("batch parts a mailbox and poll", fmt::format("{:.2f}", parts));
        table.add("daemon time a mailbox and poll", fmt::format("{:.3f} ms", ms),
                  verdict("<= 0.5 ms", ms <= wanted_ms));
        table.print();
        return requests <= wanted_requests ? 0 : 1;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_poll: {}\n", failure.what());
        return 1;
    }
}

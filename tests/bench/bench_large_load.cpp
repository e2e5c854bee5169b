#include "bench/line.hpp"
#include "bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>

using namespace crmsync::bench;

namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::steady_clock;

constexpr double wanted_first_answer = 5; ///< seconds
constexpr double wanted_memory = 96;      ///< MB
constexpr double wanted_messages = 400;   ///< a request
/// Each takes a body and a write, of 10,000 requests in ten minutes: more of them would measure
/// that limit.
constexpr double most_tagged = 2'000;

} // namespace

int main(int argc, char** argv)
{
    try {
        Load load;
        load.mailboxes = 1;
        load.messages = 200'000;
        load.tagged_part = 0.01;
        load.body_bytes = 4'096;
        load = read_load(argc, argv, std::move(load));
        load.tagged_part = std::min(load.tagged_part, most_tagged / load.messages);
        if (load.mailboxes > 1) { // --smoke
            load.mailboxes = 1;
            load.messages = 4'000;
        }
        Line line(load);
        const auto began = steady_clock::now();
        line.start();
        const auto answered = [&] {
            return line.database().number(
                       "SELECT count(*) FROM sync.link WHERE category_seen = 'tracked'") > 0;
        };
        line.wait_until(answered);
        const double first_answer = Seconds(steady_clock::now() - began).count();
        line.wait_until_loaded();
        const double all = Seconds(steady_clock::now() - began).count();
        const auto metrics = line.metrics();
        const double memory = line.daemon_memory();
        const Cpu cpu = line.daemon_cpu();
        const double found = line.database().number("SELECT tagged_found FROM sync.mailbox");
        const double links = line.database().number("SELECT count(*) FROM sync.link");
        line.stop();
        const int tagged = tagged_messages(load);
        if (links != tagged || found != tagged)
            throw std::runtime_error(
                fmt::format("{} linked and {} found of {} tagged messages", links, found, tagged));

        const auto requests = [&](const char* purpose) {
            return sum_of(metrics, "crmsync_graph_requests_total", purpose);
        };
        const double of_tagged = requests("find") + requests("bodies") + requests("write_back") +
                                 requests("look_up") + requests("headers");
        const double others = sum_of(metrics, "crmsync_graph_requests_total") - of_tagged;
        Table table(fmt::format("First load of one mailbox: {} messages, {} of them tagged",
                                load.messages, tagged));
        table.add("first category answered after", fmt::format("{:.2f} s", first_answer),
                  verdict("<= 5 s", first_answer <= wanted_first_answer));
        table.add("all read and answered after",
                  fmt::format("{:.1f} s, {:.0f} messages/s", all, load.messages / all));
        table.add("daemon memory at most", fmt::format("{:.0f} MB", memory),
                  verdict("<= 96 MB", memory <= wanted_memory));
        table.add("daemon time a message",
                  fmt::format("{:.4f} ms", cpu.total() * 1'000 / load.messages));
        table.add(
            "requests for what is tagged",
            fmt::format("{:.0f}: {:.0f} to find it, {:.0f} bodies, {:.0f} writes, {:.0f} looks",
                        of_tagged, requests("find"), requests("bodies"), requests("write_back"),
                        requests("look_up")));
        const double most = load.messages / wanted_messages;
        // A small load has the folders and the categories to pay for all the same.
        const bool few = others <= most || load.messages < 100'000;
        table.add("other requests",
                  fmt::format("{:.0f}: {:.0f} pages", others, requests("changes")),
                  verdict(fmt::format("<= {:.0f}", most), few));
        table.print();
        // A program built with sanitizers takes what it likes; a small load is made of such.
        return few && (memory <= wanted_memory || load.messages < 100'000) ? 0 : 1;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench_large_load: {}\n", failure.what());
        return 1;
    }
}

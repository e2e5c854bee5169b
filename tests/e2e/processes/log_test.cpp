#include "e2e/processes/stage.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <sstream>

using namespace crmsync::test;

namespace {

const std::string ann = "ann@contoso.example";
const std::string bob = "bob@contoso.example";

/// An event of the mailbox, or of none, as old as the interval says.
void add_event(Stage& stage, const std::string& name, const std::string& mailbox,
               const std::string& age)
{
    stage.execute(fmt::format("INSERT INTO sync.event (at, level, name, mailbox_id) VALUES "
                              "(now() - interval '{}', 'info', '{}', "
                              "(SELECT id FROM sync.mailbox WHERE address = '{}'))",
                              age, name, mailbox));
}

/// Three mailboxes' worth of a log: of ann, of bob, and of nobody.
void add_log(Stage& stage)
{
    for (const std::string& address : {ann, bob})
        stage.crmsync({"mailbox", "add", address, "--provider", "contoso"});
    stage.execute("DELETE FROM sync.event");
    add_event(stage, "anns_third", ann, "3 hours");
    add_event(stage, "bobs_second", bob, "2 hours");
    add_event(stage, "nobodys", "", "90 minutes");
    add_event(stage, "anns_first", ann, "30 minutes");
}

/// The names of the events, a line each, in the order in which they were printed.
std::string names(const std::string& printed)
{
    std::istringstream lines(printed);
    std::string line, all;
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        std::string at, level, name;
        words >> at >> level >> name;
        all += (all.empty() ? "" : " ") + name;
    }
    return all;
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the log of a mailbox has its lines and nobody else's")
{
    Stage stage;
    add_log(stage);
    const Outcome anns = stage.crmsync({"log", "--mailbox", ann});
    CHECK(anns.code == 0);
    CHECK(anns.err.empty());
    CHECK(names(anns.out) == "anns_third anns_first");
    CHECK(names(stage.crmsync({"log", "--mailbox", bob}).out) == "bobs_second");
    CHECK(names(stage.crmsync({"log"}).out) == "anns_third bobs_second nobodys anns_first");
    CHECK(names(stage.crmsync({"log", "--mailbox", ann, "--since", "1h"}).out) == "anns_first");
}

TEST_CASE("the log since a time leaves out what came before")
{
    Stage stage;
    add_log(stage);
    CHECK(names(stage.crmsync({"log", "--since", "100m"}).out) == "nobodys anns_first");
    CHECK(names(stage.crmsync({"log", "--since", "10m"}).out).empty());
    const std::string at = stage.text("SELECT to_char((now() - interval '150 minutes') AT TIME "
                                      "ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    CHECK(names(stage.crmsync({"log", "--since", at}).out) == "bobs_second nobodys anns_first");
    const std::string tomorrow = stage.text("SELECT to_char((now() + interval '1 day') AT TIME "
                                            "ZONE 'UTC', 'YYYY-MM-DD')");
    const Outcome none = stage.crmsync({"log", "--since", tomorrow});
    CHECK(none.code == 0);
    CHECK(none.out.empty());
}

TEST_CASE("a log that is followed shows what is added while it runs, until it is interrupted")
{
    Stage stage;
    add_log(stage);
    const std::unique_ptr<Child> all = stage.start({"log", "--follow", "--since", "100m"});
    const std::unique_ptr<Child> anns = stage.start({"log", "--follow", "--mailbox", ann});
    stage.wait_for("what is there already", [&] { return has(all->out(), " anns_first "); });
    stage.wait_for("an event that came after the beginning", [&] {
        add_event(stage, "anns_new", ann, "0 seconds");
        return has(anns->out(), " anns_new ");
    });
    stage.wait_for("the same for all", [&] { return has(all->out(), " anns_new "); });
    add_event(stage, "bobs_new", bob, "0 seconds");
    add_event(stage, "anns_last", ann, "0 seconds");
    stage.wait_for("bob's", [&] { return has(all->out(), " bobs_new "); });
    stage.wait_for("ann's last", [&] { return has(anns->out(), " anns_last "); });
    CHECK_FALSE(has(anns->out(), "anns_first"));
    CHECK_FALSE(has(anns->out(), "bobs_new"));
    CHECK_FALSE(has(all->out(), "bobs_second"));

    for (Child* const one : {all.get(), anns.get()}) {
        CHECK_FALSE(one->ended());
        one->signal(SIGINT);
        const Outcome end = one->wait();
        CHECK(end.code == -SIGINT);
        CHECK(end.err.empty());
        CHECK(has(end.out, " anns_last "));
    }
}

#include "e2e/processes/first_load.hpp"
#include "e2e/processes/local_http.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <csignal>

using namespace crmsync::test;

namespace {

constexpr int messages = 300;

/// Kills the daemon while the provider holds its batch, and lets its successor begin at once.
void kill_while_held(Stage& stage, Child& daemon)
{
    daemon.signal(SIGKILL);
    CHECK(daemon.wait().code == -SIGKILL);
    let_batches_pass(stage);
    // Else the next one waits until the dead one's heartbeat has run out.
    stage.execute("UPDATE sync.daemon SET expires_at = now() - interval '1 second'");
}

} // namespace

TEST_CASE("kill -9 in the middle of a first load loses nothing and doubles nothing")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.mailbox(ann);
    stage.sim("seed", {{"mailboxes", {ann}}, {"count", messages}, {"tagged", 1.0}});
    for (const int stored : {1, 60, 150}) {
        const std::unique_ptr<Child> daemon = stage.start({"serve"});
        stop_at_a_batch(
            stage, [&] { return stage.number("SELECT count(*) FROM crm.activity") >= stored; });
        REQUIRE(stage.number("SELECT count(*) FROM sync.link") < messages);
        kill_while_held(stage, *daemon);
    }
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("the whole load", [&] { return all_done(stage, {ann}, messages); });
    check_nothing_doubled(stage, messages);
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}

TEST_CASE("kill -9 while answers are being written loses nothing and doubles nothing")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.mailbox(ann);
    stage.sim("seed", {{"mailboxes", {ann}}, {"count", messages}, {"tagged", 1.0}});
    const std::unique_ptr<Child> killed = stage.start({"serve"});
    // Between two batches of one round: the mailbox shows answers of which nobody has noted yet
    // that they were given.
    stop_at_a_batch(stage, [&] {
        return answered(stage, {ann}) >
               stage.number("SELECT count(*) FROM sync.write_back WHERE state = 'done'");
    });
    REQUIRE(answered(stage, {ann}) < messages);
    kill_while_held(stage, *killed);
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("the whole load", [&] { return all_done(stage, {ann}, messages); });
    check_nothing_doubled(stage, messages);
}

TEST_CASE("a killed daemon's mailboxes go to its successor when its heartbeat has run out")
{
    Stage stage;
    const std::string ann = "ann@contoso.example";
    stage.mailbox(ann);
    const std::unique_ptr<Child> killed = stage.serve();
    stage.wait_for("a lease", [&] {
        return stage.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL") == 1;
    });
    const std::string holder = stage.text("SELECT holder::text FROM sync.lease");
    killed->signal(SIGKILL);
    killed->wait();
    const std::unique_ptr<Child> successor = stage.serve();
    stage.wait_for("another holder", [&] {
        return stage.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL AND "
                            "holder::text <> '" +
                            holder + "'") == 1;
    });
}

TEST_CASE("two daemons share the mailboxes, and one takes over what the other gives back")
{
    Stage stage;
    const std::vector<std::string> mailboxes = {"ann@contoso.example", "bob@contoso.example",
                                                "cem@contoso.example", "dua@contoso.example"};
    for (const std::string& mailbox : mailboxes)
        stage.mailbox(mailbox);
    // Each message lies in two mailboxes.
    stage.sim("seed", {{"mailboxes", json::value_from(mailboxes)},
                       {"count", messages},
                       {"copies", 2},
                       {"tagged", 1.0}});
    const std::unique_ptr<Child> first = stage.serve();
    stage.config.port = free_port();
    const std::unique_ptr<Child> second = stage.serve();
    CHECK(stage.number("SELECT count(*) FROM sync.daemon WHERE expires_at > now()") == 2);
    stage.wait_for("some of the load", [&] {
        return stage.number("SELECT count(*) FROM crm.activity") > messages / 4;
    });
    first->signal(SIGTERM);
    CHECK(first->wait().code == 0);
    stage.wait_for("the whole load", [&] { return all_done(stage, mailboxes, 2 * messages); });
    check_nothing_doubled(stage, messages);
    CHECK(stage.number("SELECT count(DISTINCT holder) FROM sync.lease") == 1);
    second->signal(SIGTERM);
    CHECK(second->wait().code == 0);
}

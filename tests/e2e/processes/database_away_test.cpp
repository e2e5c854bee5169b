#include "e2e/processes/local_http.hpp"
#include "e2e/processes/relay.hpp"
#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <csignal>

using namespace crmsync::test;

namespace {

const std::string ann = "ann@contoso.example";

int times(const std::string& text, std::string_view part)
{
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

/// A tagged message that must be answered.
void expect_tracked(Stage& stage, const std::string& subject)
{
    const std::string id = stage.deliver(ann, {{"subject", subject}});
    stage.sim("tag", {{"mailbox", ann}, {"id", id}, {"category", "CRM Track"}});
    stage.wait_for("the answer", [&] { return stage.categories(ann, subject) == "CRM Tracked"; });
}

} // namespace

TEST_CASE("without PostgreSQL at the start the service waits, says so once, and then works")
{
    Stage stage;
    stage.mailbox(ann);
    Relay relay(stage.database().url(), stage.folder() / "pg");
    stage.config.database_url = relay.url();
    const std::unique_ptr<Child> daemon = stage.start({"serve"});
    const auto waits_since = std::chrono::steady_clock::now();
    stage.wait_for("an answer to /readyz",
                   [&] { return local_http(stage.config.port, "GET", "/readyz").status == 503; });
    CHECK(local_http(stage.config.port, "GET", "/readyz").body.find("database") !=
          std::string::npos);
    CHECK(local_http(stage.config.port, "GET", "/healthz").status == 200);
    // Long enough for several attempts.
    stage.wait_for("some seconds", [&] {
        return std::chrono::steady_clock::now() - waits_since > std::chrono::seconds(3);
    });
    CHECK_FALSE(daemon->ended());
    relay.open();
    stage.wait_for("readiness",
                   [&] { return local_http(stage.config.port, "GET", "/readyz").status == 200; });
    expect_tracked(stage, "Late");
    daemon->signal(SIGTERM);
    const Outcome end = daemon->wait();
    CHECK(end.code == 0);
    CHECK(times(end.err, "waiting for the database") == 1);
    CHECK(times(end.err, "the database answers") == 1);
}

TEST_CASE("a service that waits for PostgreSQL stops when told to")
{
    Stage stage;
    Relay relay(stage.database().url(), stage.folder() / "pg");
    stage.config.database_url = relay.url();
    const std::unique_ptr<Child> daemon = stage.start({"serve"});
    stage.wait_for("its waiting", [&] {
        return daemon->err().find("waiting for the database") != std::string::npos;
    });
    const auto asked = std::chrono::steady_clock::now();
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds(5));
}

TEST_CASE("when PostgreSQL goes away later the service waits, says so once, and goes on")
{
    Stage stage;
    stage.mailbox(ann);
    Relay relay(stage.database().url(), stage.folder() / "pg");
    relay.open();
    stage.config.database_url = relay.url();
    const std::unique_ptr<Child> daemon = stage.serve();
    expect_tracked(stage, "Before");
    relay.close();
    stage.wait_for("its waiting", [&] {
        return daemon->err().find("the database does not answer") != std::string::npos;
    });
    const HttpAnswer ready = local_http(stage.config.port, "GET", "/readyz");
    CHECK(ready.status == 503);
    CHECK(ready.body.find("database") != std::string::npos);
    const std::string id = stage.deliver(ann, {{"subject", "Meanwhile"}});
    stage.sim("tag", {{"mailbox", ann}, {"id", id}, {"category", "CRM Track"}});
    relay.open();
    stage.wait_for("the answer",
                   [&] { return stage.categories(ann, "Meanwhile") == "CRM Tracked"; });
    expect_tracked(stage, "After");
    daemon->signal(SIGTERM);
    const Outcome end = daemon->wait();
    CAPTURE(end.err);
    CHECK(end.code == 0);
    CHECK(times(end.err, "the database does not answer") == 1);
    CHECK(times(end.err, "Z warn ") == 1);
    CHECK(times(end.err, "the database answers again") == 1);
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 3);
}

TEST_CASE("a service that stops while PostgreSQL is away ends in time")
{
    Stage stage;
    stage.mailbox(ann);
    Relay relay(stage.database().url(), stage.folder() / "pg");
    relay.open();
    stage.config.database_url = relay.url();
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("a turn", [&] {
        return stage.number("SELECT count(*) FROM sync.mailbox WHERE last_pass_at IS NOT NULL") ==
               1;
    });
    relay.close();
    const auto asked = std::chrono::steady_clock::now();
    daemon->signal(SIGTERM);
    const Outcome end = daemon->wait();
    CAPTURE(end.err);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds(5));
    CHECK(end.code == 0);
}

TEST_CASE("cut connections cost nothing but a repetition")
{
    Stage stage;
    stage.mailbox(ann);
    stage.sim("seed", {{"mailboxes", {ann}}, {"count", 200}, {"tagged", 1.0}});
    const std::unique_ptr<Child> daemon = stage.serve();
    for (const int stored : {1, 50, 120}) {
        stage.wait_for("some of the load",
                       [&] { return stage.number("SELECT count(*) FROM crm.activity") >= stored; });
        stage.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname "
                     "= current_database() AND pid <> pg_backend_pid()");
    }
    stage.wait_for("the whole load", [&] {
        return stage.number("SELECT count(*) FROM sync.link") == 200 &&
               stage.number("SELECT count(*) FROM sync.write_back WHERE state <> 'done'") == 0;
    });
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 200);
    CHECK_FALSE(daemon->ended());
}
